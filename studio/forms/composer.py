"""The composer: words, settings and frames, which become an order."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.datastructures import MultiValueDict

from generations import stills
from generations.catalogue import catalogue
from generations.models import Generation, Prompt, Still
from generations.ordering import Frame, Order, accept, quote_usd
from generations.refusal import Refused
from studio.models import Project, User

SETTINGS = ("model", "ratio", "resolution", "duration_s", "loop", "concepts")
POSITIONS = ("start", "end")
_GONE = "That {} isn't in this project any more. Choose another."
_EMPTY_FILE = "This file is empty. Choose a JPEG, PNG or WebP."
_NULL_IN_WORDS = "An invisible null character is among the words. Paste them as plain text."


def _setting(words: str, kind: type[forms.Field] = forms.CharField, **facts: Any) -> forms.Field:
    """Return a field that says `words` about every value that can't be one of the choices."""
    wrong = ("required", "invalid", "null_characters_not_allowed")
    return kind(error_messages=dict.fromkeys(wrong, words), **facts)


class _HiddenUUID(forms.UUIDField):
    """A UUID that nobody types: what can't be one counts as none."""

    def clean(self, value: Any) -> UUID | None:
        """Return the UUID, or None."""
        try:
            found: UUID | None = super().clean(value)
        except forms.ValidationError:
            return None
        return found


@dataclass(frozen=True)
class Slot:
    """One of the composer's two places for a frame, as the page shows it."""

    position: str
    frame: Frame | None
    refused: bool

    @property
    def picture_url(self) -> str:
        """The picture to show in the slot, or nothing."""
        if self.frame and self.frame.source:
            return reverse("media", args=[self.frame.source.uuid, "poster"])
        if self.frame and self.frame.still:
            return reverse("media", args=[self.frame.still.uuid, "still"])
        return ""

    @property
    def caption(self) -> str:
        """What stands in the slot, in words, after the position."""
        if self.frame and self.frame.source:
            return f"take {self.frame.source.take_number}"
        return "frame"


class ComposerForm(forms.Form):
    """What a person asks for. The engine judges it, so a field believes any value at first."""

    words = forms.CharField(
        required=False,
        strip=False,
        error_messages={"null_characters_not_allowed": _NULL_IN_WORDS},
    )
    model = _setting("Choose a model.", initial="ray-2")
    ratio = _setting("Choose a ratio.", initial="16:9")
    resolution = _setting("Choose a resolution.", initial="720p")
    duration_s = _setting("Choose how long the take should be.", forms.IntegerField, initial=5)
    loop = forms.BooleanField(required=False)
    concepts = _setting("Choose a camera move from the list, or none.", required=False)
    start = forms.FileField(required=False, error_messages={"empty": _EMPTY_FILE})
    start_still = forms.Field(required=False)
    start_take = forms.Field(required=False)
    end = forms.FileField(required=False, error_messages={"empty": _EMPTY_FILE})
    end_still = forms.Field(required=False)
    end_take = forms.Field(required=False)
    parent = _HiddenUUID(required=False)
    key = _HiddenUUID(required=False)

    def __init__(
        self,
        project: Project,
        user: User,
        data: QueryDict | dict[str, Any] | None = None,
        files: MultiValueDict[str, Any] | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, files, initial=initial, auto_id="composer-%s")
        self.project = project
        self.user = user
        self.is_fresh = False
        self.frames: dict[str, Frame | None] = {}
        if data is None:
            self.initial["key"] = self.fields["key"].clean(self.initial.get("key")) or uuid4()
            for position in POSITIONS:
                self.frames[position] = self._shown_frame(position)

    # --- filling it in -----------------------------------------------------------------------

    @classmethod
    def blank(cls, project: Project, user: User) -> "ComposerForm":
        """Return a composer without words, with the settings that the person used last here."""
        last = Prompt.objects.filter(project=project, author=user).order_by("-id").first()
        settings = settings_of(last) if last else {}
        composer = cls(project, user, initial=settings)
        composer.is_fresh = True
        return composer

    @classmethod
    def filled(
        cls, project: Project, user: User, typed: QueryDict, **changes: Any
    ) -> "ComposerForm":
        """Return a composer that holds what is being typed, with some changes."""
        if "words" in typed:
            initial = {name: typed[name] for name in cls.base_fields if name in typed}
        else:
            initial = dict(cls.blank(project, user).initial)
        return cls(project, user, initial=initial | changes)

    # --- judging it --------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        """Keep uploaded pictures and find the frames."""
        cleaned = super().clean() or {}
        for position in POSITIONS:
            try:
                self.frames[position] = self._frame(position, cleaned)
            except Refused as refused:
                self._add_refusal(refused)
        return cleaned

    def quote(self) -> Decimal | None:
        """Return the price of one take in dollars, or None with the errors by field."""
        if not self.is_valid():
            return None
        try:
            return quote_usd(self._order())
        except Refused as refused:
            self._add_refusal(refused)
            return None

    def submit(self) -> Generation | None:
        """Have the order accepted: the take, or None with the errors by field."""
        if not self.is_valid():
            return None
        parent = Prompt.objects.filter(
            project=self.project, uuid=self.cleaned_data["parent"]
        ).first()
        try:
            key = self.cleaned_data["key"]
            return accept(self.project, self.user, self._order(), parent=parent, key=key)
        except Refused as refused:
            self._add_refusal(refused)
            return None

    def _order(self) -> Order:
        typed = self.cleaned_data
        return Order(
            words=typed["words"].replace("\r\n", "\n"),
            model=typed["model"],
            ratio=typed["ratio"],
            resolution=typed["resolution"],
            duration_s=typed["duration_s"],
            loop=typed["loop"],
            concepts=(typed["concepts"],) if typed["concepts"] else (),
            start=self.frames["start"],
            end=self.frames["end"],
        )

    def _frame(self, position: str, cleaned: dict[str, Any]) -> Frame | None:
        upload = cleaned.get(position)
        if upload:
            still = stills.keep_upload(self.project, self.user, upload, field=position)
            return Frame(still=still)
        return self._kept_frame(position, cleaned)

    def _shown_frame(self, position: str) -> Frame | None:
        """Return what a draft's slot shows: empty for what isn't there any more."""
        try:
            return self._kept_frame(position, self.initial)
        except Refused:
            return None

    def _kept_frame(self, position: str, values: Mapping[str, Any]) -> Frame | None:
        """Find the chosen frame. Raises Refused: a take without its frame is another take."""
        take, still = values.get(f"{position}_take"), values.get(f"{position}_still")
        if take:
            source = self._mine(Generation.objects.all(), take)
            if source is None:
                raise Refused({position: _GONE.format("take")})
            return Frame(source=source)
        if still:
            kept = self._mine(Still.objects.all(), still)
            if kept is None:
                raise Refused({position: _GONE.format("picture")})
            return Frame(still=kept)
        return None

    def _mine(self, things: QuerySet[Any], name: object) -> Any:
        """Return the thing of this project that a UUID names, or None."""
        try:
            return things.filter(project=self.project, uuid=UUID(str(name))).first()
        except ValueError:
            return None

    def _add_refusal(self, refused: Refused) -> None:
        for field, words in refused.errors.items():
            self.add_error(field or None, words)

    # --- showing it --------------------------------------------------------------------------

    @property
    def slots(self) -> list[Slot]:
        """The two places for frames."""
        return [
            Slot(position, self.frames.get(position), position in self.errors)
            for position in POSITIONS
        ]

    @property
    def pictures(self) -> dict[str, Any]:
        """What a browser needs to refuse a picture before it is sent; sizes in bytes."""
        return {
            "max_bytes": stills.MAX_BYTES,
            "too_large": stills.TOO_LARGE,
            "unreadable": stills.UNREADABLE,
        }

    @property
    def choices(self) -> dict[str, Any]:
        """What can be chosen with the chosen model, from the catalogue."""
        models = catalogue().models
        model = models.get(str(self["model"].value()), models["ray-2"])
        return {
            "models": models.values(),
            "ratios": model.ratios,
            "resolutions": model.resolutions,
            "durations_s": model.durations_s,
            "concepts": catalogue().concepts if model.concepts else (),
        }

    @property
    def price_usd(self) -> Decimal | None:
        """The price of what is filled in, in dollars; None while it can't be priced."""
        typed = {name: self[name].value() for name in SETTINGS}
        quote = ComposerForm(self.project, self.user, data={**typed, "loop": ""})
        return quote.quote()


def settings_of(prompt: Prompt) -> dict[str, Any]:
    """Return the settings of an earlier prompt, as the composer's initial values."""
    values = {name: getattr(prompt, name) for name in SETTINGS}
    return values | {"concepts": prompt.concepts[0] if prompt.concepts else ""}
