"""What a guest link shows: its takes or its film, and nothing else of the team's."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.text import slugify

from generations.models import Asset, Generation
from generations.models.generation_queries import GenerationQuerySet
from generations.refusal import upper_first
from studio.cards import Card
from studio.comparing import cards_of
from studio.curating import PICTURE_S, seen_by
from studio.editing.cut import FPS, Clip
from studio.guests_say import notes_by, verdicts_by
from studio.marking import Copy
from studio.models import (
    Collection,
    Export,
    GuestVerdict,
    Note,
    Review,
    Sequence,
    Share,
    Verdict,
)
from studio.models.export import PLAYED
from studio.naming import export_name, file_name
from studio.sharing import SHOWN
from studio.takes import Take

_LOOKED_AT = 20


class NotShared(Exception):
    """The link doesn't show that."""


@dataclass(frozen=True)
class Piece:
    """A take as a guest sees it, or the part of it that a clip shows, in seconds."""

    card: Card
    share: Share
    from_s: float | None = None
    to_s: float | None = None

    @property
    def take(self) -> Generation:
        """The take itself."""
        return self.card.generation

    @property
    def can_be_talked_of(self) -> bool:
        """Whether a guest may say something of it."""
        return self.share.takes_notes or self.share.takes_verdicts

    @cached_property
    def notes(self) -> list[Note]:
        """What guests of the link noted on it."""
        return notes_by(self.share, self.take) if self.share.takes_notes else []

    @cached_property
    def verdicts(self) -> list[GuestVerdict]:
        """What guests of the link think of it."""
        return verdicts_by(self.share, self.take) if self.share.takes_verdicts else []

    @property
    def fps(self) -> float:
        """Frames per second of what plays."""
        return Take(self.take).fps

    @property
    def frames_long(self) -> int:
        """How many frames that has."""
        return Take(self.take).frames_long

    @property
    def name(self) -> str:
        """What it is called."""
        return upper_first(self.take.name)

    @property
    def words(self) -> str:
        """Its prompt, where the link shows prompts."""
        return self.card.title if self.share.shows_prompts else ""

    @property
    def price_usd(self) -> Decimal | None:
        """What it cost in dollars, where the link shows prices."""
        return self.card.cost_usd if self.share.shows_prices else None

    @property
    def file_kind(self) -> str:
        """Which of its files is looked at."""
        return "image" if self.card.is_picture else "video"

    @property
    def fragment(self) -> str:
        """What the address of its file ends with, for a browser to play only that part."""
        if self.from_s is None and self.to_s is None:
            return ""
        end = f",{self.to_s:.3f}" if self.to_s is not None else ""
        return f"#t={self.from_s or 0:.3f}{end}"

    @property
    def seconds(self) -> float:
        """How long it plays."""
        if self.card.is_picture:
            return PICTURE_S
        length = self.take.video_duration_s or self.take.prompt.duration_s or 0  # type: ignore[attr-defined]
        end = self.to_s if self.to_s is not None else length
        return float(max(end - (self.from_s or 0), 0))


@dataclass(frozen=True)
class Shared:
    """What a link shows now: what its maker sees, and only what is approved unless it says so."""

    share: Share

    @property
    def name(self) -> str:
        """What the page is called."""
        thing = self.share.thing
        if isinstance(thing, Generation):
            return f"{upper_first(thing.name)}, {thing.project}"
        return str(thing.sequence if isinstance(thing, Export) else thing)

    @property
    def words(self) -> str:
        """What the team says of it."""
        thing = self.share.thing
        return thing.words if isinstance(thing, Collection) else ""

    @property
    def film(self) -> Export | None:
        """The export that it shows: the one that is shared, or a sequence's newest that plays."""
        return self._film if self._film and self._is_marked(self._film) else None

    @cached_property
    def _film(self) -> Export | None:
        thing = self.share.thing
        if isinstance(thing, Export):
            return thing if self._may_show(thing) else None
        if not isinstance(thing, Sequence):
            return None
        newest = Export.objects.films_of(thing).select_related("edit", "sequence__project")
        return next(filter(self._may_show, newest[:_LOOKED_AT]), None)

    @property
    def film_plays(self) -> bool:
        """Whether that is a video."""
        return self.film is not None and self.film.kind in PLAYED

    @property
    def film_is_shown(self) -> bool:
        """Whether a browser shows that; it can only be downloaded otherwise."""
        return self.film is not None and self.film.kind in SHOWN

    @cached_property
    def pieces(self) -> list[Piece]:
        """The takes that it shows, in order; of a sequence without a film its clips."""
        files = self._files
        return [piece for piece in self._pieces if self._is_marked(files.get(piece.take.pk))]

    @property
    def lacking(self) -> list[Copy]:
        """The copies that its watermark needs and that aren't made, posters first."""
        return [copy for copy in self._copies if not copy.is_ready and not copy.has_failed]

    @property
    def cant_be_marked(self) -> bool:
        """Whether it has nothing to show because its watermark can't be put on what it has."""
        return self.is_empty and any(copy.has_failed for copy in self._copies)

    @property
    def _copies(self) -> list[Copy]:
        if not self.share.watermark:
            return []
        originals = [self._film] if self._film else [*self._posters, *self._files.values()]
        return [Copy(self.share, original) for original in originals if original]

    @property
    def _pictures(self) -> QuerySet[Asset]:
        ids = {piece.take.pk for piece in self._pieces} | {*self._playing.values()}
        return Asset.objects.filter(generation__in=ids, state=Asset.State.STORED)

    @cached_property
    def _playing(self) -> dict[int, int]:
        """Whose file is looked at of each take, by its id: the take's own, or a version's."""
        return self._playing_of([piece.take for piece in self._pieces])

    def _playing_of(self, takes: list[Generation]) -> dict[int, int]:
        unjudged = {} if self.share.shows_unapproved else newer_than_their_verdicts(takes)
        own = {take.pk for take in takes if take.pk in unjudged or not take.best_version_id}
        return {take.pk: take.pk if take.pk in own else take.best_version_id or 0 for take in takes}

    @property
    def _posters(self) -> list[Asset]:
        return list(self._pictures.filter(kind=Asset.Kind.POSTER))

    @cached_property
    def _files(self) -> dict[int, Asset]:
        """What is looked at of each take, by its id; asked for only where that is marked."""
        if not self.share.watermark or self._film:
            return {}
        kinds = (Asset.Kind.VIDEO, Asset.Kind.IMAGE)
        stored = {(it.generation_id, it.kind): it for it in self._pictures.filter(kind__in=kinds)}
        found: dict[int, Asset] = {}
        for piece in self._pieces:
            take, kind = piece.take, piece.file_kind
            file = stored.get((self._playing[take.pk], kind)) or stored.get((take.pk, kind))
            found |= {take.pk: file} if file else {}
        return found

    def _is_marked(self, original: Asset | Export | None) -> bool:
        """Tell whether a file may be shown: it needs no mark, or a copy has it."""
        if not self.share.watermark:
            return True
        return original is not None and Copy(self.share, original).is_ready

    @cached_property
    def _pieces(self) -> list[Piece]:
        thing = self.share.thing
        if isinstance(thing, Export) or self._film:
            return []
        takes = self._takes
        if isinstance(thing, Collection):
            takes = takes.order_by("collected__position", "collected__pk")
        assert self.share.created_by is not None  # noqa: S101  (is_backed)
        cards = cards_of(takes, self.share.created_by)
        if isinstance(thing, Sequence):
            return self._clips(thing, {card.generation.uuid: card for card in cards})
        return [Piece(card, self.share) for card in cards]

    @property
    def is_empty(self) -> bool:
        """Whether it shows nothing: nothing of it is approved, or all of it is gone."""
        return not (self.film or self.pieces)

    @property
    def is_reel(self) -> bool:
        """Whether its takes play one after another: it is no link to a single one."""
        return bool(self.pieces) and not isinstance(self.share.thing, Generation)

    @property
    def seconds(self) -> float:
        """How long it plays."""
        return sum(piece.seconds for piece in self.pieces)

    @property
    def price_usd(self) -> Decimal | None:
        """What its takes cost together in dollars, where the link shows prices."""
        if not self.share.shows_prices:
            return None
        if self.film:
            made_of = Generation.objects.for_cards().filter(
                project=self.share.project, uuid__in=self.film.edit.cut.takes
            )
            return sum((Card(take).cost_usd for take in made_of), Decimal(0))
        costs = {piece.take.pk: piece.card.cost_usd for piece in self.pieces}
        return sum(costs.values(), Decimal(0))

    def piece(self, uuid: UUID) -> Piece:
        """Return a take that it shows. Raises NotShared."""
        found = next((piece for piece in self.pieces if piece.take.uuid == uuid), None)
        if found is None:
            raise NotShared
        return found

    def asset(self, uuid: UUID, kind: str) -> tuple[Asset, Generation]:
        """Return a file of a take that it shows, of its best version, and the take.

        Raises NotShared.
        """
        take = self._takes.filter(uuid=uuid).select_related("project", "prompt").first()
        if take is None or kind not in ("video", "image", "poster") or self._film:
            raise NotShared
        owner = self._playing_of([take])[take.pk] if kind == "video" else take.pk
        stored = Asset.objects.filter(state=Asset.State.STORED, kind=kind)
        found = stored.filter(generation__in={owner, take.pk}).order_by("-generation_id").first()
        if found is None:
            raise NotShared
        return found, take

    def export(self, uuid: UUID) -> Export:
        """Return the export that it shows. Raises NotShared."""
        if self.film is None or self.film.uuid != uuid:
            raise NotShared
        return self.film

    def file_name(self, of: Generation | Export) -> str:
        """Return what a file is called without its ending; a prompt's words only if they show."""
        if isinstance(of, Export):
            return export_name(of)
        if self.share.shows_prompts:
            return file_name(of)
        return f"{of.project.slug}-{slugify(of.name)}"

    @property
    def _takes(self) -> GenerationQuerySet:
        """What it may show of takes."""
        assert self.share.created_by is not None  # noqa: S101  (is_backed)
        seen, thing = seen_by(self.share.created_by), self.share.thing
        if not self.share.shows_unapproved:
            seen = seen.filter(review__verdict=Verdict.APPROVED)
        if isinstance(thing, Generation):
            return seen.filter(pk=thing.pk)
        if isinstance(thing, Collection):
            return seen.filter(collected__collection=thing)
        if isinstance(thing, Sequence):
            return seen.filter(project=thing.project, uuid__in=thing.cut.takes)
        return seen.none()

    def _may_show(self, export: Export) -> bool:
        """Tell whether an export is done, and made of approved takes only where that is asked."""
        if export.state != Export.State.DONE:
            return False
        if export.kind == Export.Kind.PDF and not self.share.shows_prompts:
            return False  # it has the prompts in it
        if self.share.shows_unapproved:
            return True
        uuids = export.edit.cut.takes
        good = Review.objects.filter(project=self.share.project, verdict=Verdict.APPROVED)
        if good.filter(generation__uuid__in=uuids).count() != len(uuids):
            return False
        takes = list(Generation.objects.filter(project=self.share.project, uuid__in=uuids))
        unjudged = newer_than_their_verdicts(takes).values()
        ended_at = export.ended_at or timezone.now()
        # A version that played in it may be in the trash by now: it is in the film all the same.
        gone = Generation.objects.filter(version_of__in=takes, trashed_at__gt=export.created_at)
        unjudged_gone = gone.filter(
            finished_at__gt=F("version_of__review__judged_at"), finished_at__lt=ended_at
        )
        return not any(at < ended_at for at in unjudged) and not unjudged_gone.exists()

    def _clips(self, sequence: Sequence, cards: dict[UUID, Card]) -> list[Piece]:
        shown = [clip for clip in sequence.cut.clips if clip.take in cards]
        return [Piece(cards[clip.take], self.share, *_part(clip)) for clip in shown if clip.take]


def newer_than_their_verdicts(takes: list[Generation]) -> dict[int, datetime]:
    """Return which takes play a version that nobody has judged, and when that was stored.

    A verdict is of what played when it was said; a version that came later waits for another.
    """
    versions = {take.best_version_id: take.pk for take in takes if take.best_version_id}
    if not versions:
        return {}
    judged = Review.objects.filter(generation__in=versions.values())
    at = dict(judged.values_list("generation_id", "judged_at"))
    videos = Asset.objects.filter(
        generation__in=versions, kind=Asset.Kind.VIDEO, stored_at__isnull=False
    )
    return {
        versions[version]: stored_at
        for version, stored_at in videos.values_list("generation_id", "stored_at")
        if stored_at and (judged_at := at.get(versions[version])) and stored_at > judged_at
    }


def _part(clip: Clip) -> tuple[float | None, float | None]:
    """Return from where to where a clip shows its take, in seconds; None for its own ends."""
    begin = clip.in_frame / FPS if clip.in_frame else None
    return begin, clip.out_frame / FPS if clip.out_frame is not None else None
