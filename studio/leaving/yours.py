"""Everything about a person, as one ZIP that they take with them."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q, QuerySet
from zipstream import ZIP_DEFLATED, ZIP_STORED, ZipStream

from generations.models import Event, Generation, Prompt, Still
from studio.models import (
    ApiToken,
    AuditEntry,
    Ballot,
    Collection,
    Edit,
    Favourite,
    Filling,
    Invitation,
    Membership,
    Mention,
    Note,
    Notice,
    NoticeRules,
    Project,
    Recipe,
    Review,
    SavedView,
    Score,
    Sequence,
    Share,
    Sound,
    Tagging,
    User,
)

_README = """Everything that Dailies has about {user}, as of when you downloaded it.

Each .json file is a list. uploads/ holds the pictures and sounds that you uploaded.

you                what you are called, your addresses, how you sign in (never a secret)
sessions           where you are signed in: address and browser
memberships        the teams that you are in, and as what
tokens             what you made for your scripts, without the tokens themselves
log                what the teams' audit logs say that you did, and from where, also in
                   teams that you have left
notices, mentions  what you were told, and who named you
favourites, saved_views, fillings    what you keep for yourself
prompts, takes, stills, sounds, recipes, sequences, edits, collections
                   what you made, in projects that you see
notes, verdicts, scores, ballots, tags
                   what you said of takes, in projects that you see
history            what you did to takes, in projects that you see
shares, invitations                  links and invitations that you made

A project that you don't see any more isn't in it, nor is what you made in a team that you left:
that is the team's. Its owner can export it. What is typed and not sent stays in your browser, and
never was here.
"""


@dataclass(frozen=True)
class _Listed:
    """A list of the file: rows that are a person's, and what is told of each."""

    name: str
    rows: Callable[[User], QuerySet[Any]]
    fields: tuple[str, ...]


def _mine(model: Any, person: str, seen: str = "") -> Callable[[User], QuerySet[Any]]:
    """Return what gives a person's rows; with `seen`, only of projects that they see."""

    def rows(user: User) -> QuerySet[Any]:
        found = model._default_manager.filter(**{person: user}).order_by("pk")
        return _seen(found, user, seen) if seen else found

    return rows


def _seen(found: QuerySet[Any], user: User, at: str) -> QuerySet[Any]:
    visible = Project.objects.visible_to(user).values("pk")
    return found.filter(**{f"{at}__in": visible})


def _of_teams(model: Any, person: str) -> Callable[[User], QuerySet[Any]]:
    """Return what gives a person's rows of the teams that they are in.

    One that names a project is given only where they see that.
    """
    has_project = any(field.name == "project" for field in model._meta.fields)

    def rows(user: User) -> QuerySet[Any]:
        found = _mine(model, person)(user)
        theirs = Q(team__in=Membership.objects.filter(user=user).values("team"))
        if not has_project:
            return found.filter(theirs)
        visible = Project.objects.visible_to(user).values("pk")
        return found.filter(Q(project__in=visible) | Q(project=None) & theirs)

    return rows


def _verdicts(user: User) -> QuerySet[Any]:
    mine = Review.objects.filter(Q(judged_by=user) | Q(asked_by=user)).order_by("pk")
    return _seen(mine, user, "project")


_TAKE = ("generation__project__name", "generation__take_number", "generation__uuid")
_OF_PROJECT = "generation__project"
LISTS = (
    _Listed(
        "sessions", _mine(UserSession, "user"), ("ip", "user_agent", "created_at", "last_seen_at")
    ),
    _Listed(
        "tokens",
        _mine(ApiToken, "user"),
        ("name", "end", "team__name", "project__name", "created_at", "used_at", "revoked_at"),
    ),
    _Listed("memberships", _mine(Membership, "user"), ("team__name", "role", "created_at")),
    _Listed(
        "log",
        _mine(AuditEntry, "actor"),
        ("created_at", "team__name", "kind", "words", "address", "agent"),
    ),
    _Listed(
        "notices",
        lambda user: Notice.objects.of(user).order_by("pk"),
        ("created_at", "kind", "words", "mailed_at"),
    ),
    _Listed(
        "mentions",
        _mine(Mention, "user", "note__generation__project"),
        (
            "created_at",
            "seen_at",
            "note__generation__project__name",
            "note__generation__take_number",
        ),
    ),
    _Listed("favourites", _mine(Favourite, "user", _OF_PROJECT), (*_TAKE, "created_at")),
    _Listed(
        "saved_views",
        _of_teams(SavedView, "user"),
        ("name", "query", "project__name", "team__name", "created_at"),
    ),
    _Listed("fillings", _mine(Filling, "user"), ("blank", "value", "used_at")),
    _Listed(
        "prompts",
        _mine(Prompt, "author", "project"),
        (
            *("uuid", "project__name", "kind", "words", "negative_words", "model", "ratio"),
            *("resolution", "duration_s", "loop", "concepts", "created_at"),
        ),
    ),
    _Listed(
        "takes",
        _mine(Generation, "author", "project"),
        (
            *("uuid", "project__name", "take_number", "prompt__uuid", "state", "price_usd"),
            *("created_at", "finished_at", "trashed_at"),
        ),
    ),
    _Listed(
        "stills",
        _mine(Still, "author", "project"),
        ("uuid", "project__name", "origin", "rights", "width", "height", "created_at"),
    ),
    _Listed(
        "sounds",
        _mine(Sound, "author", "project"),
        ("uuid", "project__name", "name", "duration_s", "created_at"),
    ),
    _Listed("recipes", _of_teams(Recipe, "author"), ("team__name", "name", "words", "created_at")),
    _Listed(
        "sequences",
        _mine(Sequence, "created_by", "project"),
        ("uuid", "project__name", "name", "created_at"),
    ),
    _Listed("edits", _mine(Edit, "author", "sequence__project"), ("sequence__name", "said", "at")),
    _Listed(
        "collections",
        _of_teams(Collection, "created_by"),
        ("team__name", "name", "words", "created_at"),
    ),
    _Listed(
        "notes",
        _mine(Note, "author", _OF_PROJECT),
        (*_TAKE, "frame", "words", "drawing", "created_at", "resolved_at"),
    ),
    _Listed("verdicts", _verdicts, (*_TAKE, "verdict", "asked_at", "judged_at")),
    _Listed(
        "scores",
        _mine(Score, "author", _OF_PROJECT),
        (*_TAKE, "criterion__words", "value", "scored_at"),
    ),
    _Listed(
        "ballots",
        _mine(Ballot, "judge", "bakeoff__project"),
        ("bakeoff__project__name", "bakeoff__words", "done_at"),
    ),
    _Listed("tags", _mine(Tagging, "by", _OF_PROJECT), (*_TAKE, "tag__word", "created_at")),
    _Listed(
        "history", _mine(Event, "actor", "project"), (*_TAKE, "kind", "previous", "reason", "at")
    ),
    _Listed(
        "shares",
        _of_teams(Share, "created_by"),
        ("project__name", "created_at", "expires_at", "revoked_at", "views"),
    ),
    _Listed(
        "invitations",
        _of_teams(Invitation, "invited_by"),
        ("team__name", "email", "role", "created_at", "used_at"),
    ),
)


def zip_of(user: User) -> ZipStream:
    """Return everything about a person as a ZIP that is written while it is sent."""
    found = ZipStream(compress_type=ZIP_DEFLATED)
    found.add(_README.format(user=user), "README.txt")
    found.add(json.dumps([_account(user)], cls=DjangoJSONEncoder, indent=1), "you.json")
    for each in LISTS:
        rows = each.rows(user).values(*each.fields).iterator(chunk_size=500)
        found.add(_lines(rows), f"{each.name}.json")
    for file in _uploads(user):
        if file.is_file():
            found.add_path(file, f"uploads/{file.name}", compress_type=ZIP_STORED)
    return found


def _uploads(user: User) -> Iterator[Any]:
    stills = _seen(Still.objects.filter(author=user, origin=Still.Origin.UPLOADED), user, "project")
    for each in (*stills.iterator(), *_mine(Sound, "author", "project")(user).defer("peaks")):
        yield each.file


def _account(user: User) -> dict[str, Any]:
    rules = NoticeRules.objects.filter(user=user).values("mail", "kinds").first()
    return {
        "name": user.name,
        "email": user.email,
        "joined_at": user.date_joined,
        "last_sign_in_at": user.last_login,
        "administers": user.is_staff,
        "addresses": list(
            EmailAddress.objects.filter(user=user).values("email", "verified", "primary")
        ),
        "second_factors": list(
            Authenticator.objects.filter(user=user).values("type", "created_at", "last_used_at")
        ),
        "single_sign_on": list(
            SocialAccount.objects.filter(user=user).values("provider", "uid", "last_login")
        ),
        "told_by_mail": rules,
    }


def _lines(rows: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """Yield a list as JSON, a row a line, each name as a person reads it."""
    yield b"[\n"
    between = b""
    for row in rows:
        told = {_readable(name): it for name, it in row.items()}
        yield between + json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False).encode()
        between = b",\n"
    yield b"\n]\n"


def _readable(name: str) -> str:
    """Return what a field is called in a list: a generation is a take to people."""
    plain = name.replace("__", "_").replace("generation_take_number", "take")
    return plain.replace("generation", "take")
