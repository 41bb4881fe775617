"""Text from outside, as it can be kept."""


def kept(text: str) -> str:
    """Return text as every database keeps it: JSON's may hold NULs and halves of characters."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()
