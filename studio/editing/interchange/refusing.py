"""What can't be read of a file that somebody brings."""


class NotReadable(Exception):
    """The file can't be read; the message says why, and what helps."""
