"""Objects for tests, spelled by what differs. A take's life goes through the model's own verbs."""

import atexit
import hashlib
import shutil
import uuid
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import factory
from django.conf import settings
from django.utils import timezone
from factory.django import DjangoModelFactory
from PIL import Image

from generations import ffmpeg, stills, versions
from generations.kinds import Kind
from generations.models import Account, Asset, Generation, SpendingRules, State, Still
from generations.models.states import Reason
from generations.ordering import accept
from generations.orders import Frame, Order, image, made_from
from studio.models import Membership, Project, Role, Sound, Team, User

PASSWORD = "a long enough password"
_SOON = timedelta(seconds=60)


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User

    name = factory.Sequence(lambda n: f"Person {n}")
    email = factory.Sequence(lambda n: f"person{n}@example.com")

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        return User.objects.create_user(password=PASSWORD, **kwargs)


class TeamFactory(DjangoModelFactory[Team]):
    class Meta:
        model = Team

    name = factory.Sequence(lambda n: f"Team {n}")


class MembershipFactory(DjangoModelFactory[Membership]):
    class Meta:
        model = Membership

    team = factory.SubFactory(TeamFactory)
    user = factory.SubFactory(UserFactory)
    role = Role.ARTIST


class ProjectFactory(DjangoModelFactory[Project]):
    class Meta:
        model = Project

    team = factory.SubFactory(TeamFactory)
    name = factory.Sequence(lambda n: f"Film {n}")
    slug = factory.Sequence(lambda n: f"film-{n}")


class AccountFactory(DjangoModelFactory[Account]):
    class Meta:
        model = Account
        skip_postgeneration_save = True

    team = factory.SubFactory(TeamFactory)
    provider = "luma"
    name = factory.Sequence(lambda n: f"Simulator {n}")
    simulated = True
    sealed_key = ""
    key_suffix = "test"

    @factory.post_generation
    def key(self: Account, create: bool, extracted: str | None, **_: Any) -> None:  # type: ignore[misc]
        self.set_key(extracted or "luma-simulated-key")
        self.save()


def member(project: Project, role: Role = Role.ARTIST) -> User:
    """Return a new person with a role in the project's team."""
    return MembershipFactory(team=project.team, role=role).user


def take(
    project: Project,
    state: State = State.WAITING,
    *,
    author: User | None = None,
    words: str = "Fog lifts through a pine valley",
    reason: Reason = Reason.PROVIDER,
    failure: str = "Luma failed this job. Nothing was charged.",
    extends: Generation | None = None,
    start: Still | None = None,
    parent: Any = None,
    stored: bool = True,
    **order: Any,
) -> Generation:
    """Return a take in a state, reached by the verbs that lead there; its money is in the ledger.

    A completed one has its files stored unless `stored` is false.
    """
    account = Account.objects.filter(team=project.team).first() or AccountFactory(team=project.team)
    del account
    frame = Frame(source=extends) if extends else Frame(still=start, as_is=True) if start else None
    asks = state in (State.REQUESTED, State.DECLINED)
    if asks:
        SpendingRules.objects.get_or_create(team=project.team, defaults={"approval_above_usd": 0})
    generation = accept(
        project,
        author or member(project),
        Order(words=words, start=frame, **order),
        parent=parent,
        asks=asks,
    )
    _live(generation, state, reason, failure)
    if state == State.COMPLETED and stored:
        keep_files(generation)
    generation.refresh_from_db()
    return generation


def bring(generation: Generation, state: State) -> None:
    """Bring a take that waits to a state, by the verbs that lead there; a completed one is here."""
    _live(generation, state, Reason.PROVIDER, "Luma failed this job. Nothing was charged.")
    if state == State.COMPLETED:
        keep_files(generation)


def _live(generation: Generation, state: State, reason: Reason, failure: str) -> None:
    later = timezone.now() + _SOON
    if state == State.CANCELLED:
        assert generation.cancel(generation.author)
    if state == State.DECLINED:
        assert generation.decline("Try it shorter first.", generation.author)
    if state in (State.WAITING, State.CANCELLED, State.REQUESTED, State.DECLINED):
        return
    attempt = generation.begin(later)
    assert attempt is not None
    if state == State.SUBMITTING:
        return
    if state == State.FAILED and reason in (Reason.CONTENT, Reason.REQUEST, Reason.FRAMES):
        assert generation.refuse(attempt, reason, failure)
        return
    if state == State.UNCONFIRMED:
        assert generation.lose_answer(
            attempt, next_at=later, words="The answer was lost. It is looked for at Luma."
        )
        return
    assert generation.accept(attempt, str(uuid.uuid4()), next_at=later)
    if state == State.QUEUED:
        return
    assert generation.dream(next_at=later)
    if state == State.FAILED and reason == Reason.LOST:
        assert generation.give_up(attempt, failure)
    elif state == State.FAILED:
        assert generation.fail(attempt, reason, failure)
    elif state == State.COMPLETED:
        kind = Asset.Kind.IMAGE if generation.prompt.is_picture else Asset.Kind.VIDEO
        assert generation.complete(attempt, kind, f"https://example.com/{kind}")


def drawn(
    project: Project, state: State = State.COMPLETED, *, author: User | None = None, **order: Any
) -> Generation:
    """Return an image take in a state; a completed one has its picture, and is a still."""
    words = order.pop("words", "A teal lighthouse at dawn")
    return _ordered(project, author or member(project), image(words, **order), state)


def version(
    take: Generation, kind: Kind = Kind.UPSCALE, state: State = State.COMPLETED, **order: Any
) -> Generation:
    """Return a version of a completed take, in a state; a completed one has its files."""
    if kind is Kind.UPSCALE:
        order.setdefault("resolution", "1080p")
    made = _ordered(take.project, take.author, made_from(take, kind, **order), state)
    take.refresh_from_db()
    return made


def _ordered(project: Project, author: Any, order: Order, state: State) -> Generation:
    if not Account.objects.filter(team=project.team).exists():
        AccountFactory(team=project.team)
    generation = accept(project, author, order)
    _live(generation, state, Reason.PROVIDER, "Luma failed this job. Nothing was charged.")
    if state == State.COMPLETED:
        keep_files(generation)
    generation.refresh_from_db()
    return generation


def keep_files(
    generation: Generation, video: Path | None = None, poster: Path | None = None
) -> None:
    """Store a completed take's video, preview and poster, or picture, as collecting does."""
    if generation.prompt.is_picture:
        keep_file(generation, Asset.Kind.POSTER, tiny_poster(), "image/jpeg")
        picture = keep_file(generation, Asset.Kind.IMAGE, tiny_poster(), "image/jpeg")
        stills.record_once(stills.of_image(generation, picture.file))
        generation.announce("stored")
        return
    video, poster = video or tiny_video(), poster or tiny_poster()
    keep_file(generation, Asset.Kind.PREVIEW, video, "video/mp4")
    keep_file(generation, Asset.Kind.POSTER, poster, "image/jpeg")
    kept = keep_file(generation, Asset.Kind.VIDEO, video, "video/mp4")
    if generation.version_of_id:
        take = Generation.objects.get(pk=generation.version_of_id)
        factor = 2 if generation.prompt.kind == Kind.UPSCALE else 1
        Asset.objects.filter(pk=kept.pk).update(
            width=320 * factor, height=180 * factor, has_sound=generation.prompt.kind == Kind.AUDIO
        )
        versions.choose_best(take, generation)
        take.announce("version_stored")
    generation.announce("stored")


def keep_file(generation: Generation, kind: Asset.Kind, source: Path, content_type: str) -> Asset:
    """Copy a file to where it is served from, and write its row."""
    path = Path("takes") / str(generation.uuid) / f"{kind}{source.suffix}"
    file = Path(settings.MEDIA_ROOT) / path
    file.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, file)
    is_video = content_type.startswith("video")
    facts = {"width": 320, "height": 180, "content_type": content_type}
    if is_video:
        facts |= {"fps": 24.0, "duration_s": 2.0, "codec": "h264"}
    asset, _ = Asset.objects.update_or_create(
        generation=generation,
        kind=kind,
        defaults={
            **facts,
            "state": Asset.State.STORED,
            "path": str(path),
            "size_bytes": file.stat().st_size,
            "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
            "next_at": None,
            "stored_at": timezone.now(),
        },
    )
    return asset


def still(project: Project, *, author: User | None = None) -> Still:
    """Return an uploaded still with its file."""
    name = uuid.uuid4()
    path = Path("stills") / f"{name}.jpg"
    file = Path(settings.MEDIA_ROOT) / path
    file.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(tiny_poster(), file)
    data = file.read_bytes()
    return Still.objects.create(
        uuid=name,
        project=project,
        author=author,
        path=str(path),
        content_type="image/jpeg",
        width=320,
        height=180,
        size_bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
    )


def sound(
    project: Project, file: Path | None = None, *, name: str = "Theme", demuxer: str = "wav"
) -> Sound:
    """Return an uploaded sound with its file."""
    data = file.read_bytes() if file else b""
    made = Sound(project=project, name=name, codec="pcm_s16le", demuxer=demuxer)
    made.path = f"sounds/{made.uuid}.wav"
    made.file.parent.mkdir(parents=True, exist_ok=True)
    made.file.write_bytes(data)
    made.content_type, made.size_bytes = "audio/wav", len(data)
    made.sha256 = hashlib.sha256(data).hexdigest()
    made.duration_s = max(len(data) - 44, 0) / 2 / 48000
    made.peaks = bytes(made.frames)
    made.save()
    return made


def own_folder(prefix: str) -> Path:
    """Return a directory that goes with this process."""
    made = mkdtemp(prefix=prefix)
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return Path(made)


@cache
def _folder() -> Path:
    return own_folder("dailies-clips-")


def beside(
    made: Generation, kind: Asset.Kind, file: Path, number: int = 0, label: str = ""
) -> Asset:
    """Keep a file beside a generation's own."""
    asset = Asset(generation=made, kind=kind, number=number, label=label)
    own = made.assets.filter(kind__in=Asset.OWN, state=Asset.State.STORED).first()
    folder = Path(own.path).parent if own else Path("takes", str(made.uuid))
    asset.path = str(folder / f"{asset.named}{file.suffix}")
    asset.file.parent.mkdir(parents=True, exist_ok=True)
    asset.file.write_bytes(file.read_bytes())
    types = {".zip": "application/zip", ".png": "image/png"}
    asset.content_type, asset.state = types[file.suffix], Asset.State.STORED
    asset.sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    asset.size_bytes, asset.stored_at = file.stat().st_size, timezone.now()
    if file.suffix == ".png":
        asset.width, asset.height, asset.codec = (*Image.open(file).size, "png")
    asset.save()
    return asset


@cache
def tiny_video(duration_s: int = 2) -> Path:
    """Return a real H.264 file, made once."""
    file = _folder() / ("clip.mp4" if duration_s == 2 else f"clip-{duration_s}.mp4")
    source = ["-f", "lavfi", "-i", f"testsrc2=size=320x180:rate=24:duration={duration_s}"]
    encode = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "12"]
    ffmpeg.run([*source, *encode, "-movflags", "+faststart", str(file)], timeout_s=60)
    return file


@cache
def tiny_poster() -> Path:
    """Return the first frame of the clip as a JPEG, made once."""
    file = _folder() / "poster.jpg"
    ffmpeg.run([*ffmpeg.pinned(tiny_video()), "-frames:v", "1", str(file)], timeout_s=60)
    return file
