"""How the rows of a bundle are written that aren't simply written as they are."""

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from generations.catalogue import catalogue
from generations.kinds import VERSIONS
from generations.models import Account, Asset, Generation, Prompt, State
from studio.leaving.fields import Wrong, read
from studio.leaving.kind import Kind
from studio.leaving.kinds import JUDGES_BEFORE
from studio.models import (
    Collected,
    Collection,
    Criterion,
    Export,
    Review,
    Share,
    Sound,
    Tag,
    Tagging,
    Verdict,
)
from studio.models.collection import LONGEST_NAME, MOST_TAKES
from studio.models.share import digest_of
from studio.models.storyboard import MOST_SHOTS
from studio.models.tag import MOST as MOST_TAGS
from studio.models.tag import key_of, words_of

if TYPE_CHECKING:
    from studio.leaving.bringing import Arrival

ACCOUNT = "Brought in"
"""What the account is called that takes from elsewhere are booked under: it has no key."""
_NO_FILE = "Its file was missing when it was brought in from another Dailies."
_Row = dict[str, Any]
_How = Callable[["Arrival", Kind, _Row, dict[str, Any]], Any]


def as_it_is(arrival: "Arrival", kind: Kind, row: _Row, fields: dict[str, Any]) -> Any:
    """Write a row with its own dates, and the project where it names one."""
    if kind.of == "project":
        fields["project"] = arrival.project
    made = kind.model(**fields)
    made.save_base(raw=True, force_insert=True)
    return made


def _take(arrival: "Arrival", kind: Kind, row: _Row, fields: dict[str, Any]) -> Any:
    prompt = Prompt.objects.get(pk=fields["prompt_id"])
    of = fields["version_of_id"]
    if of is not None:
        if prompt.kind not in VERSIONS:
            raise Wrong("it is a version, and its prompt asks for none")
        if arrival.things[of].version_of_id is not None:
            raise Wrong("it is a version of a version")
    if fields["trashed_at"]:
        fields["trashed_at"] = timezone.now()  # to be restored for as long as anything else
    state = State(fields.pop("state"))
    account = _account(arrival, row.get("provider"))
    made = Generation.brought(state, project=arrival.project, account=account, **fields)
    arrival.things[made.pk] = made
    return made


def _account(arrival: "Arrival", provider: Any) -> Account:
    if provider not in catalogue().providers:
        raise Wrong("it was made at a provider that this Dailies doesn't know")
    name = ACCOUNT if provider == "luma" else f"{ACCOUNT}, {provider}"
    facts = {"provider": provider, "simulated": True, "enabled": False}
    made, _ = Account.objects.get_or_create(team=arrival.team, name=name, defaults=facts)
    if made.sealed_key:
        raise Wrong(f"the team has an account called {name} with a key; give it another name")
    return made


def _attempt(arrival: "Arrival", kind: Kind, row: _Row, fields: dict[str, Any]) -> Any:
    # No job of an account here: its id claims none. What was open there is over here.
    fields |= {"account": _account(arrival, row.get("provider")), "owns_id": False}
    if fields["outcome"] in kind.model.OPEN:  # type: ignore[attr-defined]
        fields["outcome"] = kind.model.Outcome.LOST  # type: ignore[attr-defined]
    return as_it_is(arrival, kind, row, fields)


def _event(arrival: "Arrival", kind: Kind, row: _Row, fields: dict[str, Any]) -> Any:
    if before := fields["detail"].get("before"):
        people = {name: arrival.people.id_of(before[name]) for name in JUDGES_BEFORE}
        if before["verdict"] not in Verdict.values:
            raise Wrong("there is no such verdict")
        for name in ("asked_at", "judged_at"):
            read(Review, name, before)
        fields["detail"] = fields["detail"] | {"before": before | people}
    return as_it_is(arrival, kind, row, fields)


def _file(arrival: "Arrival", kind: Kind, row: _Row, fields: dict[str, Any]) -> Any:
    take = arrival.things[fields["generation_id"]]
    _check_file(Prompt.objects.get(pk=take.prompt_id), fields["kind"])
    which = {name: fields[name] for name in ("kind", "number", "label")}
    found = arrival.media.find(row, fields["kind"])
    if found is None:
        return Asset.objects.create(
            generation=take, **which, state=Asset.State.FAILED, error=_NO_FILE
        )
    files = [(Asset(generation=take, **which), found)]
    files += [(Asset(generation=take, kind=name), each) for name, each in found.beside.items()]
    for file, each in files:
        file.path = f"takes/{take.uuid.hex[:2]}/{take.uuid}/{file.named}.{each.ending}"
        file.state, file.stored_at = Asset.State.STORED, fields["stored_at"]
        for name, value in each.facts.items():
            setattr(file, name, value)
        file.save()
        arrival.places.put(each.file, file.path)
    return take


def _check_file(prompt: Prompt, kind: str) -> None:
    """Raise Wrong for a file that comes of no such take."""
    own = Asset.Kind.IMAGE if prompt.is_picture else Asset.Kind.VIDEO
    beside = Asset.Kind.LAYER if prompt.is_picture else Asset.Kind.EXR
    if kind not in (own, beside):
        raise Wrong(
            "a picture has an image, and perhaps layers; everything else a video, and perhaps EXR"
        )


def _still(arrival: "Arrival", kind: Kind, row: _Row, fields: dict[str, Any]) -> Any:
    found = arrival.media.find(row, "still")
    ending = found.ending if found else "jpg"
    path = f"stills/{fields['uuid'].hex[:2]}/{fields['uuid']}.{ending}"
    made = as_it_is(arrival, kind, row, fields | (found.facts if found else {}) | {"path": path})
    if found:
        arrival.places.put(found.file, path)
        arrival.places.put(found.beside["small"].file, str(Path(path).with_suffix(".small.webp")))
    return made


def _sound(arrival: "Arrival", kind: Kind, row: _Row, fields: dict[str, Any]) -> Any:
    found = arrival.media.find(row, "sound")
    facts = found.facts if found else {"peaks": b""}
    ending = found.ending if found else "wav"
    path = f"sounds/{fields['uuid'].hex[:2]}/{fields['uuid']}.{ending}"
    made: Sound = as_it_is(arrival, kind, row, fields | facts | {"path": path})
    if found:
        arrival.places.put(found.file, path)
    return made


def _export(arrival: "Arrival", kind: Kind, row: _Row, fields: dict[str, Any]) -> Any:
    found = arrival.media.find(row, fields["kind"])
    if found is None:
        return None
    path = f"exports/{fields['uuid'].hex[:2]}/{fields['uuid']}-1.{found.ending}"
    made = as_it_is(
        arrival,
        kind,
        row,
        fields | found.facts | {"path": path, "progress": 1.0, "state": Export.State.DONE},
    )
    arrival.places.put(found.file, path)
    return made


def _tag(arrival: "Arrival", kind: Kind, row: _Row, fields: dict[str, Any]) -> Any:
    (word,) = words_of(str(row["word"]))
    tag, _ = Tag.objects.get_or_create(team=arrival.team, key=key_of(word), defaults={"word": word})
    if Tagging.objects.filter(generation=fields["generation_id"]).count() >= MOST_TAGS:
        raise Wrong(f"a take has at most {MOST_TAGS} tags")
    return as_it_is(arrival, kind, row, fields | {"tag": tag})


def _note(arrival: "Arrival", kind: Kind, row: _Row, fields: dict[str, Any]) -> Any:
    made = as_it_is(arrival, kind, row, fields)
    if made.answers_id and made.answers.generation_id != made.generation_id:
        raise Wrong("it answers a note on another take")
    return made


def _guest_verdict(arrival: "Arrival", kind: Kind, row: _Row, fields: dict[str, Any]) -> Any:
    take = arrival.things[fields["generation_id"]]
    share = Share.objects.filter(generation=take).first()
    if share is None:  # a link that nobody has, and that is over
        now = timezone.now()
        share = Share.objects.create(
            team=arrival.team,
            project=arrival.project,
            generation=take,
            token_digest=digest_of(secrets.token_urlsafe()),
            expires_at=now,
            revoked_at=now,
        )
    return as_it_is(arrival, kind, row, fields | {"share": share})


def _score(arrival: "Arrival", kind: Kind, row: _Row, fields: dict[str, Any]) -> Any:
    words = read(Criterion, "words", {"words": row["criterion"]})
    # What a team doesn't score by stays out of its rubric.
    criterion, _ = Criterion.objects.get_or_create(
        team=arrival.team, words=words, defaults={"retired_at": timezone.now()}
    )
    return as_it_is(arrival, kind, row, fields | {"criterion": criterion})


def _collected(arrival: "Arrival", kind: Kind, row: _Row, fields: dict[str, Any]) -> Any:
    asked = read(Collection, "name", {"name": row["collection"]})
    collection = arrival.collections.get(asked)
    if collection is None:
        by, words = fields["added_by_id"], str(row["words"])
        collection = Collection(team=arrival.team, created_by_id=by)
        collection.write(_free_name(arrival, asked), words)
        arrival.collections[asked] = collection
    if Collected.objects.filter(collection=collection).count() >= MOST_TAKES:
        raise Wrong(f"a collection holds at most {MOST_TAKES} takes")
    return as_it_is(arrival, kind, row, fields | {"collection": collection})


def _free_name(arrival: "Arrival", name: str) -> str:
    """Return a name for a collection that the team's others don't have."""
    number, free = 1, name
    while Collection._default_manager.filter(team=arrival.team, name__iexact=free).exists():
        number += 1
        free = f"{name[: LONGEST_NAME - 5]} {number}"
    return free


def _shot(arrival: "Arrival", kind: Kind, row: _Row, fields: dict[str, Any]) -> Any:
    board = arrival.project.storyboard
    if fields["removed_at"] is None and board.shots.kept().count() >= MOST_SHOTS:
        raise Wrong(f"a storyboard has at most {MOST_SHOTS} shots")
    return as_it_is(arrival, kind, row, fields | {"storyboard": board})


def _shot_take(arrival: "Arrival", kind: Kind, row: _Row, fields: dict[str, Any]) -> Any:
    asked = fields["asked"]
    ends = {end: arrival.id_of("stills", asked[end]) for end in ("start", "end")}
    return as_it_is(arrival, kind, row, fields | {"asked": asked | ends})


HOW: dict[str, _How] = {
    "takes": _take,
    "attempts": _attempt,
    "events": _event,
    "files": _file,
    "stills": _still,
    "sounds": _sound,
    "exports": _export,
    "tags": _tag,
    "notes": _note,
    "guest_verdicts": _guest_verdict,
    "scores": _score,
    "marks": _score,
    "collected": _collected,
    "shots": _shot,
    "shot_takes": _shot_take,
}
