"""What people type on the floor of figures."""
