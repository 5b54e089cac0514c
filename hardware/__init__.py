"""The only place that knows metal: relays, amplifiers, audio outputs."""
