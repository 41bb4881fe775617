"""What a script is told of a generation, in Luma's words (luma-dream-machine-v1 sheet §5)."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest

from generations.kinds import PICTURES, Kind
from generations.models import Asset, Generation, State
from generations.providers.luma.bodies import TYPES
from studio.dream_machine import files

_QUEUED = (State.REQUESTED, State.WAITING, State.SUBMITTING, State.UNCONFIRMED, State.QUEUED)
_CANCELLED = "Cancelled in Dailies before it was sent. Nothing was charged."
_NOT_KEPT = (
    "It was made and paid for, and its file couldn't be fetched; its page in Dailies says why."
)


def with_facts(generations: QuerySet[Generation]) -> QuerySet[Generation]:
    """Fetch what is told of generations along with them: three queries, however many they are."""
    own = Asset.objects.filter(kind__in=(Asset.Kind.VIDEO, Asset.Kind.IMAGE))
    return generations.select_related("prompt", "api_request__token").prefetch_related(
        Prefetch("assets", queryset=own, to_attr="own_files")
    )


def state_of(generation: Generation) -> str:
    """Return Luma's word for where a generation with its facts is.

    What isn't sent yet or isn't settled is queued; what is rendered but not kept yet, dreaming, and
    failed where fetching its file was given up.
    """
    if generation.state in _QUEUED:
        return "queued"
    if generation.state == State.DREAMING:
        return "dreaming"
    if generation.state == State.COMPLETED:
        if _file_of(generation, Asset.State.STORED):
            return "completed"
        return "failed" if _file_of(generation, Asset.State.FAILED) else "dreaming"
    return "failed"


def _file_of(generation: Generation, state: Asset.State) -> Asset | None:
    own: list[Asset] = generation.own_files  # type: ignore[attr-defined]
    return next((file for file in own if file.state == state), None)


def told(request: HttpRequest | None, generation: Generation, base_url: str = "") -> dict[str, Any]:
    """Return a generation with its facts as Luma's API does.

    Its files' addresses begin as the request's does, or with `base_url`.
    """
    prompt, state = generation.prompt, state_of(generation)
    assets = None
    if kept := _file_of(generation, Asset.State.STORED) if state == "completed" else None:
        url = files.address_of(kept)
        url = request.build_absolute_uri(url) if request else base_url + url
        is_picture = prompt.kind in PICTURES
        assets = {
            "video": None if is_picture else url,
            "image": url if is_picture else None,
            "progress_video": None,
        }
    return {
        "id": str(generation.uuid),
        "generation_type": "image" if prompt.kind in PICTURES else "video",
        "state": state,
        "failure_reason": _reason(generation) if state == "failed" else None,
        "created_at": generation.created_at.isoformat().replace("+00:00", "Z"),
        "assets": assets,
        "model": prompt.model,
        "request": _asked(generation, request),
    }


def _reason(generation: Generation) -> str:
    if generation.state == State.CANCELLED:
        return _CANCELLED
    if generation.state == State.COMPLETED:
        return _NOT_KEPT
    return generation.words or generation.get_reason_display() or "It failed."


def _asked(generation: Generation, request: HttpRequest | None) -> dict[str, Any]:
    """Return the request as the script sent it, or what a take made elsewhere would be asked by.

    Where a script is called is good as a key: nobody else's script is told.
    """
    kept = getattr(generation, "api_request", None)
    if kept:
        asked = dict(kept.asked)
        if request and not (kept.token and kept.token.user_id == request.user.pk):
            asked.pop("callback_url", None)
        return asked
    prompt = generation.prompt
    said = {
        "generation_type": TYPES[Kind(prompt.kind)],
        "model": prompt.model,
        "prompt": prompt.words,
        "aspect_ratio": prompt.ratio,
        "resolution": "" if prompt.kind in PICTURES else prompt.resolution,
        "duration": f"{prompt.duration_s}s" if prompt.kind == Kind.VIDEO else "",
        "loop": prompt.loop,
        "concepts": [{"key": key} for key in prompt.concepts],
        "mode": prompt.mode,
        "format": prompt.image_format,
    }
    return {name: value for name, value in said.items() if value}
