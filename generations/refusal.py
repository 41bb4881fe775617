"""Bad input, refused where it was made."""


class Refused(Exception):
    """Bad input, caught before anything was sent or charged.

    `errors` maps the field (an Order attribute, or "" for the whole) to the reason and the
    remedy in words.
    """

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = errors


class RefusedOrders(Refused):
    """Some of many orders were refused, and so all of them.

    `by_place` maps the place of each that was refused to its errors; `errors` are those of all.
    """

    def __init__(self, by_place: dict[int, dict[str, str]]) -> None:
        together: dict[str, str] = {}
        for errors in by_place.values():
            together = errors | together
        super().__init__(together)
        self.by_place = by_place


def upper_first(words: str) -> str:
    """Write words so that they may begin a sentence; the rest stays."""
    return words[:1].upper() + words[1:]
