"""The village PC: syncs the signed plan, plays it, drives the relays, keeps the as-run journal."""
