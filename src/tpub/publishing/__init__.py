"""A release, from files on disk to files on the index."""
