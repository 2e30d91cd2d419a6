"""What is said of a file that cannot be copied."""


class CannotStrip(ValueError):
    """A file that cannot be opened; the message says what to do."""
