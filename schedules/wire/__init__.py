"""Wire documents: the only thing the province and a station have in common."""
