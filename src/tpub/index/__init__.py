"""The index: what it is asked, what it answers."""
