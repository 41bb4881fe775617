"""What a bundle of a project holds, kind by kind: which rows, and which of their fields.

A field that isn't named here doesn't leave: keys, nonces, addresses of callbacks and of providers'
files, tokens. What a row names is in the bundle too, or is left out of the row: nothing of another
project leaves with this one.
"""

from typing import Any

from django.db.models import Q

from generations.models import (
    Asset,
    Attempt,
    Event,
    Generation,
    Keyframe,
    LedgerEntry,
    PastEntry,
    Prompt,
    Reference,
    Still,
)
from studio.leaving.kind import Called, Kind
from studio.models import (
    BakeOff,
    Ballot,
    Collected,
    Edit,
    Entrant,
    Export,
    Final,
    Finals,
    GuestVerdict,
    Mark,
    NamedCut,
    Note,
    Pick,
    Review,
    Score,
    Sequence,
    Shot,
    ShotTake,
    Sound,
    Storyboard,
    Tagging,
)

JUDGES_BEFORE = ("asked_by_id", "judged_by_id")
"""Who is named in a verdict's event, as they stood before it (studio.reviewing)."""
VERSION = 1
FORMAT = "dailies-project"


def _with_a_picture(row: dict[str, Any], _: Called) -> dict[str, Any] | None:
    """Leave out a frame or reference to what another project has."""
    return row if row["still"] or row["source"] else None


def _told_by_names(row: dict[str, Any], called: Called) -> dict[str, Any]:
    """Name no take of another project in the history, and nobody by the database's number."""
    detail = row["detail"]
    if row["kind"] == "copied":
        detail = {"words": "Copied from another project"}
    if before := detail.get("before"):
        people = {name: called.person(before[name]) for name in JUDGES_BEFORE}
        detail = detail | {"before": before | people}
    return row | {"detail": detail}


def _as_asked(row: dict[str, Any], called: Called) -> dict[str, Any]:
    """Call the stills that a shot asked for by their names, and not by the database's numbers."""
    asked = dict(row["asked"])
    for end in ("start", "end"):
        asked[end] = called.of("stills", asked.get(end))
    return row | {"asked": asked}


KINDS = (
    Kind(
        "prompts",
        Prompt,
        "project",
        (
            *("uuid", "kind", "words", "negative_words", "model", "ratio", "resolution"),
            *("duration_s", "loop", "concepts", "mode", "image_format", "placed_at", "options"),
            *("created_at",),
        ),
        people=("author",),
        links={"parent": "prompts"},
        named=("uuid",),
    ),
    Kind(
        "takes",
        Generation,
        "project",
        (
            *("uuid", "take_number", "state", "reason", "words", "price_usd", "notice"),
            *("expected_s", "usual_from_s", "usual_to_s", "last_event", "created_at"),
            *("waiting_since", "accepted_at", "finished_at"),
            *("trashed_at", "purged_at", "erased_at"),
        ),
        people=("author", "approved_by"),
        links={"prompt": "prompts", "version_of": "takes"},
        later={"best_version": "takes"},
        told={"provider": "account__provider"},
        named=("uuid",),
    ),
    Kind(
        "stills",
        Still,
        "project",
        (
            *("uuid", "origin", "frame", "rights", "content_type", "width", "height"),
            *("size_bytes", "sha256", "created_at"),
        ),
        people=("author",),
        links={"source": "takes", "cut_from": "stills"},
        named=("uuid",),
        file=True,
    ),
    Kind(
        "frames",
        Keyframe,
        "generation__project",
        ("position", "frame"),
        links={"generation": "takes", "still": "stills", "source": "takes"},
        amend=_with_a_picture,
    ),
    Kind(
        "references",
        Reference,
        "generation__project",
        ("role", "place", "weight"),
        links={"generation": "takes", "still": "stills", "source": "takes"},
        amend=_with_a_picture,
    ),
    Kind(
        "files",
        Asset,
        "generation__project",
        (
            *("kind", "number", "label", "content_type", "width", "height", "fps", "duration_s"),
            *("codec", "has_sound", "sha256", "size_bytes", "stored_at"),
        ),
        links={"generation": "takes"},
        only=Q(state=Asset.State.STORED, kind__in=(*Asset.OWN, *Asset.BESIDE)),
        file=True,
    ),
    Kind(
        "attempts",
        Attempt,
        "generation__project",
        ("number", "outcome", "provider_id", "price_usd", "created_at", "sent_at"),
        links={"generation": "takes"},
        told={"provider": "account__provider"},
        named=("generation", "number"),
    ),
    Kind(
        "ledger",
        PastEntry,
        "generation__project",
        ("kind", "amount_usd", "at"),
        links={"generation": "takes", "attempt": "attempts"},
        also=LedgerEntry,
    ),
    Kind(
        "events",
        Event,
        "project",
        ("number", "kind", "previous", "reason", "detail", "at"),
        people=("actor",),
        links={"generation": "takes"},
        amend=_told_by_names,
    ),
    Kind(
        "tags",
        Tagging,
        "generation__project",
        ("created_at",),
        people=("by",),
        links={"generation": "takes"},
        told={"word": "tag__word"},
    ),
    Kind(
        "verdicts",
        Review,
        "project",
        ("verdict", "asked_at", "judged_at"),
        people=("asked_by", "judged_by"),
        links={"generation": "takes"},
    ),
    Kind(
        "guest_verdicts",
        GuestVerdict,
        "generation__project",
        ("guest", "verdict", "said_at"),
        links={"generation": "takes"},
    ),
    Kind(
        "notes",
        Note,
        "generation__project",
        ("uuid", "guest", "frame", "words", "drawing", "created_at", "resolved_at"),
        people=("author", "resolved_by"),
        links={"generation": "takes", "answers": "notes"},
        named=("uuid",),
    ),
    Kind(
        "scores",
        Score,
        "generation__project",
        ("value", "scored_at"),
        people=("author",),
        links={"generation": "takes"},
        told={"criterion": "criterion__words"},
    ),
    Kind(
        "bakeoffs",
        BakeOff,
        "project",
        ("uuid", "words", "created_at", "closed_at"),
        people=("author", "closed_by"),
        named=("uuid",),
    ),
    Kind(
        "entrants",
        Entrant,
        "bakeoff__project",
        (),
        links={"bakeoff": "bakeoffs", "generation": "takes"},
        named=("generation",),
    ),
    Kind(
        "ballots",
        Ballot,
        "bakeoff__project",
        ("done_at",),
        people=("judge",),
        links={"bakeoff": "bakeoffs"},
        named=("bakeoff", "judge"),
    ),
    Kind(
        "marks",
        Mark,
        "ballot__bakeoff__project",
        ("value",),
        links={"ballot": "ballots", "entrant": "entrants"},
        told={"criterion": "criterion__words"},
    ),
    Kind(
        "picks",
        Pick,
        "ballot__bakeoff__project",
        (),
        links={
            **{"ballot": "ballots", "one": "entrants", "other": "entrants"},
            "better": "entrants",
        },
    ),
    Kind(
        "collected",
        Collected,
        "generation__project",
        ("position", "added_at"),
        people=("added_by",),
        links={"generation": "takes"},
        told={"collection": "collection__name", "words": "collection__words"},
    ),
    Kind(
        "sounds",
        Sound,
        "project",
        (
            *("uuid", "name", "content_type", "demuxer", "codec", "duration_s"),
            *("size_bytes", "sha256", "created_at"),
        ),
        people=("author",),
        named=("uuid",),
        file=True,
    ),
    Kind("storyboards", Storyboard, "project", ("model", "ratio", "resolution")),
    Kind(
        "shots",
        Shot,
        "storyboard__project",
        (
            *("uuid", "position", "words", "duration_s", "concepts", "continues", "count"),
            *("chosen_at", "added_at", "removed_at"),
        ),
        people=("chosen_by",),
        links={"start": "stills", "end": "stills"},
        later={"chosen": "shot_takes"},
        named=("uuid",),
    ),
    Kind(
        "shot_takes",
        ShotTake,
        "shot__storyboard__project",
        ("asked",),
        links={"shot": "shots", "generation": "takes", "continued_from": "takes"},
        named=("generation",),
        amend=_as_asked,
    ),
    Kind(
        "sequences",
        Sequence,
        "project",
        ("uuid", "name", "created_at", "changed_at"),
        people=("created_by",),
        later={"head": "edits"},
        named=("uuid",),
    ),
    Kind(
        "edits",
        Edit,
        "sequence__project",
        ("number", "document", "said", "at"),
        people=("author",),
        links={"sequence": "sequences", "before": "edits"},
        named=("sequence", "number"),
    ),
    Kind(
        "cuts",
        NamedCut,
        "sequence__project",
        ("name", "at"),
        people=("author",),
        links={"sequence": "sequences", "edit": "edits"},
    ),
    Kind(
        "finals",
        Finals,
        "project",
        ("uuid", "price_usd", "asks", "needs_approval", "created_at"),
        people=("author",),
        named=("uuid",),
    ),
    Kind(
        "final_takes",
        Final,
        "finals__project",
        ("uuid", "asked", "price_usd", "stage", "words", "accepted_at"),
        people=("accepted_by",),
        links={"finals": "finals", "draft": "takes", "take": "takes"},
        named=("uuid",),
        only=Q(take__isnull=False),  # nothing is ordered elsewhere that wasn't here
    ),
    Kind(
        "exports",
        Export,
        "sequence__project",
        (
            *("uuid", "kind", "height", "loudness_lufs", "clip_key", "created_at", "started_at"),
            *("ended_at", "took_s", "frames_copied", "frames_rendered", "content_type"),
            *("size_bytes", "duration_s", "width", "pixel_height", "sha256"),
        ),
        people=("author",),
        links={"sequence": "sequences", "edit": "edits"},
        only=Q(state=Export.State.DONE),
        file=True,
    ),
)
BY_NAME = {kind.name: kind for kind in KINDS}
