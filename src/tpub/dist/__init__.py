"""Distributions: found, read, never changed."""
