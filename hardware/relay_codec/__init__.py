"""Relay boards' protocols: bytes in, bytes out. Nothing here opens, waits or reads a clock."""
