"""What comes beside a take's own file: its frames as EXR, and the layers of a picture."""

import io
import zipfile

import pytest
from PIL import Image

from generations import collecting, polling
from generations.kinds import Kind
from generations.models import Asset, Event, State
from generations.ordering import accept
from generations.orders import Order, made_from
from generations.providers.luma_agents.reading import snapshot_of
from generations.refusal import Refused
from generations.simulator.agents import beside
from tests import factories
from tests.factories import ProjectFactory
from tests.generations.conftest import Studio, due_now
from tests.generations.test_luma_agents import agents, paid  # noqa: F401  (a fixture)
from tests.generations.test_luma_agents_kinds import GREEN, asked, made, picture

MASTER = {"model": "ray-3.2", "resolution": "720p", "options": {"hdr": True, "exr": True}}


def all_stored(studio: Studio, take) -> list[Asset]:
    """The files beside a take, once they are all here."""
    while take.assets.exclude(state=Asset.State.STORED).exists():
        due_now()
        assert collecting.collect_due() or take.assets.filter(state="pending").exists()
    return list(take.assets.filter(kind__in=("exr", "layer")).order_by("number"))


def test_the_frames_come_as_exr_beside_the_clip(agents: Studio) -> None:  # noqa: F811
    take = made(agents, Order("Dunes at dawn", **MASTER))
    [exr] = all_stored(agents, take)
    assert asked(agents, take)["video"]["exr_export"] is True
    assert (exr.kind, exr.content_type, exr.width) == ("exr", "application/zip", None)
    with zipfile.ZipFile(exr.file) as archive:
        names = archive.namelist()
        assert len(names) == 121
        assert archive.read(names[60])[:4] == b"\x76\x2f\x31\x01"
    assert take.price_usd * 100 == paid(agents)[0]["price_cents"] == 90
    kinds = Event.objects.filter(generation=take).values_list("kind", flat=True)
    # Whoever follows the take is told once that it is here.
    assert (list(kinds).count("stored"), list(kinds).count("stored_beside")) == (1, 1)


def test_what_came_beside_is_fetched_again_by_a_fresh_address(agents: Studio, settings) -> None:  # noqa: F811
    agents.simulator.faults(asset_expires={"seconds": 0.0, "times": 2})
    take = made(agents, Order("Dunes at dawn", **MASTER))
    [exr] = all_stored(agents, take)
    assert zipfile.is_zipfile(exr.file)


def test_a_page_in_the_place_of_the_frames_is_not_kept(agents: Studio, monkeypatch) -> None:  # noqa: F811
    def not_frames(video, made):
        made.write_bytes(b"<html>Sign in to download</html>")

    monkeypatch.setattr(beside, "_frames", not_frames)
    take = made(agents, Order("Dunes in a storm", **MASTER))
    due_now()
    collecting.collect_due()
    exr = take.assets.get(kind="exr")
    assert (exr.state, "no EXR" in exr.error) == ("pending", True)
    assert take.assets.get(kind="video").state == "stored"


def test_a_picture_is_taken_apart_into_layers(agents: Studio) -> None:  # noqa: F811
    still = picture(agents, GREEN)
    order = made_from(still, Kind.LAYERS, words="The hills apart from the sky", resolution="2k")
    take = made(agents, order)
    layers = all_stored(agents, take)
    assert [(each.number, each.label) for each in layers] == [
        (0, "background"),
        (1, "middle"),
        (2, "foreground"),
    ]
    with Image.open(layers[2].file) as layer:
        assert (layer.mode, layer.size) == ("RGBA", (2048, 1152))
    sent = asked(agents, take)
    assert (sent["type"], sent["layering"]["resolution"]) == ("layering", "2k")
    assert "file_id" in sent["source"]
    assert take.prompt.is_picture
    assert float(take.price_usd) * 100 == pytest.approx(paid(agents)[0]["price_cents"])
    # What a layer is made from may be a picture that was made here.
    again = made_from(take, Kind.LAYERS, words="Once more", resolution="1k")
    assert len(all_stored(agents, made(agents, again))) == 3


@pytest.mark.parametrize(
    ("words", "field", "says"),
    [("x" * 501, "words", "500 is the limit. Shorten by 1."), ("", "words", "at least 3")],
)
def test_layers_are_asked_for_in_few_words(agents: Studio, words, field, says) -> None:  # noqa: F811
    order = made_from(picture(agents, GREEN), Kind.LAYERS, words=words)
    with pytest.raises(Refused) as caught:
        accept(agents.project, agents.person, order)
    assert says in caught.value.errors[field]


def test_layers_are_of_pictures_alone(agents: Studio) -> None:  # noqa: F811
    take = made(agents, Order("Dunes", model="ray-3.2", resolution="360p"))
    with pytest.raises(Refused) as caught:
        accept(agents.project, agents.person, made_from(take, Kind.LAYERS, words="The dunes"))
    assert "needs a picture" in caught.value.errors["source"]


@pytest.mark.parametrize(
    "output",
    [
        {"type": "exr", "url": "https://x.example/1"},
        {"type": "video", "url": "https://x.example/frames.zip?Expires=1"},
        {"type": "file", "url": "https://x.example/frame-0001.EXR"},
    ],
)
def test_frames_are_known_however_they_stand_among_the_outputs(output) -> None:
    clip = {"type": "video", "url": "https://x.example/clip.mp4"}
    for outputs in ([clip, output], [output, clip]):
        told = snapshot_of({"id": "a", "state": "completed", "type": "video", "output": outputs})
        assert told.video_url == clip["url"]
        assert [(each.kind, each.url) for each in told.beside] == [("exr", output["url"])]


@pytest.mark.django_db
def test_a_provider_that_tells_of_files_without_end_is_believed_so_far() -> None:
    clip = factories.take(ProjectFactory(), State.DREAMING)
    frames = [{"type": "exr", "url": f"https://x.example/{n}"} for n in range(40_000)]
    outputs = [{"type": "video", "url": "https://x.example/clip.mp4"}, *frames]
    told = snapshot_of({"id": "a", "state": "completed", "type": "video", "output": outputs})
    assert polling.apply(clip.attempt(), told)
    assert clip.assets.count() == 1001


def test_layers_are_told_apart_however_they_are_numbered() -> None:
    layers = [{"index": 1}, {"index": 1, "label": "sky"}, {"index": "x"}, "nothing", {"index": 0}]
    outputs = [
        {"type": "image", "url": f"https://x.example/{n}", "layer": each}
        for n, each in enumerate(layers)
    ]
    told = snapshot_of({"id": "a", "state": "completed", "type": "layering", "output": outputs})
    numbers = [each.number for each in told.beside]
    assert len(numbers) == len(set(numbers)) == 4
    assert told.image_url == "https://x.example/3"  # one that is no layer is the picture


def test_a_simulated_picture_is_parted_by_its_light(tmp_path) -> None:
    half = Image.new("RGB", (64, 64), "white")
    half.paste("black", (0, 32, 64, 64))
    half.save(tmp_path / "x.png")
    out = io.BytesIO()
    beside._layer(tmp_path / "x.png", 2).save(out, "PNG")
    with Image.open(out) as layer:
        assert layer.getpixel((32, 5))[3] == 0
        assert layer.getpixel((32, 60))[3] == 255
