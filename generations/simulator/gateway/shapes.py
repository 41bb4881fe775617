"""What a request for a clip may say (§3), and what it comes down to."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from generations.canvas import canvas
from generations.simulator.generation import GATEWAY, HOOK, Generation
from generations.simulator.messages import Refused
from generations.simulator.moderation import judge
from generations.simulator.openai.errors import Error
from generations.simulator.plans import Plan
from generations.simulator.schema import BOOLEAN, Field, Table, Text, Url, read

MODELS = ("ray-v1", "ray-v2")
RATIO = "16:9"
"""There is no field for it; what comes then is Luma's own usual one."""
_RESOLUTIONS = ("540p", "720p", "1080p")
# Nobody publishes a price (§8): these are the simulator's own, in US cents for a clip.
_CENTS = {"ray-v1": Decimal(30), "ray-v2": Decimal(45)}
_WORDS = Field(Text(), required=True)
# That the hook is heeded here, too, is unconfirmed: the page of these routes doesn't list it (§5).
_CREATE = Table(
    {
        "user_prompt": _WORDS,
        "model_name": Field(Text(), default="ray-v2"),
        "duration": Field(Text(("5",)), default="5"),
        "resolution": Field(Text(_RESOLUTIONS), default="720p"),
        "expand_prompt": BOOLEAN,
        "image_url": Url(),
        "image_end_url": Url(),
        HOOK: Url(),
    }
)
_EXTEND = Table({"user_prompt": _WORDS})
_LONGEST_WORDS = 5_000


def asked_of(body: object, *, extends: bool) -> dict[str, Any]:
    """Return what a create asks for, with its defaults. Raises Error (400, 404)."""
    try:
        asked = read(_EXTEND if extends else _CREATE, body)
    except Refused as refused:
        raise Error(400, _told(refused)) from refused
    words = asked["user_prompt"]
    if not 1 <= len(words.strip()) <= _LONGEST_WORDS:
        raise Error(400, f"user_prompt must have 1 to {_LONGEST_WORDS} characters.")
    if asked.get("model_name", MODELS[0]) not in MODELS:
        raise missing(asked["model_name"])
    verdict = judge(words)
    if verdict and verdict.at_once:
        raise Error(400, verdict.reason, "content_filter")
    # As the others name their words: what is judged and drawn.
    return asked | {"prompt": words}


def missing(model: str, status: int = 404) -> Error:
    """Return the refusal of a model that isn't there; which status it has is unconfirmed (§7)."""
    return Error(status, f"No available channel for model {model}.", "model_not_found")


def clip(asked: dict[str, Any]) -> Plan:
    """Plan a clip from words and pictures."""
    pictures = {"start_image": asked["image_url"], "end_image": asked["image_end_url"]}
    inputs = {role: url for role, url in pictures.items() if url}
    return _plan(asked, asked["model_name"], canvas(asked["resolution"], RATIO), inputs)


def extension(
    asked: dict[str, Any], source: Generation, path_of: Callable[[Generation], Path]
) -> Plan:
    """Plan what goes on from a clip, of its size and model; the answer is a new job (unconfirmed).

    Raises Error for a clip that isn't finished.
    """
    if source.state != "completed":
        raise Error(400, "The task to extend is not completed.")
    size = source.width, source.height
    return _plan(asked, source.model, size, {"continues": str(path_of(source))})


def _plan(asked: dict[str, Any], model: str, size: tuple[int, int], inputs: dict[str, str]) -> Plan:
    width, height = size
    return Plan(
        kind=GATEWAY,
        request=asked,
        model=model,
        price_cents=_CENTS[model],
        width=width,
        height=height,
        ratio=RATIO,
        duration_s=Decimal(asked.get("duration", "5")),
        inputs=inputs,
    )


def _told(refused: Refused) -> str:
    if not isinstance(refused.detail, list):
        return str(refused.detail)
    return "; ".join(
        f"{'.'.join(map(str, each['loc'][1:]))}: {each['msg']}" for each in refused.detail
    )
