"""What is sent to an images API: words, or words and pictures to go by (§2, §4)."""

from dataclasses import dataclass
from typing import Any

from generations.canvas import image_canvas
from generations.kinds import Kind
from generations.providers.base import ImageRequest, NotFound, Request

OWN = "own-image"
"""The catalogue's model that stands for whatever an account's server has."""

USUAL = "medium"
"""The quality that is asked for where none was chosen."""

# §2: any size in multiples of 16, of at least 655,360 px; these are the ratios' nearest ones.
_SIZES = {
    "1:1": "1024x1024",
    "16:9": "1536x864",
    "9:16": "864x1536",
    "4:3": "1344x1008",
    "3:4": "1008x1344",
    "3:2": "1536x1024",
    "2:3": "1024x1536",
    "21:9": "2016x864",
}
# Of dall-e-3, which is what most servers that are compatible understand.
_OLD_SIZES = {"1:1": "1024x1024", "16:9": "1792x1024", "9:16": "1024x1792"}
_FORMATS = {"jpg": "jpeg", "png": "png"}


@dataclass(frozen=True)
class Post:
    """A create: the path, what it says, and the files that go along, by what requests call them."""

    path: str
    fields: dict[str, Any]
    pictures: tuple[str, ...] = ()


def post_of(request: Request, model: str = "") -> tuple[str, dict[str, Any]]:
    """Return what a create posts: the path and the body. Raises NotFound for what isn't made here.

    A form's pictures stand under `image[]`, as names.
    """
    post = posted(request, model)
    files = {"image[]": list(post.pictures)} if post.pictures else {}
    return post.path, post.fields | files


def posted(request: Request, model: str = "") -> Post:
    """Return what a create posts. `model` is the server's own name for it. Raises NotFound."""
    if not isinstance(request, ImageRequest):
        raise NotFound(f"an images API makes no {Kind(request.kind).label.lower()}")
    own = request.model == OWN
    fields: dict[str, Any] = {
        "model": model or request.model,
        "prompt": request.words,
        "n": 1,
        "size": _size(request.ratio, own=own),
    }
    if not own:  # §2: fields of the GPT image models, which other servers may refuse
        fields |= {"quality": request.quality or USUAL, "output_format": _FORMATS[request.format]}
    pictures = tuple(each.url for each in request.references)
    return Post("/images/edits" if pictures else "/images/generations", fields, pictures)


def _size(ratio: str, *, own: bool) -> str:
    known = (_OLD_SIZES if own else _SIZES).get(ratio)
    return known or "x".join(map(str, image_canvas(ratio)))
