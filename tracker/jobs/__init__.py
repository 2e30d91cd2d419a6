"""Scheduled work: a registry that rooms enter their jobs in, a runner that runs each once."""
