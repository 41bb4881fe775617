"""What Luma Agents makes beside a clip from words: pinned pictures, blocks, edits, pictures.

No server of ours runs here: whatever a request names has gone up to the provider.
"""

from decimal import Decimal
from io import BytesIO
from typing import Any

import av
import numpy as np
import pytest
from django.utils import timezone
from PIL import Image

from generations import sweeping
from generations.catalogue import catalogue
from generations.kinds import Kind
from generations.models import Generation, Keyframe, Still
from generations.ordering import accept
from generations.orders import Frame, Order, Picture, Pinned, image, made_from
from generations.placement import Placement
from generations.providers.luma_agents import files
from generations.refusal import Refused
from generations.simulator.generation import Generation as Job
from generations.stills import keep_upload
from tests.generations.conftest import Studio, due_now
from tests.generations.test_luma_agents import KEY, agents, paid  # noqa: F401  (a fixture)

DRAFT = {"model": "ray-3.2", "resolution": "360p"}


def picture(studio: Studio, colour: tuple[int, int, int]) -> Still:
    out = BytesIO()
    Image.new("RGB", (640, 360), colour).save(out, "PNG")
    out.seek(0)
    return keep_upload(studio.project, studio.person, out)


def made(studio: Studio, order: Order) -> Generation:
    generation = accept(studio.project, studio.person, order)
    kind = "image" if generation.prompt.is_picture else "video"
    studio.work(generation, until="completed")
    while not generation.assets.filter(kind=kind, state="stored").exists():
        studio.work(generation, until="completed")
    return generation


def asked(studio: Studio, generation: Generation) -> dict[str, Any]:
    """What the provider was asked for, without what wasn't said."""
    job: Job = studio.simulator.engine.store.latest(generation.attempt().provider_id)
    return {name: value for name, value in job.request.items() if value is not None}


def frames(generation: Generation) -> list[np.ndarray]:
    file = generation.assets.get(kind="video").file
    with av.open(str(file)) as container:
        return [each.to_ndarray(format="rgb24") for each in container.decode(video=0)]


def apart(one: np.ndarray, other: np.ndarray | tuple[int, int, int]) -> float:
    return float(np.abs(one.astype(float) - np.asarray(other, float)).mean())


def refused(studio: Studio, order: Order) -> dict[str, str]:
    with pytest.raises(Refused) as caught:
        accept(studio.project, studio.person, order)
    return caught.value.errors


RED, GREEN, BLUE = (200, 40, 40), (40, 180, 60), (50, 60, 200)


def test_pictures_are_seen_at_the_very_frames_they_are_pinned_to(agents: Studio) -> None:  # noqa: F811
    colours = {0: RED, 37: GREEN, 38: BLUE, 120: GREEN}
    pinned = tuple(Pinned(at, Frame(picture(agents, each))) for at, each in colours.items())
    take = made(agents, Order("Dunes", **DRAFT, keyframes=pinned))
    seen = frames(take)
    assert len(seen) == 121
    for number, colour in colours.items():
        assert apart(seen[number], colour) < 8, number
    assert apart(seen[75], RED) > 20
    video = asked(agents, take)["video"]
    assert video["keyframe_indexes"] == [0, 37, 38, 120]
    assert len(agents.simulator.engine.shelf._files) == 3  # each picture went up once
    assert [each.frame for each in take.keyframes.order_by("frame")] == [0, 37, 38, 120]


def test_a_block_goes_on_from_a_take_and_another_leads_up_to_it(agents: Studio) -> None:  # noqa: F811
    take = made(agents, Order("Dunes at dawn", **DRAFT))
    onward = made(agents, Order("Dunes at dawn", **DRAFT, start=Frame(source=take)))
    toward = made(agents, Order("Dunes at dawn", **DRAFT, end=Frame(source=take)))
    known = take.attempt().provider_id
    assert asked(agents, onward)["video"]["start_frame"]["generation_id"] == known
    assert asked(agents, toward)["video"]["end_frame"]["generation_id"] == known
    own = frames(take)
    assert len(frames(onward)) == len(own)  # the new block alone
    assert apart(frames(onward)[0], own[-1]) < 4
    assert apart(frames(toward)[-1], own[0]) < 4
    assert [each["price_cents"] for each in paid(agents)] == [6, 6, 6]


def test_beside_another_frame_a_take_is_a_picture_of_itself(agents: Studio) -> None:  # noqa: F811
    take = made(agents, Order("Dunes at dawn", **DRAFT))
    with pytest.raises(
        Refused, match=r"was made with Luma Agents, which doesn't do this \(upscale\)"
    ):
        accept(agents.project, agents.person, made_from(take, Kind.UPSCALE, resolution="720p"))
    ends = {"start": Frame(source=take), "end": Frame(picture(agents, BLUE))}
    between = accept(agents.project, agents.person, Order("To the sea", **DRAFT, **ends))
    assert between.keyframes.get(position="start").still.source == take
    assert "nothing stands at the other end" in between.notice


def test_an_edit_has_strength_controls_and_pinned_pictures(agents: Studio) -> None:  # noqa: F811
    take = made(agents, Order("Dunes at dawn", **DRAFT))
    controls = {"pose": {"enabled": False}, "depth": {"enabled": True, "blur": 0}}
    order = made_from(
        take,
        Kind.MODIFY_VIDEO,
        words="As a watercolour",
        mode="flex_2",
        options={"controls": controls},
        keyframes=(Pinned(60, Frame(picture(agents, GREEN))),),
    )
    edited = made(agents, order)
    edit = asked(agents, edited)["video"]["edit"]
    assert (edit["strength"], edit["keyframe_indexes"]) == ("flex_2", [60])
    assert edit["controls"]["pose"]["enabled"] is False
    assert edit["controls"]["depth"]["blur"] == 0
    assert apart(frames(edited)[60], GREEN) < 8
    assert edited.price_usd == Decimal("0.54")  # what has begun of a second isn't counted twice


def test_a_reframe_places_its_source(agents: Studio) -> None:  # noqa: F811
    take = made(agents, Order("Dunes at dawn", **DRAFT))
    place = Placement(0, 720, 200, 600)  # of the canvas of 720p, whatever comes out
    order = made_from(take, Kind.REFRAME_VIDEO, words="Wider", ratio="9:16", placement=place)
    version = made(agents, order)
    position = asked(agents, version)["video"]["source_position"]
    assert position == {"x_norm": 0, "y_norm": 0.15625, "w_norm": 1, "h_norm": 0.3125}
    assert version.price_usd == Decimal("0.15")
    upright = made_from(take, Kind.REFRAME_VIDEO, words="Wider", ratio="3:4")
    assert upright.resolution == "360p"


def test_a_file_that_is_not_taken_holds_the_take_and_nothing_is_posted(agents: Studio) -> None:  # noqa: F811
    agents.simulator.faults(too_many_requests={"times": 1, "on": ["files"]})
    start = Frame(picture(agents, RED))
    take = accept(agents.project, agents.person, Order("Dunes", **DRAFT, start=start))
    sweeping.work_once()
    take.refresh_from_db()
    assert (take.state, take.reason) == ("waiting", "busy")
    assert agents.simulator.agents_books(KEY)["creates_accepted"] == 0
    due_now()
    agents.work(take, until="completed")
    assert len(paid(agents)) == 1
    gone = asked(agents, take)["video"]["start_frame"]["file_id"]
    shelf = agents.simulator.engine.shelf
    shelf.delete(shelf._files[gone], 0.0)
    again = accept(agents.project, agents.person, Order("Dunes", **DRAFT, start=start))
    sweeping.work_once()
    again.refresh_from_db()
    assert (again.state, "goes up again" in again.words) == ("waiting", True)
    due_now()
    agents.work(again, until="completed")
    assert len(paid(agents)) == 2


def test_a_file_that_is_not_ready_goes_up_once_and_holds_nobody_else(
    agents: Studio,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(files, "_READY_S", 0.0)
    agents.simulator.faults(file_slow={"seconds": 3600, "times": 1})
    take = accept(
        agents.project, agents.person, Order("Dunes", **DRAFT, start=Frame(picture(agents, RED)))
    )
    other = accept(agents.project, agents.person, Order("The sea", **DRAFT))
    waits_s = []
    for _ in range(3):
        sweeping.work_once()
        take.refresh_from_db()
        waits_s.append((take.next_at - timezone.now()).total_seconds())
        due_now()
    assert 0 < waits_s[0] < waits_s[1] - 5 < waits_s[2] - 10, "ever more rarely"
    assert (take.state, "still looks into a file" in take.words) == ("waiting", True)
    agents.work(other, until="completed")
    shelf = agents.simulator.engine.shelf
    [file] = shelf._files.values()
    shelf.finish(file)
    due_now()
    agents.work(take, until="completed")
    assert len(shelf._files) == 1
    assert asked(agents, take)["video"]["start_frame"]["file_id"] == file.id


def test_a_file_that_can_not_be_read_there_fails_its_take_in_words(agents: Studio) -> None:  # noqa: F811
    agents.simulator.faults(file_fails={"times": 1})
    take = accept(
        agents.project, agents.person, Order("Dunes", **DRAFT, start=Frame(picture(agents, RED)))
    )
    agents.work(take, until="failed")
    assert "Luma doesn't take this picture or video" in take.words
    assert not paid(agents)


def test_a_large_file_goes_to_the_address_that_luma_names(
    agents: Studio,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(files, "MOST_INLINE_BYTES", 100)
    start = picture(agents, BLUE)
    take = made(agents, Order("Dunes", **DRAFT, start=Frame(start)))
    shelf = agents.simulator.engine.shelf
    [file] = shelf._files.values()
    assert (file.state, file.size_bytes) == ("ready", start.size_bytes)
    assert shelf.path(file).read_bytes() == start.file.read_bytes()
    assert apart(frames(take)[0], BLUE) < 8


def test_uploads_do_not_eat_the_time_of_the_post(agents: Studio, settings) -> None:  # noqa: F811
    settings.SUBMIT_LEASE_S = settings.SUBMIT_TIMEOUT_S + 1
    agents.simulator.faults(slow_answer={"seconds": 1.5, "times": 1, "on": ["files"]})
    start = Frame(picture(agents, GREEN))
    take = accept(agents.project, agents.person, Order("Dunes", **DRAFT, start=start))
    agents.work(take, until="completed")
    assert take.attempts.count() == 1


def test_pictures_come_of_words_of_others_and_out_of_one(agents: Studio) -> None:  # noqa: F811
    red, blue = picture(agents, RED), picture(agents, BLUE)
    plain = made(agents, image("A lighthouse", "uni-1", ratio="3:2"))
    after = image("Alike", "uni-1", references=(Picture("image", red), Picture("modify", blue)))
    changed = made(agents, after)
    assert (asked(agents, plain)["type"], asked(agents, changed)["type"]) == ("image", "image_edit")
    assert (plain.price_usd, changed.price_usd) == (Decimal("0.0404"), Decimal("0.0464"))
    books = agents.simulator.agents_books(KEY)
    assert [each["price_cents"] for each in books["generations"]] == [4.04, 4.64]
    assert Still.objects.filter(origin="generated").count() == 2


@pytest.mark.parametrize(("alike", "changed"), [(9, 0), (8, 1)])
def test_uni_is_sent_as_many_pictures_as_it_takes(
    agents: Studio,  # noqa: F811
    alike: int,
    changed: int,
) -> None:
    roles = ["image"] * alike + ["modify"] * changed
    pictures = tuple(Picture(role, picture(agents, RED)) for role in roles)
    take = made(agents, image("Alike", "uni-1", references=pictures))
    assert len(asked(agents, take)["image_ref"]) == alike


@pytest.mark.parametrize(
    ("chosen", "field", "words"),
    [
        ({"duration_s": 10, "start": RED}, "start", "can't combine a start frame with 10 s"),
        ({"loop": True, "options": {"hdr": True}}, "loop", "can't combine a loop with HDR"),
        ({"options": {"hdr": True}}, "hdr", "can't combine HDR with 360p"),
        ({"options": {"exr": True}}, "exr", "EXR is made from HDR alone"),
        ({"options": {"tempo": 3}}, "options", "no option called tempo"),
        ({"pinned": [5, 5]}, "keyframes", "Two pictures stand at frame 5"),
        ({"pinned": [121]}, "keyframes", "Frame 121 isn't in 5 s. Choose one from 0 to 120"),
        ({"pinned": range(65)}, "keyframes", "These are 65 pictures, and 64 is the limit"),
        ({"pinned": [3], "loop": True}, "loop", "can't combine a loop with pinned pictures"),
        ({"pinned": [3], "model": "ray-2", "resolution": "540p"}, "keyframes", "at its start and"),
        ({"words": "", "start": RED}, "words", "Write at least 3 characters"),
    ],
)
def test_what_would_be_refused_is_said_before_anything_is_sent(
    agents: Studio,  # noqa: F811
    chosen: dict[str, Any],
    field: str,
    words: str,
) -> None:
    settings = {"words": "Dunes"} | DRAFT | chosen
    one = picture(agents, RED)
    if "start" in settings:
        settings["start"] = Frame(one)
    settings["keyframes"] = tuple(Pinned(at, Frame(one)) for at in settings.pop("pinned", ()))
    errors = refused(agents, Order(**settings))
    assert words in errors[field]
    assert not Generation.objects.exists()
    assert not Keyframe.objects.exists()


def test_prices_are_those_of_the_published_table() -> None:
    kinds = catalogue().models["ray-3.2"].kinds
    sizes = ("360p", "540p", "720p", "1080p")

    def prices(kind: Kind, of: tuple[str, ...] = sizes, **settings: Any) -> list[str]:
        facts = kinds[kind]
        return [str(facts.price_usd(resolution=each, **settings).normalize()) for each in of]

    assert prices(Kind.VIDEO, duration_s=5) == ["0.06", "0.15", "0.3", "1.2"]
    assert prices(Kind.VIDEO, duration_s=10) == ["0.18", "0.45", "0.9", "3.6"]
    assert prices(Kind.VIDEO, sizes[2:], duration_s=5, hdr=True) == ["0.6", "2.4"]
    assert prices(Kind.VIDEO, sizes[2:], duration_s=5, hdr=True, exr=True) == ["0.9", "3.6"]
    assert prices(Kind.MODIFY_VIDEO, duration_s=5) == ["0.54", "0.72", "1.08", "2.16"]
    assert prices(Kind.REFRAME_VIDEO, duration_s=1) == ["0.03", "0.06", "0.12", "0.36"]
