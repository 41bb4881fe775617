"""Bad input, refused where it was made."""


class Refused(Exception):
    """Bad input, caught before anything was sent or charged.

    `errors` maps the field (an Order attribute, or "" for the whole) to the reason and the
    remedy in words.
    """

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = errors


def upper_first(words: str) -> str:
    """Write words so that they may begin a sentence; the rest stays."""
    return words[:1].upper() + words[1:]
