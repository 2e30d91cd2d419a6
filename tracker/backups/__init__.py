"""Saving the whole database to a file, and putting it back on either database."""
