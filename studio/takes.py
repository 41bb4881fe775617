"""What a take's own page says beyond its card: facts, history, lineage, money."""

from dataclasses import dataclass
from functools import cached_property
from typing import cast

from django.db.models import UUIDField, Value
from django.urls import reverse

from generations.canvas import FPS
from generations.catalogue import catalogue
from generations.kinds import Kind
from generations.models import (
    Asset,
    Generation,
    Keyframe,
    LedgerEntry,
    Reference,
)
from generations.retelling import Retold, retell
from generations.versions import can_play
from studio.cards import Card
from studio.changes import Changes, changes_of
from studio.finals.standing import final_of, finals_of, outcome_of, standing_of
from studio.history import Happening, history_of
from studio.lineage import Family, family_of
from studio.models import Final, GuestVerdict, Note, Tag, User
from studio.options_said import options_said
from studio.timecode import frames_in
from studio.trash import Deletable
from studio.verbs import verbs_of, why_not


@dataclass(frozen=True)
class Version(Card):
    """A version as its take's page lists it; `plays`: it plays in the take's place."""

    plays: bool
    can_play: bool  # it may be chosen to

    @property
    def words(self) -> str:
        """What was done to the take."""
        prompt = self.generation.prompt
        words = {
            Kind.UPSCALE: f"Upscaled to {prompt.resolution}",
            Kind.AUDIO: "With sound",
        }
        return words.get(Kind(prompt.kind), f"Reframed to {prompt.ratio}")


@dataclass(frozen=True)
class Verb:
    """A button on a take's page: where it leads, or why it can't be pressed."""

    address: str
    words: str
    problem: str


@dataclass(frozen=True)
class Take(Deletable):
    """A take as its own page shows it; `asked` names the version that its player is to show.

    `user` is who looks, for whom others of its family may be veiled.
    """

    asked: str = ""
    user: User | None = None

    @property
    def version(self) -> str:
        """What the page compares to know whether anything changed.

        Its place in line and its versions are included.
        """
        ahead = self.generation.ahead_in_line or 0  # type: ignore[attr-defined]
        newest = self.generation.versions_event or 0  # type: ignore[attr-defined]
        return f"{super().version}.{ahead}.{newest}"

    @property
    def team_tags(self) -> list[str]:
        """What else the team tags takes with."""
        project = self.generation.project
        offered = Tag.objects.filter(team=project.team).in_use_at(project)
        return [tag.word for tag in offered if tag.word not in self.tags]

    @cached_property
    def video(self) -> Asset | None:
        """The file that plays or is shown, if there is one."""
        kinds = (Asset.Kind.VIDEO, Asset.Kind.IMAGE)
        return self.shown.assets.filter(kind__in=kinds).first()

    @cached_property
    def beside(self) -> list[Asset]:
        """What came beside that file, or will: its frames as EXR, or its layers."""
        prompt = self.shown.prompt
        if not (prompt.options.get("exr") or prompt.kind == Kind.LAYERS):
            return []
        return list(self.shown.assets.filter(kind__in=Asset.BESIDE).order_by("kind", "number"))

    @property
    def fps(self) -> float:
        """Frames per second of that file."""
        return (self.video and self.video.fps) or FPS

    @property
    def frames_long(self) -> int:
        """How many frames that file has, one at least."""
        return frames_in(self.video.duration_s if self.video else None, self.fps)

    @property
    def last_frame(self) -> int:
        """The number of its last frame, from 0."""
        return self.frames_long - 1

    @cached_property
    def notes(self) -> list[Note]:
        """What people noted on it, by where that is; without the replies."""
        return list(Note.objects.filter(generation=self.generation, answers=None).for_list())

    @cached_property
    def finals(self) -> list[tuple[Final, str]]:
        """Its finals, the newest first, each with how it stands."""
        return [(final, standing_of(final)) for final in finals_of(self.generation)]

    @cached_property
    def as_final(self) -> Final | None:
        """What it is the final of, or None."""
        return final_of(self.generation)

    @property
    def final_outcome(self) -> str:
        """What approving it does to the cut, or nothing."""
        return outcome_of(self.as_final) if self.as_final else ""

    @cached_property
    def guest_verdicts(self) -> list[GuestVerdict]:
        """What guests think of it, who came by a link."""
        return GuestVerdict.newest_first(GuestVerdict.objects.filter(generation=self.generation))

    @cached_property
    def playing(self) -> Generation:
        """What plays: the take itself, or its best version."""
        return cast("Generation", self.generation.best_version or self.generation)

    @cached_property
    def shown(self) -> Generation:
        """What the player shows: the version that was asked for, else what plays."""
        made = [self.generation, *(each.generation for each in self.versions if each.is_playable)]
        return next((each for each in made if str(each.uuid) == self.asked), self.playing)

    @cached_property
    def described(self) -> str:
        """Which file the facts are of, where that isn't the take as it was made; or nothing."""
        if self.shown == self.generation:
            return ""
        kinds = {Kind.AUDIO: "the version with sound", Kind.UPSCALE: "the upscaled version"}
        return kinds.get(Kind(self.shown.prompt.kind), "the reframed version")

    @cached_property
    def makes(self) -> list["Verb"]:
        """What can be made from it, and what can't be now, with the reason."""
        found = verbs_of(self.generation) if self.is_playable else {}
        return [
            Verb(reverse(name, args=[self.generation.uuid]), words, why_not(self.generation, name))
            for name, words in found.items()
        ]

    @property
    def obstacles(self) -> list[str]:
        """Why some of that can't be made now, each reason once."""
        words: dict[str, list[str]] = {}
        for verb in self.makes:
            words.setdefault(verb.problem, []).append(verb.words)
        return [f"{', '.join(verbs)}: {problem}" for problem, verbs in words.items() if problem]

    @cached_property
    def original(self) -> Generation | None:
        """The take that this is a version of."""
        return cast("Generation | None", self.generation.version_of)

    @cached_property
    def versions(self) -> list["Version"]:
        """What was made from the take, oldest first; veiled with it."""
        made = Generation.objects.for_cards().kept().filter(version_of=self.generation)
        made = made.annotate(blind_in=Value(self.blind_in, output_field=UUIDField()))
        return [
            Version(each, each.pk == self.playing.pk, each.pk in self._can_play)
            for each in made.order_by("pk")
        ]

    @cached_property
    def _can_play(self) -> set[int]:
        """The ids of what may be chosen to play: what is stored and shows the same picture."""
        found = can_play(self.generation)
        return found - {self.playing.pk}

    @property
    def original_can_play(self) -> bool:
        """Whether the take as it was made may be chosen to play."""
        return self.generation.pk in self._can_play

    @cached_property
    def made_from(self) -> list[Reference]:
        """The takes and stills that it was made from or after."""
        return list(
            self.generation.references.select_related("still__source", "source__version_of")
        )

    @property
    def has_weights(self) -> bool:
        """Whether its model heeds the weights of what a picture was made after."""
        model = catalogue().models.get(self.generation.prompt.model)
        facts = model.kinds.get(Kind.IMAGE) if model else None
        return facts is not None and facts.weights

    @cached_property
    def history(self) -> list[Happening]:
        """Everything that happened, in order."""
        return history_of(self.generation)

    @cached_property
    def frames(self) -> list[Keyframe]:
        """What it starts from and ends on."""
        return list(
            self.generation.keyframes.select_related("still__source__prompt", "source").order_by(
                "-position", "frame"
            )
        )

    @property
    def options(self) -> list[str]:
        """What was chosen of what only some models know, in words."""
        return options_said(self.generation.prompt.options)

    @cached_property
    def family(self) -> Family:
        """The takes that it comes from and those that came of it, as a tree."""
        return family_of(self.generation, self.user)

    @cached_property
    def changes(self) -> Changes | None:
        """How it differs from what it was made from by changing words or settings."""
        return changes_of(self.generation)

    @cached_property
    def request(self) -> Retold | None:
        """What is posted for it at its provider, where that can be told."""
        return retell(self.generation)

    @cached_property
    def money_words(self) -> str:
        """Where its money stands, from the ledger, and what its versions cost."""
        from studio.templatetags.dailies import dollars

        ledger = LedgerEntry.objects.filter(generation=self.generation)
        charged, reserved = ledger.spent_usd(), ledger.reserved_usd()
        parts = [f"{dollars(charged)} charged"] if charged else []
        parts += [f"{dollars(reserved)} reserved"] if reserved > 0 else []
        if self.is_requested:
            parts = [f"{dollars(self.generation.price_usd)} once it is approved"]
        words = ", ".join(parts) or "Nothing charged"
        made = LedgerEntry.objects.filter(generation__version_of=self.generation)
        versions_usd = made.spent_usd() + made.reserved_usd()
        if not versions_usd:
            return words
        paid = sum(version.cost_usd > 0 for version in self.versions)
        what = "a version" if paid == 1 else f"{paid} versions"
        return f"{words}, and {dollars(versions_usd)} for {what}"
