"""A shot's start and end frames: chosen, uploaded, cut to fit, and sent with its take."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from generations.models import Still
from studio.models import Role
from tests.factories import member, still
from tests.generations.pictures import picture
from tests.studio.test_storyboard import planned, shot_of, url
from tests.studio.test_storyboard_runs import chain, newest, press


def at(shot, position="start", name="shot_frame"):
    return reverse(name, args=[shot.uuid, position])


def put(client, shot, position="start", **sent):
    return client.post(at(shot, position), {"version": shot.version} | sent, follow=True)


def test_a_still_stands_at_the_start_of_the_take(client, project, settings):
    settings.PUBLIC_URL = "https://studio.example.com"
    planned(project, "Lift-off")
    kept = still(project)
    shot = shot_of(project, 1)
    assert f"start.still.{kept.uuid}" in client.get(at(shot)).content.decode()
    put(client, shot, put=f"start.still.{kept.uuid}")
    assert shot_of(project, 1).start == kept
    press(client, project)
    assert newest(project).keyframes.get().still == kept


def test_an_upload_of_another_ratio_is_cut_and_that_is_said(client, project):
    planned(project, "Lift-off")
    upload = SimpleUploadedFile("square.jpg", picture(640, 640).read(), "image/jpeg")
    page = put(client, shot_of(project, 1), "end", picture=upload).content.decode()
    assert "The picture is 1:1 and the take 16:9. Its middle is used" in page
    end = shot_of(project, 1).end
    assert end.width / end.height == pytest.approx(16 / 9, rel=0.02)
    client.post(
        at(shot_of(project, 1), "end", "no_shot_frame"), {"version": shot_of(project, 1).version}
    )
    assert shot_of(project, 1).end is None


def test_the_last_frame_of_a_take_can_stand_at_the_end(client, project):
    chain(client, project, "Lift-off", "Clouds")
    put(client, shot_of(project, 2), "end", put=f"end.take.{newest(project).uuid}")
    assert shot_of(project, 2).end.source == newest(project)
    assert "Its end frame changed after this was made." in client.get(url(project)).content.decode()


@pytest.mark.parametrize(
    "sent", ["", "start.still.nothing", "start.film.x", "start.take." + "0" * 32]
)
def test_what_isnt_there_is_told_and_nothing_changes(client, project, sent):
    planned(project, "Lift-off")
    page = put(client, shot_of(project, 1), put=sent).content.decode()
    assert 'role="alert"' in page
    assert shot_of(project, 1).start is None
    assert client.get(at(shot_of(project, 1), "middle")).status_code == 404
    assert not Still.objects.exists()


def test_who_watches_puts_nothing_there(project, sign_in):
    planned(project, "Lift-off")
    watching = sign_in(member(project, Role.VIEWER))
    assert watching.get(at(shot_of(project, 1))).status_code == 403
