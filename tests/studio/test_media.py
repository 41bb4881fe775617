"""Files: who gets them, in which pieces, under which name."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from generations.models import Account, State
from generations.publishing import publish
from studio.models import AuditEntry
from tests.factories import ProjectFactory, still, take


@pytest.fixture
def made(project):
    return take(project, State.COMPLETED, words="Fog lifts: slowly/softly")


def url(generation, kind="video"):
    return reverse("media", args=[generation.uuid, kind])


def body(response):
    return b"".join(response.streaming_content)


@pytest.fixture
def whole(made):
    return made.assets.get(kind="video").file.read_bytes()


def test_a_member_gets_the_whole_file(viewer, made, whole):
    answer = viewer.get(url(made))
    assert answer.status_code == 200
    assert body(answer) == whole
    assert answer["Content-Type"] == "video/mp4"
    assert answer["Cache-Control"] == "private, max-age=31536000, immutable"
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("kind", ["video", "poster", "preview"])
def test_a_stranger_finds_no_file(stranger, made, kind):
    assert stranger.get(url(made, kind)).status_code == 404


def test_a_signed_out_person_is_sent_to_sign_in(anonymous, made):
    assert anonymous.get(url(made)).status_code == 302


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("bytes=0-99", 0, 99), ("bytes=100-", 100, None), ("bytes=-50", -50, None)],
)
def test_a_range_is_sent_as_asked(client, made, whole, asked, first, last):
    answer = client.get(url(made), headers={"Range": asked})
    expected = whole[first:] if last is None else whole[first : last + 1]
    start = len(whole) + first if first < 0 else first
    end = start + len(expected) - 1
    assert answer.status_code == 206
    assert body(answer) == expected
    assert answer["Content-Range"] == f"bytes {start}-{end}/{len(whole)}"
    assert answer["Content-Length"] == str(len(expected))


def test_a_range_beyond_the_end_cannot_be_satisfied(client, made, whole):
    answer = client.get(url(made), headers={"Range": f"bytes={len(whole)}-"})
    assert answer.status_code == 416
    assert answer["Content-Range"] == f"bytes */{len(whole)}"


def test_head_tells_the_length_without_the_file(client, made, whole):
    answer = client.head(url(made))
    assert answer.status_code == 200
    assert answer["Content-Length"] == str(len(whole))
    assert answer["Accept-Ranges"] == "bytes"
    assert body(answer) == b""


def test_a_file_that_the_browser_has_is_not_sent_again(client, made):
    etag = client.get(url(made))["ETag"]
    assert client.get(url(made), headers={"If-None-Match": etag}).status_code == 304


def test_a_download_has_a_readable_name(client, made):
    answer = client.get(url(made), {"download": 1})
    name = "desert-light-take-1-fog-lifts-slowlysoftly.mp4"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'


def test_a_file_that_is_not_stored_is_not_found(client, project):
    fetching = take(project, State.COMPLETED, stored=False)
    assert client.get(url(fetching)).status_code == 404


@pytest.mark.parametrize("kind", ["secret", "image", "..", "VIDEO"])
def test_a_kind_that_does_not_exist_is_not_found(client, made, kind):
    assert client.get(url(made).replace("video", kind)).status_code == 404


def test_a_file_that_vanished_from_the_disk_is_not_found(client, made):
    made.assets.get(kind="video").file.unlink()
    assert client.get(url(made)).status_code == 404


def test_a_still_is_its_teams_own(client, stranger, project):
    picture = still(project)
    address = reverse("media", args=[picture.uuid, "still"])
    assert client.get(address)["Content-Type"] == "image/jpeg"
    assert stranger.get(address).status_code == 404


def test_behind_a_proxy_the_proxy_sends_the_file(client, made, settings):
    settings.MEDIA_ACCEL_PREFIX = "/protected"
    answer = client.get(url(made), {"download": 1})
    assert answer["X-Accel-Redirect"] == f"/protected/{made.assets.get(kind='video').path}"
    assert answer["Content-Type"] == "video/mp4"
    assert "attachment" in answer["Content-Disposition"]
    assert answer.content == b""


def test_behind_a_proxy_a_stranger_still_finds_nothing(stranger, made, settings):
    settings.MEDIA_ACCEL_PREFIX = "/protected"
    assert stranger.get(url(made)).status_code == 404


def test_a_published_still_needs_no_account(anonymous, project):
    picture = still(project)
    path = publish(picture, Account.objects.get()).split("/", 3)[3]
    answer = anonymous.get(f"/{path}", headers={"Range": "bytes=0-1"})
    assert answer.status_code == 206
    assert body(answer) == b"\xff\xd8"


def test_a_forged_or_expired_token_names_nothing(anonymous, project, time_machine):
    path = publish(still(project), Account.objects.get()).split("/", 3)[3]
    assert anonymous.get(f"/{path}x").status_code == 404
    assert anonymous.get("/media/published/anything").status_code == 404
    time_machine.move_to(timezone.now() + timedelta(hours=25))
    assert anonymous.get(f"/{path}").status_code == 404


def test_a_still_of_another_team_is_not_found_by_guessing(client):
    theirs = still(ProjectFactory())
    assert client.get(reverse("media", args=[theirs.uuid, "still"])).status_code == 404


def test_who_takes_a_file_along_is_in_the_audit_log_and_who_looks_at_it_is_not(viewer, made):
    def noted():
        return list(AuditEntry.objects.filter(kind="export").values_list("words", flat=True))

    viewer.get(url(made))
    viewer.head(url(made), {"download": 1})
    assert noted() == []
    viewer.get(url(made), {"download": 1})
    viewer.get(url(made), {"download": 1}, headers={"Range": "bytes=5-9"})
    assert noted() == [f"Downloaded take 1 of {made.project}"] * 2
