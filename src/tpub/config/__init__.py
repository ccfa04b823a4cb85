"""What the user set, and where."""
