"""What a request for a picture may say (§2, §4), and what it comes down to."""

import hashlib
import re
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from generations.simulator import media
from generations.simulator.forms import is_form, parts_of
from generations.simulator.generation import OPENAI
from generations.simulator.messages import Request
from generations.simulator.moderation import judge
from generations.simulator.openai.errors import Error, moderated
from generations.simulator.plans import Plan

MODELS = ("gpt-image-2",)
# §1; with any other name they answer model_not_found.
RETIRED = ("dall-e-2", "dall-e-3", "gpt-image-1")
_CENTS = {"low": Decimal("0.6"), "medium": Decimal("5.3"), "high": Decimal("21.1")}  # §6
_GATEWAY_CENTS = Decimal(4)
_OLD_SIZES = ("1024x1024", "1792x1024", "1024x1792")
_FORMATS = ("png", "webp", "jpeg")
_LONGEST_PROMPT, _LONGEST_OLD_PROMPT = 32_000, 4_000
_LEAST_PIXELS, _MOST_PIXELS = 655_360, 8_294_400
_MOST_PICTURES, _MOST_PICTURE_BYTES = 16, 50_000_000
_NEW = {
    *("quality", "output_format", "output_compression", "background", "moderation"),
    *("partial_images", "input_fidelity", "safety_identifier", "complexity"),
}
_KNOWN = {"prompt", "model", "n", "size", "user", "stream"} | _NEW
_OLD = {"response_format", "style"}


@dataclass(frozen=True)
class Asked:
    """A request for pictures: its fields, and the files that came along."""

    fields: dict[str, Any]
    pictures: list[Path] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many pictures are wanted."""
        return int(self.fields.get("n") or 1)

    @property
    def streams(self) -> bool:
        """Whether it is answered piece by piece; only of a GPT image model."""
        return str(self.fields.get("stream")).lower() == "true" and not self.is_old

    @property
    def partial_images(self) -> int:
        """How many pictures come before the whole one."""
        return int(self.fields.get("partial_images") or 0)

    @property
    def is_old(self) -> bool:
        """Whether the model is of before the GPT image models: its answer is an address."""
        return not str(self.fields["model"]).startswith("gpt-image")


def read(request: Request, directory: Path) -> Asked:
    """Read a request, its pictures put into `directory`. Raises Error."""
    if not is_form(request):
        fields = request.json()
        if not isinstance(fields, dict):
            raise Error(400, "The body must be an object.")
        return Asked(fields)
    said: dict[str, Any] = {}
    pictures = []
    for part in parts_of(request):
        if part.name in ("image", "image[]"):
            pictures.append(_kept(part.content, directory))
        elif part.name == "mask":
            _kept(part.content, directory)
        else:
            said[part.name] = part.text
    if not 1 <= len(pictures) <= _MOST_PICTURES:
        raise Error(400, f"image must be 1 to {_MOST_PICTURES} files.", param="image")
    return Asked(said, pictures)


def check(asked: Asked, *, gateway: bool) -> None:
    """Raise Error for what isn't acceptable."""
    said = asked.fields
    model = said.setdefault("model", MODELS[0])
    if model not in MODELS and not (gateway and isinstance(model, str)):
        raise Error(404, f"The model '{model}' does not exist.", "model_not_found", param="model")
    old = asked.is_old
    for name in sorted(set(said) - (_KNOWN | _OLD if old else _KNOWN)):
        raise Error(400, f"Unknown parameter: '{name}'.", "unknown_parameter", param=name)
    prompt, longest = said.get("prompt"), _LONGEST_OLD_PROMPT if old else _LONGEST_PROMPT
    if not isinstance(prompt, str) or not 1 <= len(prompt) <= longest:
        raise Error(400, f"prompt must have 1 to {longest} characters.", param="prompt")
    if str(said.get("n") or 1) not in map(str, range(1, 2 if old else 11)):
        raise Error(400, "n is out of range.", param="n")
    if str(said.get("partial_images") or 0) not in "0123":
        raise Error(400, "partial_images must be 0 to 3.", param="partial_images")
    if said.get("quality", "auto") not in ("auto", *_CENTS, *(("standard", "hd") if old else ())):
        raise Error(400, "quality isn't one of low, medium, high, auto.", param="quality")
    if said.get("output_format", "png") not in _FORMATS:
        raise Error(400, "output_format isn't one of png, webp, jpeg.", param="output_format")
    size_of(said.get("size") or "auto", old=old)
    if judge(prompt):
        raise moderated("Your request was rejected by the safety system.")


def plan(asked: Asked, *, gateway: bool) -> Plan:
    """Return what one picture comes down to."""
    said = asked.fields
    width, height = size_of(said.get("size") or "auto", old=asked.is_old)
    quality = said.get("quality") or "medium"
    cents = _GATEWAY_CENTS if gateway else _CENTS.get(quality, _CENTS["medium"])
    return Plan(
        kind=OPENAI,
        request={**said, "output_format": said.get("output_format") or "png"},
        model=str(said["model"]),
        price_cents=cents,
        width=width,
        height=height,
        inputs={f"reference{number}": str(path) for number, path in enumerate(asked.pictures)},
    )


def size_of(size: Any, *, old: bool) -> tuple[int, int]:
    """Return the pixels of a size. Raises Error (§2)."""
    if size == "auto":
        return 1024, 1024
    match = re.fullmatch(r"(\d{2,5})x(\d{2,5})", str(size))
    width, height = (int(match[1]), int(match[2])) if match else (0, 0)
    if old:
        good = size in _OLD_SIZES
    else:
        fits = _LEAST_PIXELS <= width * height <= _MOST_PIXELS
        good = (
            fits
            and not (width % 16 or height % 16)
            and max(width, height) <= 3 * min(width, height)
        )
    if not good:
        raise Error(400, f"Invalid size '{size}'.", "invalid_value", param="size")
    return width, height


def _kept(content: bytes, directory: Path) -> Path:
    if not 0 < len(content) < _MOST_PICTURE_BYTES:
        raise Error(400, "Each image must be under 50 MB.", param="image")
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / hashlib.sha256(content).hexdigest()
    path.write_bytes(content)
    try:
        media.check_image(path)
    except media.UnreadableMedia as error:
        raise Error(400, "Invalid image file.", "invalid_image", param="image") from error
    return path
