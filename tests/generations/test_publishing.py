"""Files that a provider can fetch: in a bucket by presigned address, or from this server."""

import urllib.error
import urllib.request
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import override_settings
from django.utils import timezone

from generations import bucket, outbound, publishing, reachability, submitting
from generations.models import Account, Asset, Attempt, Generation
from generations.orders import Frame
from generations.refusal import Refused
from generations.stills import keep_upload
from tests.factories import keep_file, tiny_video
from tests.generations.fake_s3 import KEY, REGION, SECRET, FakeS3
from tests.generations.pictures import picture


@pytest.fixture
def s3(settings):
    with FakeS3() as fake:
        settings.STILLS_BUCKET, settings.STILLS_ENDPOINT_URL = "stills", fake.address
        settings.STILLS_REGION = REGION
        settings.STILLS_ACCESS_KEY, settings.STILLS_SECRET_KEY = KEY, SECRET
        yield fake


@pytest.fixture
def real(studio):
    """The same account, as one that Luma's own servers work for."""
    studio.account.simulated = False
    studio.account.save()
    return studio


def get(url):
    with urllib.request.urlopen(url, timeout=5) as answer:
        return answer.read()


def still_of(studio):
    return keep_upload(studio.project, studio.person, picture())


def test_a_still_is_fetched_from_the_bucket_by_its_signed_address_alone(real, s3):
    still = still_of(real)
    url = publishing.publish(still, real.account)
    assert url.startswith(f"{s3.address}/stills/published/")
    assert get(url) == still.file.read_bytes()
    for other in (url.partition("?")[0], url[:-1] + ("0" if url[-1] != "0" else "1"), url + "&x=1"):
        with pytest.raises(urllib.error.HTTPError, match="403"):
            get(other)
    assert f"X-Amz-Expires={publishing.LIFETIME_S}" in url
    assert SECRET not in url


def test_an_address_expires(real, s3, time_machine):
    url = publishing.publish(still_of(real), real.account)
    time_machine.move_to(timezone.now() + timedelta(seconds=publishing.LIFETIME_S + 60))
    with pytest.raises(urllib.error.HTTPError, match="403"):
        get(url)


def test_a_picture_is_put_there_once_a_day(real, s3):
    still = still_of(real)
    assert get(publishing.publish(still, real.account)) == get(
        publishing.publish(still, real.account)
    )
    assert s3.puts == 1


def test_a_take_s_own_file_goes_the_same_way(real, s3):
    take = real.order()
    keep_file(take, Asset.Kind.VIDEO, tiny_video(), "video/mp4")
    url = publishing.publish_asset(take.assets.get(kind="video"), real.account)
    assert get(url) == tiny_video().read_bytes()
    assert ".mp4?" in url


def test_the_simulator_fetches_from_this_machine(studio, s3, settings):
    url = publishing.publish(still_of(studio), studio.account)
    assert url.startswith(settings.LOCAL_URL)
    assert s3.puts == 0


def test_what_nobody_can_fetch_any_more_is_removed(real, s3):
    url = publishing.publish(still_of(real), real.account)
    old = timezone.now() - timedelta(days=2, minutes=1)
    s3.objects["published/2020-01-01/old.jpg"] = (b"old", old)
    s3.objects["published/2020-01-01/yesterday.jpg"] = (b"y", old + timedelta(hours=12))
    publishing.tidy()
    assert len(s3.objects) == 2
    assert "published/2020-01-01/old.jpg" not in s3.objects
    assert get(url)


def test_with_a_bucket_no_address_of_our_own_is_needed(real, s3, settings):
    settings.PUBLIC_URL = ""
    assert publishing.obstacle(real.account) == ""
    settings.STILLS_BUCKET = ""
    said = publishing.obstacle(real.account)
    assert "PUBLIC_URL" in said
    assert "STILLS_BUCKET" in said


@pytest.mark.parametrize("away", [403, 503])
def test_a_take_waits_for_a_bucket_that_is_away_and_nothing_is_sent(real, s3, away):
    take = real.order("Slow push in", start=Frame(still=still_of(real)))
    s3.fails_with = away
    submitting.submit_due(real.account.pk)
    take.refresh_from_db()
    assert take.state == "waiting"
    assert "can't be written to" in take.words
    assert real.books()["generations"] == []
    with pytest.raises(bucket.BucketAway):
        bucket.tidy()
    publishing.tidy()  # is left for the next time


def test_what_a_bucket_held_back_is_none_of_the_minutes_creates(real, s3, monkeypatch):
    asked = []
    put = bucket.put
    monkeypatch.setattr(bucket, "put", lambda *file: asked.append(file) or put(*file))
    pictured = [real.order("Slow push in", start=Frame(still=still_of(real))) for _ in range(3)]
    plain = real.order("Dunes at dawn")
    Account.objects.update(per_minute_limit=1)
    s3.fails_with = 503
    submitting.submit_due(real.account.pk)
    plain.refresh_from_db()
    assert (plain.state, len(real.books()["generations"])) == ("queued", 1)
    assert len(asked) == 1  # the others that need it aren't tried in vain
    assert Attempt.objects.filter(sent_at__isnull=False).get().generation == plain
    for held in Generation.objects.filter(pk__in=[each.pk for each in pictured]):
        assert held.state == "waiting"
        assert held.next_at > timezone.now()


def test_nothing_of_a_key_is_said_when_the_bucket_is_away(real, s3, caplog):
    s3.fails_with = 503
    with pytest.raises(bucket.BucketAway) as caught:
        publishing.publish(still_of(real), real.account)
    assert SECRET not in str(caught.value) + caplog.text
    assert KEY not in str(caught.value) + caplog.text


def answering(monkeypatch, settings, status, body=b'{"web": "ok"}'):
    settings.PUBLIC_URL = "https://dailies.example.com"
    asked = []

    def call(method, url, **kwargs):
        asked.append(url)
        if isinstance(status, Exception):
            raise status
        return outbound.Answer(status, {}, body)

    monkeypatch.setattr(reachability.outbound, "call", call)
    return asked


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        (502, b"", "dailies.example.com answers 502"),
        (404, b"", "dailies.example.com answers 404"),
        (200, b"<html>a parking page", "something else answers"),
        (200, b'{"web": "ok"}', ""),
        (outbound.NeverSent("ConnectError"), b"", ""),
        (outbound.NeverSent("Forbidden"), b"", ""),  # a network may send its own another way
        (outbound.NoAnswer("ReadTimeout"), b"", ""),
    ],
)
def test_only_a_clear_answer_says_that_pictures_cannot_be_fetched(
    real, monkeypatch, settings, status, body, says
):
    asked = answering(monkeypatch, settings, status, body)
    for _ in range(3):
        found = publishing.obstacle(real.account)
        assert (says in found) if says else found == ""
        assert bool(found) == bool(says)
    assert asked == ["https://dailies.example.com/healthz"]  # it is asked once a minute


@pytest.fixture
def outside(monkeypatch, settings, client):
    """Whoever asks the public address, as the provider will: what this server then answers."""
    settings.PUBLIC_URL = "https://dailies.example.com"
    asked = []

    def call(method, url, *, headers, **_):
        asked.append(url)
        answer = client.get(url.removeprefix(settings.PUBLIC_URL), headers=headers)
        return outbound.Answer(answer.status_code, {}, answer.getvalue())

    monkeypatch.setattr(reachability.outbound, "call", call)
    return asked


def test_a_picture_that_is_really_published_is_fetched_before_anything_is_sent(real, outside):
    still = still_of(real)
    assert publishing.obstacle(real.account) == ""
    assert publishing.obstacle(real.account) == ""
    (url,) = outside
    token = url.removeprefix("https://dailies.example.com/media/published/")
    assert publishing.published(token) == still


def test_a_server_that_answers_and_yet_sends_no_picture_is_said(real, outside, settings):
    """Its front is there, but whatever sends files isn't: it passes the header on, say."""
    still_of(real)
    settings.MEDIA_ACCEL_PREFIX = "/kept/"
    assert "something else answers at dailies" in publishing.obstacle(real.account)


def test_an_address_that_leads_to_another_installation_is_said(real, outside, monkeypatch):
    ours = reachability.outbound.call

    def theirs(*asked, **how):
        with override_settings(SECRET_KEY="another"):
            return ours(*asked, **how)

    monkeypatch.setattr(reachability.outbound, "call", theirs)
    with pytest.raises(Refused, match=r"dailies.example.com answers 404"):
        real.order("Slow push in", start=Frame(still=still_of(real)))
    assert not Generation.objects.exists()


@pytest.mark.parametrize("gone", [0, 1])
def test_a_picture_whose_file_is_gone_says_nothing_of_the_address(real, outside, gone):
    kept = [still_of(real), still_of(real)]
    for still in kept[gone:]:
        still.file.unlink()
    assert publishing.obstacle(real.account) == ""
    assert ("healthz" in outside[0]) == (gone == 0)


@pytest.mark.parametrize(
    "address",
    ["http://minio:9000", "http://10.0.0.7:9000", "https://s3.local", "https://[fd00::1]"],
)
def test_a_bucket_inside_is_no_address_for_luma(real, settings, address):
    settings.STILLS_BUCKET, settings.STILLS_ENDPOINT_URL = "stills", address
    with pytest.raises(Refused, match=r"of this network only. Correct STILLS_ENDPOINT_URL"):
        real.order("Slow push in", start=Frame(still=still_of(real)))


def test_what_is_put_in_the_bucket_is_fetched_before_anything_is_sent(real, s3, settings):
    assert publishing.obstacle(real.account) == ""
    (name,) = s3.objects
    assert name.endswith("/sample.txt")
    cache.clear()
    settings.STILLS_REGION = "elsewhere"  # it takes what is put, and refuses what is signed so
    assert "127.0.0.1 answers 403" in publishing.obstacle(real.account)


@pytest.mark.parametrize(
    "address", ["https://192.168.1.4", "https://127.0.0.1", "https://studio.local", "https://[::1]"]
)
def test_an_address_inside_is_no_address_for_luma(real, settings, address):
    settings.PUBLIC_URL = address
    assert "of this network only" in publishing.obstacle(real.account)


def test_a_take_whose_picture_is_gone_is_refused_unsent(real, s3):
    still = still_of(real)
    take = real.order("Slow push in", start=Frame(still=still))
    still.file.unlink()
    submitting.submit_due(real.account.pk)
    take.refresh_from_db()
    assert (take.state, take.reason) == ("failed", "frames")
    assert "isn't on this server any more" in take.words
    assert take.attempt().sent_at is None
    assert real.books()["generations"] == []


def test_what_goes_wrong_before_the_post_is_no_lost_answer(studio, monkeypatch, caplog):
    def wrong(*_):
        raise ZeroDivisionError

    take = studio.order()
    with monkeypatch.context() as patched:
        patched.setattr(submitting, "request_of", wrong)
        submitting.submit_due(studio.account.pk)
    take.refresh_from_db()
    assert (take.state, take.next_at > timezone.now()) == ("waiting", True)
    assert "before it was sent" in take.words
    assert "ZeroDivisionError" in caplog.text

    Generation.objects.update(next_at=timezone.now())
    studio.work(take, until="completed")
    assert len(studio.paid()) == 1


def test_a_bucket_that_stays_away_is_asked_ever_more_rarely(real, s3, monkeypatch):
    monkeypatch.setattr(submitting, "_AWAY_AT_MOST_S", 70.0)
    take = real.order("Slow push in", start=Frame(still=still_of(real)))
    s3.fails_with = 403
    pauses_s = []
    for _ in range(4):
        Generation.objects.update(next_at=timezone.now())
        submitting.submit_due(real.account.pk)
        take.refresh_from_db()
        pauses_s.append(round((take.next_at - timezone.now()).total_seconds(), -1))
    assert pauses_s == [30, 60, 70, 70]
