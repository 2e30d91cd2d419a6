"""Feeds for calendars and readers, by an address with a secret in it."""
