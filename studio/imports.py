"""What an import says of itself."""

from django.template.defaultfilters import pluralize

from generations.models import Import

_SORTS = {
    "known": "{n} are here already",
    "unfinished": "{n} aren't finished",
    "failed": "{n} failed",
    "other": "{n} are of other kinds and stay at Luma",
}


def in_words(import_: Import) -> str:
    """Say what was found, or what was brought in."""
    if import_.state == Import.State.DONE:
        return (
            f"{_takes(import_.done)} brought in. They were paid for before Dailies knew them, "
            "so the ledger has nothing of them."
        )
    rest = [
        words.format(n=number)
        for sort, words in _SORTS.items()
        if (number := import_.counts.get(sort))
    ]
    found = f"{_takes(import_.ready)} would come." if import_.ready else "Nothing new is there."
    return f"{found} {', '.join(rest).capitalize()}." if rest else found


def _takes(number: int) -> str:
    return f"{number} take{pluralize(number)}"
