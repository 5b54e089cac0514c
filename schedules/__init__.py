"""What airs, where and when: the pure core and the documents on the wire."""
