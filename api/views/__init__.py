"""Pages about the interface for machines."""
