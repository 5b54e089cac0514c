"""Sound in, approved broadcast-ready audio out."""
