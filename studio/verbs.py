"""What can be made from a take, as the catalogue says."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from generations.catalogue import catalogue
from generations.checking_sources import size_of
from generations.kinds import BY_ID, Kind
from generations.models import Generation, Still
from generations.possible import obstacle
from generations.versions import best_version


def verbs_of(take: Generation) -> dict[str, str]:
    """Return what can be made from a take: the verbs' words by URL name, as the catalogue says.

    What is done where the take was made isn't there for a take that no account of ours made.
    """
    models, today = catalogue().models, timezone.now().date()

    def is_made(kind: Kind) -> bool:
        return any(model.makes(kind, today) for model in models.values())

    if take.prompt.is_picture:
        parts = catalogue().making(Kind.LAYERS, today).values()
        apart = any(take.project.can_order(model, Kind.LAYERS) for model in parts)
        return {
            **({"reframe": "Reframe"} if is_made(Kind.REFRAME_IMAGE) else {}),
            **({"layers": "Layers"} if apart else {}),
        }
    own = models.get(take.prompt.model) if take.account.sealed_key else None
    return {
        name: words
        for name, words, possible in (
            ("upscale", "Upscale", own and own.makes(Kind.UPSCALE, today)),
            ("sound", "Add sound", own and own.makes(Kind.AUDIO, today)),
            ("reframe", "Reframe", is_made(Kind.REFRAME_VIDEO)),
            ("modify", "Modify", is_made(Kind.MODIFY_VIDEO)),
        )
        if possible
    }


def why_not(take: Generation, verb: str) -> str:
    """Return why a verb of `verbs_of` can't be done to a take now, in words, or nothing."""
    if verb == "reframe":
        kind = Kind.REFRAME_IMAGE if take.prompt.is_picture else Kind.REFRAME_VIDEO
        return obstacle(take, kind)
    kind = {name: kind for kind, name in _PAGES.items()}[verb]
    # These two go on from its best version.
    return obstacle(best_version(take) if kind in BY_ID else take, kind)


_PAGES = {
    Kind.UPSCALE: "upscale",
    Kind.AUDIO: "sound",
    Kind.REFRAME_VIDEO: "reframe",
    Kind.REFRAME_IMAGE: "reframe",
    Kind.MODIFY_VIDEO: "modify",
    Kind.LAYERS: "layers",
}


_CHOOSING = (Kind.MODIFY_VIDEO, Kind.REFRAME_VIDEO)
"""What may be asked for with more than an address holds: see forms.earlier."""


def verb_again(take: Generation, *, editing: bool = False) -> str:
    """Return where what was made from a take can be asked for with changes; else nothing.

    What the composer makes is changed there. With `editing` the changed one takes the place of
    this one, which waits.
    """
    prompt = take.prompt
    name = _PAGES.get(Kind(prompt.kind))
    source = source_of(take)
    if name is None or source is None:
        return ""
    first = take.keyframes.filter(position="start").select_related("still").first()
    asked = {
        "words": prompt.words,
        "negative_words": prompt.negative_words,
        "mode": prompt.mode,
        "ratio": prompt.ratio,
        "first_still": first.still.uuid if first and first.still else "",
        "editing": take.uuid if editing else "",
        "again": "" if editing or prompt.kind not in _CHOOSING else take.uuid,
    } | _grid_of(take, source)
    query = urlencode({field: value for field, value in asked.items() if value != ""})
    if isinstance(source, Still):
        name = f"{name}_still"
    return f"{reverse(name, args=[source.uuid])}?{query}"


def _grid_of(take: Generation, source: Generation | Still) -> dict[str, object]:
    """Return where a reframed take's source lies on its canvas, as the page's fields say it."""
    prompt = take.prompt
    model, size = catalogue().models.get(prompt.model), size_of(source, Kind(prompt.kind))
    facts = model.kinds.get(Kind(prompt.kind)) if model else None
    if not (prompt.placement and facts and size):
        return {}
    column, row, percent = prompt.placement.grid_of(facts.canvas(prompt.ratio), size)
    return {"column": column, "row": row, "percent": percent}


def source_of(take: Generation) -> Generation | Still | None:
    """Return the take or the still that this take is made from, if it is made from one."""
    made_from = take.references.filter(role="source").select_related("source", "still").first()
    return made_from.source or made_from.still if made_from else None
