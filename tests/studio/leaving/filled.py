"""A project in which everything is used that can be."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

from django.utils import timezone
from PIL import Image

from generations import media, versions
from generations.kinds import Kind
from generations.models import Asset, Generation, State
from generations.models.states import Reason
from studio import noting, reviewing, scoring
from studio.editing.cut import Clip, Cut, SoundClip, Title
from studio.leaving.naming import known_by
from studio.models import (
    BakeOff,
    Ballot,
    Collection,
    Entrant,
    Export,
    Final,
    Finals,
    Mark,
    Membership,
    Pick,
    Project,
    Role,
    Sequence,
    Share,
    Shot,
    ShotTake,
    Sound,
    Storyboard,
    Tag,
    User,
    Verdict,
)
from studio.models.guest_verdict import GuestVerdict
from tests import factories
from tests.studio.editing.filmed import write_tone


@dataclass
class Filled:
    """What is in it."""

    project: Project
    ann: User
    bob: User
    takes: list[Generation]
    sequence: Sequence
    sound: Sound


def fill(project: Project, folder: Path) -> Filled:
    """Use everything in a project: takes in all states, versions, words, shots, cuts and sounds."""
    ann = factories.MembershipFactory(
        team=project.team,
        role=Role.PRODUCER,
        user__name="Ann Producer",
        user__email="ann@film.example",
    ).user
    bob = factories.MembershipFactory(
        team=project.team,
        role=Role.ARTIST,
        user__name="Bob Artist",
        user__email="bob@film.example",
    ).user
    uploaded = factories.still(project, author=bob)
    uploaded.rights = "Ours"
    uploaded.save()
    first = factories.take(project, State.COMPLETED, author=bob, start=uploaded)
    second = factories.take(project, State.COMPLETED, author=bob, extends=first)
    drawn = factories.drawn(project, author=ann)
    factories.version(first)
    factories.version(first, Kind.AUDIO)
    others = [
        factories.take(project, state, author=bob)
        for state in (State.CANCELLED, State.DECLINED, State.FAILED)
    ]
    others.append(factories.take(project, State.FAILED, reason=Reason.LOST, author=bob))
    thrown = factories.take(project, State.COMPLETED, author=bob, parent=first.prompt)
    assert thrown.discard(timezone.now(), ann)
    takes = [first, second, drawn, *others, thrown]
    _talk(project, ann, bob, first, second)
    sequence, sound = _cut(project, ann, bob, [first, second], folder)
    _plan(project, bob, first, uploaded)
    collection = Collection.begin(project.team, ann, "Reel", "The best")
    collection.add([second, first], ann)
    project.created_by = ann
    project.set_cover(take=second)
    project.save()
    versions.choose_best(first, first)
    _look_into(project)
    _put_beside(first, drawn, folder)
    return Filled(project, ann, bob, takes, sequence, sound)


def _look_into(project: Project) -> None:
    """Have the rows of files say what is in them."""
    for asset in Asset.objects.filter(generation__project=project):
        looked = media.probe_video if asset.content_type == "video/mp4" else media.probe_image
        facts = looked(asset.file)
        asset.width, asset.height, asset.codec = facts.width, facts.height, facts.codec
        asset.fps, asset.duration_s = facts.fps or None, facts.duration_s or None
        asset.has_sound = facts.has_sound
        asset.save()


def _put_beside(film: Generation, drawn: Generation, folder: Path) -> None:
    """Give a video its frames as EXR, and a picture two layers."""
    frames = folder / "frames.zip"
    with ZipFile(frames, "w") as box:
        box.writestr("frame-0001.exr", b"\x76\x2f\x31\x01 of Dunes")
    factories.beside(film, Asset.Kind.EXR, frames)
    for number, label in enumerate(("sky", "hills")):
        layer = folder / f"{label}.png"
        Image.new("RGBA", (64, 36), (9, 40 * number, 90, 128)).save(layer)
        factories.beside(drawn, Asset.Kind.LAYER, layer, number, label)


def _talk(project: Project, ann: User, bob: User, first: Generation, second: Generation) -> None:
    Tag.objects.put("hero, Überblick", [first, second], bob)
    note = noting.note(first, bob, noting.Remark("@Ann Producer look", 12, [[1, 2, 300, 400]]))
    noting.reply(first, ann, note.uuid, "Better now")
    noting.resolve(first, ann, note.uuid, is_resolved=True)
    reviewing.send([first, second], bob)
    reviewing.judge(first, Verdict.CHANGES, ann, seen=Verdict.WAITING)
    first.refresh_from_db()
    reviewing.judge(first, Verdict.APPROVED, ann, seen=Verdict.CHANGES)
    criterion = project.team.criteria.order_by("pk")[0]
    scoring.give(first, ann, str(criterion.pk), {"value": "8"})
    bakeoff = BakeOff.objects.create(project=project, words="Which model?", author=ann)
    one, other = [Entrant.objects.create(bakeoff=bakeoff, generation=it) for it in (first, second)]
    ballot = Ballot.objects.create(bakeoff=bakeoff, judge=ann, done_at=timezone.now())
    Mark.objects.create(ballot=ballot, entrant=one, criterion=criterion, value=7)
    Pick.objects.create(ballot=ballot, one=one, other=other, better=other)
    finals = Finals.objects.create(
        project=project, author=ann, price_usd=1, asks=False, needs_approval=False
    )
    Final.objects.create(
        **{"finals": finals, "draft": first, "take": second, "price_usd": 1},
        asked={"model": "ray-2", "resolution": "1080p", "duration_s": 5},
        stage=Final.Stage.ORDERED,
    )
    share, _ = Share.make(first, bob, timezone.now() + timedelta(days=2), takes_verdicts=True)
    noting.note_of_guest(first, share, "Client", noting.Remark("Longer, please", None, []))
    GuestVerdict.objects.create(
        share=share,
        generation=first,
        guest="Client",
        verdict=Verdict.APPROVED,
        said_at=timezone.now(),
    )


def _cut(
    project: Project, ann: User, bob: User, takes: list[Generation], folder: Path
) -> tuple[Sequence, Sound]:
    folder.mkdir(parents=True, exist_ok=True)
    sound = factories.sound(project, write_tone(folder / "tone.wav", 440, 2.0))
    sequence = Sequence.begin(project, bob, "Trailer", Cut(clips=(Clip("a", takes[0].uuid),)))
    named = sequence.name_cut(1, ann, "v1")
    whole = Cut(
        clips=(Clip("a", takes[0].uuid), Clip("b", takes[1].uuid)),
        titles=(Title("t", 0, 24, "Dawn"),),
        sounds=(SoundClip("s", sound.uuid, 0),),
    )
    sequence.change(1, ann, "Added take 2", lambda _: whole)
    export = Export.objects.create(
        sequence=sequence, edit=named.edit, author=ann, kind=Export.Kind.MP4
    )
    export.claim(60)
    target = Path(factories.settings.MEDIA_ROOT) / "exports" / f"{export.uuid}.mp4"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(factories.tiny_video().read_bytes())
    export.finish(
        path=str(target.relative_to(factories.settings.MEDIA_ROOT)),
        size_bytes=target.stat().st_size,
        sha256=factories.hashlib.sha256(target.read_bytes()).hexdigest(),
        content_type="video/mp4",
        duration_s=2.0,
        width=320,
        pixel_height=180,
    )
    return sequence, sound


def _plan(project: Project, bob: User, take: Generation, still: factories.Still) -> None:
    board = Storyboard.begun(project)
    board.add(bob, [Shot(words="Dunes at dawn", start=still), Shot(words="A walker")])
    shot = board.shots.order_by("position")[0]
    made = ShotTake.objects.create(shot=shot, generation=take, asked=shot.asked)
    assert shot.choose(made, bob)


def member_of(project: Project, email: str, role: Role = Role.ARTIST) -> User:
    """Return somebody of that address in a project's team."""
    user = User.objects.create_user(email, factories.PASSWORD, name=email.partition("@")[0])
    Membership.objects.create(team=project.team, user=user, role=role)
    return user


def known_as(row: dict, name: str, email: str, bundle: Path) -> dict:
    """Have somebody of a bundle be known by an address."""
    with ZipFile(bundle) as box:
        project = json.loads(box.read("manifest.json"))["project"]["uuid"]
    return row | {"known_by": known_by(project, email)} if row["name"] == name else row


def rebuilt(
    bundle: Path, name: str, change: Callable[[dict], dict | None], *, hashed: bool = True
) -> Path:
    """Return a bundle of which a file of lines was changed, with the right hash of it."""
    made = bundle.with_name(f"{bundle.stem}-changed.zip")
    with ZipFile(bundle) as old, ZipFile(made, "w") as new:
        lines = map(json.loads, old.read(f"{name}.jsonl").splitlines())
        changed = [it for it in map(change, lines) if it is not None]
        data = b"".join(json.dumps(it).encode() + b"\n" for it in changed)
        before = hashlib.sha256(old.read(f"{name}.jsonl")).hexdigest()
        for info in old.infolist():
            content = old.read(info)
            if info.filename == f"{name}.jsonl":
                content = data
            if info.filename == "HASHES.sha256" and hashed:
                after = hashlib.sha256(data).hexdigest()
                content = content.replace(
                    f"{before}  {name}.jsonl".encode(), f"{after}  {name}.jsonl".encode()
                )
            new.writestr(info, content)
    return made
