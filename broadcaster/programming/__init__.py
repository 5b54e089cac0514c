"""Programming: what airs in which order, when, and for which places."""
