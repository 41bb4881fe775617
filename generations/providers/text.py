"""Text from outside, as it can be kept, and sentences about who it came from."""

from generations.refusal import upper_first


def kept(text: str) -> str:
    """Return text as every database keeps it: JSON's may hold NULs and halves of characters."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def spoken(words: str, server: str, **facts: str) -> str:
    """Fill in sentences about a provider, which is called `server` within one.

    {server} stands for that, and {Server} where it begins a sentence.
    """
    return words.format(server=server, Server=upper_first(server), **facts)
