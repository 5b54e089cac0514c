"""Measurements, as ratios and limits in one run: `make bench`, `make bench-onair`, `make soak`."""
