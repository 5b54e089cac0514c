"""The relay guard: a small process that owns the serial port and drops every relay when its owner is gone."""
