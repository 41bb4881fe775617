"""Import of every kind: takes of their kind, versions at their take, pictures fetched again."""

from http.server import BaseHTTPRequestHandler

import pytest

from generations import import_pictures
from generations.models import Attempt, Generation, Import, Still
from generations.placement import Placement
from generations.providers import provider_for
from generations.providers.base import (
    AudioRequest,
    ImageFrame,
    ImageRequest,
    ModifyRequest,
    Progress,
    ReferenceImage,
    ReframeRequest,
    UpscaleRequest,
    VideoRequest,
)
from generations.sweeping import work_once
from studio.cards import Card
from studio.imports import in_words
from studio.models import Project
from studio.takes import Take
from tests.factories import tiny_poster
from tests.generations.test_importing import bring, run
from tests.loopback import Loopback, Quiet


def made(studio, request):
    """A job that somebody made with the same key, elsewhere: how it is once it is done."""
    provider = provider_for(studio.account)
    job = provider.create(request)
    while job.progress is not Progress.COMPLETED:
        assert job.progress is not Progress.FAILED, job.failure
        job = provider.get(job.provider_id)
    return job


def video(words="A harbour at dawn", **request):
    return VideoRequest("ray-flash-2", words, "1:1", "540p", 5, **request)


@pytest.fixture
def every_kind(studio):
    """Jobs of every kind, made elsewhere; their ids by kind."""
    clip = made(studio, video())
    picture = made(studio, ImageRequest("photon-1", "A red lantern", "1:1", "png"))
    placed = Placement(x_start=0, x_end=720, y_start=280, y_end=1000)
    jobs = {
        "video": clip,
        "image": picture,
        "modify_video": made(studio, ModifyRequest("ray-2", "In snow", "flex_2", clip.video_url)),
        "reframe_video": made(
            studio,
            ReframeRequest("reframe_video", "ray-2", "", "9:16", clip.video_url, placed),
        ),
        "reframe_image": made(
            studio,
            ReframeRequest(
                "reframe_image", "photon-1", "", "16:9", picture.image_url, format="jpg"
            ),
        ),
        "upscale": made(studio, UpscaleRequest(clip.provider_id, "720p")),
        "audio": made(studio, AudioRequest(clip.provider_id, "Gulls", "voices")),
    }
    return {kind: job.provider_id for kind, job in jobs.items()}


def by_kind():
    return {each.prompt.kind: each for each in Generation.objects.select_related("prompt")}


def test_every_kind_comes_as_its_kind_and_versions_go_to_their_take(studio, every_kind):
    done = bring(studio)
    assert done.counts == {"ready": 7, "versions": 2, "versions_done": 2, "other": 0}
    assert in_words(done).startswith("5 takes and 2 versions brought in.")
    came = by_kind()
    assert {kind: each.attempt().provider_id for kind, each in came.items()} == every_kind

    for kind, source in (("reframe_video", "video"), ("reframe_image", "image")):
        version = came[kind]
        assert (version.version_of, version.take_number) == (came[source], None)
        assert version.references.get().source == came[source]
    assert came["modify_video"].version_of is None
    assert came["modify_video"].references.get().source == came["video"]
    for kind in ("upscale", "audio"):  # what they were made from isn't echoed
        assert came[kind].take_number
        assert not came[kind].references.exists()

    asked = {kind: each.prompt for kind, each in came.items()}
    assert (asked["modify_video"].mode, asked["modify_video"].ratio) == ("flex_2", "1:1")
    assert asked["reframe_video"].placement.x_end == 720
    assert (asked["reframe_image"].image_format, asked["reframe_image"].duration_s) == ("jpg", 0)
    assert (asked["upscale"].resolution, asked["upscale"].model) == ("720p", "ray-flash-2")
    assert (asked["audio"].words, asked["audio"].negative_words) == ("Gulls", "voices")

    for _ in range(3):
        work_once()
    for kind, each in came.items():
        file = "image" if "image" in kind else "video"
        assert each.assets.get(kind=file).state == "stored", kind
    titles = {each.prompt.kind: Card(each).title for each in Generation.objects.for_cards()}
    assert titles["reframe_video"] == "Take 1, reframed to 9:16"
    assert titles["upscale"] == "A video, upscaled to 720p"


def test_bringing_every_kind_again_brings_nothing(studio, every_kind):
    bring(studio)
    again = bring(studio)
    assert again.counts == {"known": 7, "other": 0}
    assert Generation.objects.count() == 7


def test_the_command_counts_versions(studio, every_kind):
    assert "5 takes and 2 versions would come." in run("--project", "film", "--dry-run")
    assert "5 takes and 2 versions brought in." in run("--project", "film")


@pytest.mark.parametrize("kind", ["upscale", "audio"])
def test_what_was_made_under_the_id_of_a_take_of_ours_is_its_version(studio, kind):
    take = studio.order()
    studio.work(take, until="stored")
    studio.simulator.faults(**{f"{kind}_parent_id": True})
    its_id = take.attempt().provider_id
    request = UpscaleRequest(its_id, "720p") if kind == "upscale" else AudioRequest(its_id)
    made(studio, request)

    elsewhere = Project.objects.create(team=studio.project.team, name="Other", slug="other")
    assert look(studio, elsewhere).counts.get("ready", 0) == 0

    assert bring(studio).counts["versions_done"] == 1
    version = take.versions.get()
    assert (version.prompt.kind, version.prompt.ratio) == (kind, take.prompt.ratio)
    assert (version.attempt().provider_id, version.attempt().owns_id) == (its_id, False)
    studio.work(version, until="stored")
    take.refresh_from_db()
    assert take.best_version == version
    assert "ready" not in bring(studio).counts


def look(studio, project):
    from generations import importing

    looked = importing.look(project, studio.account, studio.person)
    importing.import_due()
    looked.refresh_from_db()
    return looked


def test_it_waits_while_it_may_be_a_lost_answer_of_ours(studio):
    take = studio.order()
    studio.work(take, until="completed")
    studio.simulator.faults(upscale_parent_id=True)
    made(studio, UpscaleRequest(take.attempt().provider_id, "720p"))
    lost = studio.order("Another")
    Attempt.objects.filter(generation=lost).update(outcome="unconfirmed", sent_at=lost.created_at)
    Generation.objects.filter(pk=lost.pk).update(next_at=lost.created_at)
    assert look(studio, studio.project).counts["unfinished"] == 1


class Host(Loopback):
    """Serves a picture at every path but those that are gone."""

    def __init__(self):
        self.gone, self.asked = set(), []
        host = self

        class Handler(Quiet, BaseHTTPRequestHandler):
            def do_GET(self):
                host.asked.append(self.path)
                data = (
                    b"" if self.path.partition("?")[0] in host.gone else tiny_poster().read_bytes()
                )
                self.send_response(200 if data else 404)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        super().__init__(Handler)


@pytest.fixture
def host():
    with Host() as host:
        yield host


def test_pictures_that_still_answer_come_as_stills_each_once(studio, host):
    first, last, style = (ImageFrame(f"{host.address}/{name}.jpg") for name in ("a", "b", "c"))
    made(studio, video("Both ends", start=first, end=last))
    made(studio, video("One end", start=first))
    liked = (ReferenceImage("style", style.url, 0.5), ReferenceImage("character", first.url))
    made(studio, ImageRequest("photon-1", "A red lantern", "1:1", "jpg", liked))
    host.asked.clear()
    bring(studio)
    assert sorted(host.asked) == ["/a.jpg", "/b.jpg", "/c.jpg"]
    both, one, drawn = Generation.objects.order_by("take_number")
    assert [each.position for each in both.keyframes.order_by("pk")] == ["start", "end"]
    assert one.keyframes.get().still == both.keyframes.get(position="start").still
    assert {each.role: each.weight for each in drawn.references.all()} == {
        "style": pytest.approx(0.5),
        "character": None,
    }
    assert Still.objects.count() == 3
    assert Still.objects.filter(project=studio.project, author=studio.person).count() == 3


def test_pictures_that_are_gone_are_named_in_the_history(studio, host):
    start, end = (ImageFrame(f"{host.address}/{name}.jpg?secret=1") for name in ("a", "b"))
    made(studio, video("Both ends", start=start, end=end))
    host.gone |= {"/a.jpg"}
    assert bring(studio).done == 1
    take = Generation.objects.for_cards().get()
    assert take.keyframes.get().position == "end"
    said = Take(take).history[0].words
    assert said == (
        "Brought in; it was made and paid for before. A picture that it was made after can't be "
        f"fetched any more: {host.address}/a.jpg."
    )


def test_a_host_that_does_not_answer_is_asked_once(studio, host, monkeypatch):
    for name in "abc":
        made(studio, video(f"From {name}", start=ImageFrame(f"{host.address}/{name}.jpg")))
    real, asked = import_pictures.downloading.fetch, []

    def silent(url, *args, **kwargs):
        asked.append(url)
        return real("http://127.0.0.1:9/nobody.jpg", *args, **kwargs)

    monkeypatch.setattr(import_pictures.downloading, "fetch", silent)
    importing = bring(studio)
    assert (importing.done, len(asked)) == (3, 1)
    assert Import.objects.get().state == "done"
