"""What an import says of itself."""

from django.template.defaultfilters import pluralize

from generations.models import Import
from generations.refusal import upper_first

_SORTS = {
    "known": "{n} are here already",
    "unfinished": "{n} aren't finished",
    "failed": "{n} failed",
    "other": "{n} can't be brought in and stay at Luma",
}


def in_words(import_: Import) -> str:
    """Say what was found, or what was brought in."""
    if import_.state == Import.State.DONE:
        brought = _things(import_.done, import_.counts.get("versions_done", 0))
        ours = import_.counts.get("strays_done", 0)
        words = f"{brought} brought in."
        if ours:
            words += f" {ours} of these had been sent from here and given up: booked once."
        if import_.done > ours or not ours:
            words += (
                f" {'The others' if ours else 'They'} were paid for before Dailies knew them, so "
                "the ledger has nothing of them."
            )
        return words
    rest = [
        words.format(n=number)
        for sort, words in _SORTS.items()
        if (number := import_.counts.get(sort))
    ]
    found = f"{would_come(import_)} would come." if import_.ready else "Nothing new is there."
    if ours := import_.counts.get("strays"):
        found += f" {ours} of these had been sent from here and given up."
    return f"{found} {upper_first(', '.join(rest))}." if rest else found


def progress_of(import_: Import) -> str:
    """Say how far a worker is with what it has begun."""
    if import_.state == Import.State.BRINGING:
        return f"A worker brings them in: {import_.done} of {import_.ready} so far."
    return "A worker looks through the list."


def would_come(import_: Import) -> str:
    """Say what a look found to bring in: `2 takes and 1 version`."""
    return _things(import_.ready, import_.counts.get("versions", 0))


def _things(all_of_them: int, versions: int) -> str:
    takes = all_of_them - versions
    of_takes = f"{takes} take{pluralize(takes)}" if takes or not versions else ""
    of_versions = f"{versions} version{pluralize(versions)}" if versions else ""
    return " and ".join(each for each in (of_takes, of_versions) if each)
