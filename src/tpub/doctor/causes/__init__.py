"""The causes: each a small function from the evidence to what it finds in it."""
