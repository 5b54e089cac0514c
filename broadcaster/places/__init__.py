"""Room: places from the province down to the village, their languages and people."""
