"""Every type of request to Luma Agents (§3), by its official SDK as it is installed."""

import base64
import io
from typing import Any

import pytest
from luma_agents.types import Generation
from PIL import Image

from generations.simulator.testing import TestSimulator
from tests.factories import tiny_video
from tests.simulator.agents_calls import DUNES, client
from tests.simulator.peers import somewhere_else


def _picture() -> dict[str, str]:
    out = io.BytesIO()
    Image.new("RGB", (640, 360), "teal").save(out, "PNG")
    return {"data": base64.b64encode(out.getvalue()).decode(), "media_type": "image/png"}


PICTURE = _picture()
EDIT = {"strength": "flex_2", "controls": {"depth": {"enabled": True, "blur": 0.5}}}
PINNED = {"keyframes": [PICTURE, PICTURE], "keyframe_indexes": [0, 60]}
EARLY = PINNED | {"keyframe_indexes": [0, 30]}
PLACE = {"x_norm": 0.25, "y_norm": 0.0, "w_norm": 0.5, "h_norm": 1.0}


def video(**options: Any) -> dict[str, Any]:
    return DUNES | {"video": DUNES["video"] | options}


def still(type_: str, **more: Any) -> dict[str, Any]:
    return {"model": "uni-1", "type": type_, "prompt": "A red door"} | more


OF_PICTURES = {
    "start and end": video(start_frame=PICTURE, end_frame=PICTURE),
    "pinned": video(**PINNED),
    "loop": video(loop=True),
    "10 s": video(duration="10s"),
    "EXR": video(resolution="720p", hdr=True, exr_export=True),
    "image": still("image", image_ref=[PICTURE], style="manga", output_format="png"),
    "image edit": still("image_edit", source=PICTURE, image_ref=[PICTURE]),
    "layers": still("layering", source=PICTURE, layering={"resolution": "2k"}),
}
OF_A_CLIP = {
    "edit": {"type": "video_edit", "video": {"resolution": "540p", "edit": EDIT}},
    "pinned edit": {"type": "video_edit", "video": {"edit": {"strength": "adhere_1"} | EARLY}},
    "reframe": {
        "type": "video_reframe",
        "aspect_ratio": "9:16",
        "video": {"resolution": "720p", "source_position": PLACE},
    },
}


def asked(sim: TestSimulator, request: dict[str, Any]) -> Generation:
    made = client(sim).generations.create(**request)
    assert type(made) is Generation
    told = client(sim).generations.get(made.id)
    assert told.type == request["type"]
    assert told.state != "failed"
    return told


@pytest.mark.parametrize("name", OF_PICTURES)
def test_what_is_made_of_words_and_pictures(sim: TestSimulator, name: str) -> None:
    asked(sim, OF_PICTURES[name])


@pytest.mark.parametrize("name", OF_A_CLIP)
def test_what_is_made_of_a_clip(sim: TestSimulator, name: str) -> None:
    with somewhere_else() as outside:
        url = outside.put("dunes.mp4", tiny_video().read_bytes())
        source = {"source": {"url": url, "media_type": "video/mp4"}}
        asked(sim, {"model": "ray-3.2", "prompt": "As a watercolour"} | source | OF_A_CLIP[name])
