"""What is to be exported: of which kind, how large and how loud."""

import logging
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms

from studio.editing.cut import FPS, Cut, length_of
from studio.editing.films import NO_CLIP, TOO_LONG_FOR_GIF
from studio.editing.footage import Footage, lengths_from
from studio.editing.loudness import DEFAULT_LUFS
from studio.editing.stepping import LONGEST_GIF_S
from studio.models import Export, Sequence, User

log = logging.getLogger(__name__)

SIZES = {"": "As the takes are", "540": "540p", "720": "720p", "1080": "1080p", "2160": "4K"}
LOUDNESSES = {"-14": "−14 LUFS, for the web", "-23": "−23 LUFS, for television", "": "As it is"}
_SIZED = (Export.Kind.MP4, Export.Kind.PRORES, Export.Kind.WEBM, Export.Kind.GIF)
_NO_SUCH_CLIP = "That clip isn't in the sequence any more, or its take isn't here."
_ONLY_FRAMES = "Only PNG frames of a clip can be exported while anything stands in the way."


class ExportForm(forms.Form):
    """The settings of an export; where the cut isn't whole, frames of a clip are all there is."""

    kind = forms.ChoiceField(
        label="What",
        choices=Export.Kind.choices,
        error_messages={"invalid_choice": "Choose one of the kinds of files."},
    )
    height = forms.ChoiceField(
        label="Size",
        required=False,
        choices=list(SIZES.items()),
        help_text="Of films. Another than the takes' has every frame encoded anew.",
        error_messages={"invalid_choice": "Choose one of the sizes."},
    )
    loudness = forms.ChoiceField(
        label="Loudness",
        required=False,
        choices=list(LOUDNESSES.items()),
        initial=f"{DEFAULT_LUFS:g}",
        error_messages={"invalid_choice": "Choose one of the loudnesses."},
    )

    clip = forms.ChoiceField(
        label="Clip",
        required=False,
        help_text="Only for PNG frames.",
        error_messages={"invalid_choice": _NO_SUCH_CLIP},
    )

    def __init__(
        self,
        cut: Cut,
        footage: Mapping[UUID, Footage],
        sent: Mapping[str, str] | None = None,
        *,
        is_whole: bool = True,
        chosen: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(sent, initial=dict(chosen or {}))
        self._of = cut, footage, is_whole
        asked = sent or chosen or {}
        # Where frames are all there is, the kind is nobody's choice: it was made before that.
        earlier = asked.get("earlier", asked.get("kind"))
        self.earlier = earlier if earlier in Export.Kind.values else ""
        if not is_whole:
            kind = self.fields["kind"]
            kind.choices = [(Export.Kind.FRAMES.value, Export.Kind.FRAMES.label)]  # type: ignore[attr-defined]
            kind.error_messages["invalid_choice"] = _ONLY_FRAMES
            for name in ("height", "loudness"):  # which are of films
                self.fields[name].widget = forms.HiddenInput()
        self._frames = length_of(cut, lengths_from(dict(footage)))
        self.fields["clip"].choices = [  # type: ignore[attr-defined]
            ("", "None"),
            *(
                (clip.key, f"{number}: {footage[clip.take].take.name}")
                for number, clip in enumerate(cut.clips, start=1)
                if clip.take and clip.take in footage and footage[clip.take].is_here
            ),
        ]
        for field in self.fields.values():
            field.widget.attrs.setdefault("autocomplete", "off")

    def clean(self) -> dict[str, Any]:
        """Refuse what a kind can't be."""
        said = super().clean() or {}
        if said.get("kind") == Export.Kind.FRAMES and not said.get("clip"):
            self.add_error("clip", NO_CLIP)
        if said.get("kind") == Export.Kind.GIF and self._frames > LONGEST_GIF_S * FPS:
            self.add_error("kind", TOO_LONG_FOR_GIF)
        return said

    def anew(self) -> "ExportForm":
        """Return a form for a cut that became whole or no longer is, which refuses nothing.

        It shows what is chosen in this one, and the kind that was chosen before anything stood
        in the way; where none was, of a clip that is chosen the frames are wanted.
        """
        cut, footage, is_whole = self._of
        chosen = {
            name: said
            for name, field in self.fields.items()
            if (said := self.data.get(name)) is not None
            and any(said == value for value, _ in field.choices)  # type: ignore[attr-defined]
        }
        if is_whole:
            meanwhile = Export.Kind.FRAMES if chosen.get("clip") else Export.Kind.MP4
            chosen["kind"] = self.earlier or meanwhile
        chosen["earlier"] = self.earlier
        return ExportForm(cut, footage, is_whole=is_whole, chosen=chosen)

    @property
    def lines(self) -> int | None:
        """The shorter side of what is exported; None for as the takes are, and for pictures."""
        said = self.cleaned_data
        return int(said["height"]) if said["height"] and said["kind"] in _SIZED else None

    def begin(self, sequence: Sequence, author: User, estimate_s: float) -> Export:
        """Let an export of the state in which the sequence is wait for a worker.

        The same that waits or is being rendered already, as after a double click, is that one.
        Call in a transaction.
        """
        assert sequence.head is not None  # noqa: S101  (begun with one)
        Sequence.objects.select_for_update().get(pk=sequence.pk)
        said = self.cleaned_data
        made, is_new = Export.objects.unfinished().get_or_create(
            sequence=sequence,
            edit=sequence.head,
            kind=said["kind"],
            height=self.lines,
            loudness_lufs=float(said["loudness"]) if said["loudness"] else None,
            clip_key=said["clip"],
            defaults={"author": author, "estimate_s": estimate_s},
        )
        if not is_new:
            return made
        log.info(
            "export=%s state=%s kind=%s edit=%s sequence=%s",
            made.uuid,
            made.state,
            made.kind,
            made.edit_id,
            sequence.uuid,
        )
        return made
