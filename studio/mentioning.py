"""Whom a note means: those who may see its take and whose names stand in it behind an @."""

import re

from studio.models import Project, User

_AT = re.compile(r"(?<![\w@.])@(?=\w)")
_WORD_GOES_ON = re.compile(r"\w")


def meant(words: str, project: Project, author: User) -> list[User]:
    """Return who of those that see the project is named in a note, each once; not its author.

    A member is named by the whole name, its first word, their address, or what stands before the
    @ of that, in any case: the longest that fits. A first name that two have names both.
    """
    starts = [found.end() for found in _AT.finditer(words)]
    if not starts:
        return []
    people = list(project.people().exclude(pk=author.pk).order_by("pk"))
    found: dict[int, User] = {}
    for start in starts:
        rest = words[start:].casefold()
        fits = [
            (len(name), each) for each in people for name in _names(each) if _begins(rest, name)
        ]
        longest = max((length for length, _ in fits), default=0)
        found |= {each.pk: each for length, each in fits if length == longest}
    return list(found.values())


def _names(user: User) -> set[str]:
    name = user.name.casefold().strip()
    own = {name, name.split()[0]} if name else set()
    email = user.email.casefold()
    return own | {email, email.split("@")[0]}


def _begins(rest: str, name: str) -> bool:
    return rest.startswith(name) and not _WORD_GOES_ON.match(rest[len(name) :])
