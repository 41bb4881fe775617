"""What a script's body asks for: each kind of request as an order, leniently read.

What isn't said is chosen here and written into the body, so that the answer says what was used.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from generations.canvas import RESOLUTIONS, canvas, image_canvas
from generations.catalogue import catalogue
from generations.kinds import Kind
from generations.models import Generation
from generations.orders import Frame, Order, Picture, image, made_from
from generations.placement import Placement
from generations.refusal import Refused
from studio.dream_machine.pictures import Pictures

_LENGTHS = {"5s": range(6), "9s": range(6, 10)}
_NO_LENGTH = "{said} is no length that can be made. Say 5s or 9s."
_HALF_PLACED = "Say all four edges of the place, or none."
_EDGES = ("x_start", "x_end", "y_start", "y_end")
_BY_CORNER = ("grid_position_x", "grid_position_y", "resized_width", "resized_height")
_LARGEST = "This take is as large as it can be made."


@dataclass
class Asked:
    """A body that has the contract's shape, what its addresses name, and the take it is about."""

    body: dict[str, Any]
    pictures: Pictures
    about: Generation | None = None

    def words(self, name: str = "prompt") -> str:
        """Return what is said in words."""
        return str(self.body.setdefault(name, "") if name == "prompt" else self.body.get(name, ""))

    def model(self, kind: Kind) -> str:
        """Return the model, the usual one of its kind where none is said."""
        usual = next(iter(catalogue().making(kind, timezone.now().date())), "")
        return str(self.body.setdefault("model", usual))

    def first_frame(self) -> Frame | None:
        """Return the first frame of a video that is made from another one."""
        said = self.body.get("first_frame")
        return self._picture(said["url"], "first_frame") if said else None

    def keyframe(self, name: str) -> Frame | None:
        """Return what stands at the start (`frame0`) or the end (`frame1`). Raises Refused."""
        said = (self.body.get("keyframes") or {}).get(name)
        if not said:
            return None
        where = f"keyframes.{name}"
        if said["type"] == "image":
            return self._picture(said["url"], where)
        take = Generation.objects.filter(project=self.pictures.project, uuid=said["id"]).first()
        if take is None or take.is_in_trash:
            raise Refused({where: f"There is no take {said['id']} in {self.pictures.project}."})
        return Frame(source=take)

    def _picture(self, url: str, name: str) -> Frame:
        # A script has nobody who could crop it: the provider does, as when it is asked itself.
        return Frame(still=self.pictures.still(url, name), as_is=True)


def order_of(kind: Kind, asked: Asked) -> Order:
    """Return the order of a request, its body completed by what was used. Raises Refused."""
    return _READERS[kind](asked)


def _video(asked: Asked) -> Order:
    body = asked.body
    model = asked.model(Kind.VIDEO)
    seconds = body["duration"] = _length(body.get("duration"))
    return Order(
        words=asked.words(),
        model=model,
        ratio=body.setdefault("aspect_ratio", "16:9"),
        resolution=body.setdefault("resolution", "720p"),
        duration_s=int(seconds.removesuffix("s")),
        loop=body.setdefault("loop", False),
        concepts=tuple(each["key"] for each in body.get("concepts", ())),
        start=asked.keyframe("frame0"),
        end=asked.keyframe("frame1"),
    )


def _length(said: str | float | None) -> str:
    """Return the length to make, as Luma writes it. Raises Refused."""
    if said is None:
        return "5s"
    seconds = int(said.removesuffix("s") if isinstance(said, str) else said)
    if isinstance(said, str) and said.endswith("s"):
        if said in _LENGTHS:
            return said
        raise Refused({"duration": _NO_LENGTH.format(said=said)})
    found = next((length for length, range_ in _LENGTHS.items() if seconds in range_), "")
    if not found or seconds < 1:
        raise Refused({"duration": _NO_LENGTH.format(said=said)})
    return found


def _image(asked: Asked) -> Order:
    body, keep = asked.body, asked.pictures.still
    found = [
        Picture(role, keep(each["url"], name), _weight(each))
        for role, name in (("image", "image_ref"), ("style", "style_ref"))
        for each in body.get(name, ())
    ]
    identity = body.get("character_ref", {}).get("identity0") or {}
    found += [
        Picture("character", keep(url, "character_ref"), None) for url in identity.get("images", ())
    ]
    if modified := body.get("modify_image_ref"):
        found.append(
            Picture("modify", keep(modified["url"], "modify_image_ref"), _weight(modified))
        )
    return image(
        asked.words(),
        asked.model(Kind.IMAGE),
        ratio=body.setdefault("aspect_ratio", "16:9"),
        image_format=body.setdefault("format", "jpg"),
        references=tuple(found),
    )


def _weight(said: dict[str, Any]) -> Decimal | None:
    weight = said.get("weight")
    return None if weight is None else round(Decimal(str(weight)), 2)


def _modify(asked: Asked) -> Order:
    return made_from(
        asked.pictures.video(asked.body["media"]["url"], "media"),
        Kind.MODIFY_VIDEO,
        words=asked.words(),
        model=asked.model(Kind.MODIFY_VIDEO),
        mode=asked.body["mode"],
        start=asked.first_frame(),
    )


def _reframe_video(asked: Asked) -> Order:
    take = asked.pictures.video(asked.body["media"]["url"], "media")
    settings: dict[str, Any] = {"start": asked.first_frame()}
    return _reframed(asked, take, Kind.REFRAME_VIDEO, settings, canvas("720p", _ratio(asked)))


def _reframe_image(asked: Asked) -> Order:
    frame = asked.pictures.either(asked.body["media"]["url"], "media")
    settings = {"image_format": asked.body.setdefault("format", "jpg")}
    source = frame.source or frame.still
    return _reframed(asked, source, Kind.REFRAME_IMAGE, settings, image_canvas(_ratio(asked)))


def _ratio(asked: Asked) -> str:
    return str(asked.body["aspect_ratio"])


def _reframed(
    asked: Asked, source: Any, kind: Kind, settings: dict[str, Any], size: tuple[int, int]
) -> Order:
    settings["placement"] = _placement(asked.body, size)
    settings |= {"ratio": _ratio(asked), "words": asked.words(), "model": asked.model(kind)}
    return made_from(source, kind, **settings)


def _placement(body: dict[str, Any], size: tuple[int, int]) -> Placement | None:
    """Return where the source lies on the new canvas; None where nothing is said. Raises Refused.

    Named by its edges, or by its corner and its size; what these mean together is unconfirmed
    (luma-dream-machine-v1 sheet §7).
    """
    edges = [body.get(name) for name in _EDGES]
    corner = [body.get(name) for name in _BY_CORNER]
    if all(edge is None for edge in edges):
        if None in corner:
            return None
        left, top, across, down = (int(side) for side in corner if side is not None)
        place = Placement(left, left + across, top, top + down)
    elif None in edges:
        raise Refused({"x_start": _HALF_PLACED})
    else:
        place = Placement(*(int(edge) for edge in edges if edge is not None))
    if not place.fits(size):
        raise Refused({"x_start": f"The place isn't on the canvas of {size[0]} × {size[1]}."})
    return place


def _upscale(asked: Asked) -> Order:
    take = _take_of(asked)
    resolution = asked.body.setdefault("resolution", _next_above(take.prompt.resolution))
    return made_from(take, Kind.UPSCALE, resolution=resolution)


def _next_above(resolution: str) -> str:
    if resolution not in RESOLUTIONS or resolution == RESOLUTIONS[-1]:
        raise Refused({"resolution": _LARGEST})
    return RESOLUTIONS[RESOLUTIONS.index(resolution) + 1]


def _audio(asked: Asked) -> Order:
    words = asked.words("negative_prompt")
    return made_from(_take_of(asked), Kind.AUDIO, words=asked.words(), negative_words=words)


def _take_of(asked: Asked) -> Generation:
    assert asked.about is not None  # noqa: S101  (the address names it)
    return asked.about


_READERS: dict[Kind, Callable[[Asked], Order]] = {
    Kind.VIDEO: _video,
    Kind.IMAGE: _image,
    Kind.MODIFY_VIDEO: _modify,
    Kind.REFRAME_VIDEO: _reframe_video,
    Kind.REFRAME_IMAGE: _reframe_image,
    Kind.UPSCALE: _upscale,
    Kind.AUDIO: _audio,
}
