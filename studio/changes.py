"""What a prompt asks for otherwise than the one that it was made from."""

from dataclasses import dataclass

from generations.models import Generation, Keyframe, Prompt
from studio.options_said import options_said
from studio.stills import origin_in_words
from studio.words_diff import Piece, words_diff


@dataclass(frozen=True)
class Setting:
    """A setting that was changed, as it was and as it is, in words."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Changes:
    """What was changed; `take` is the one whose prompt it was, if that became a take."""

    take: Generation | None
    words: list[Piece]
    settings: list[Setting]


def changes_of(generation: Generation) -> Changes | None:
    """Return how a take's prompt differs from its parent, or None where it has none."""
    prompt = generation.prompt
    before = Prompt.objects.filter(pk=prompt.parent_id).first() if prompt.parent_id else None
    if before is None:
        return None
    take = Generation.objects.takes().filter(prompt=before).first()
    words = words_diff(before.words, prompt.words) if before.words != prompt.words else []
    old, new = _settings(before), _settings(prompt)
    if take:
        old, new = old | _frames(take), new | _frames(generation)
    settings = [
        Setting(name, old.get(name) or "none", new.get(name) or "none")
        for name in {**old, **new}
        if old.get(name) != new.get(name)
    ]
    return Changes(take, words, settings)


def _frames(generation: Generation) -> dict[str, str]:
    """Return what stands at a take's start and end, in words."""
    placed = generation.keyframes.select_related(
        "source__prompt", "source__version_of", "still__source__prompt", "still__source__version_of"
    )
    names = {"start": "Start frame", "end": "End frame"}
    pinned = [each for each in placed.order_by("frame") if each.frame is not None]
    found = {names[each.position]: _framed(each) for each in placed if each.frame is None}
    at_frames = ", ".join(f"{_framed(each)} at frame {each.frame}" for each in pinned)
    return dict.fromkeys(names.values(), "") | found | ({"Pinned": at_frames} if pinned else {})


def _framed(keyframe: Keyframe) -> str:
    still = keyframe.still
    if still is None:
        return keyframe.source.name if keyframe.source else ""
    return origin_in_words(still) or f"a still of {still.created_at:%b %-d, %H:%M:%S}"


def _settings(prompt: Prompt) -> dict[str, str]:
    """Return what a prompt chose, in words, by what it is called."""
    own = {
        "Kind": prompt.get_kind_display(),
        "Model": prompt.model,
        "Ratio": prompt.ratio,
        "Camera": ", ".join(each.replace("_", " ").capitalize() for each in prompt.concepts),
        "Mode": prompt.mode.replace("_", " ").capitalize(),
        "Kept out": prompt.negative_words,
    }
    if prompt.is_picture:
        return own | {"Format": prompt.image_format.upper()}
    return own | {
        "Resolution": prompt.resolution,
        "Duration": f"{prompt.duration_s} s",
        "Loop": "on" if prompt.loop else "off",
        "Options": ", ".join(options_said(prompt.options)),
    }
