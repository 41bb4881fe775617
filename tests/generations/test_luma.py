"""Luma's client: every request of the sheet's §3 and §4, and every way to fail."""

import json
from collections.abc import Iterator
from decimal import Decimal
from http.server import BaseHTTPRequestHandler
from itertools import product

import pytest

from generations.canvas import RATIOS
from generations.catalogue import catalogue
from generations.providers.base import (
    Blame,
    Busy,
    Charged,
    ContentRefused,
    GenerationFrame,
    ImageFrame,
    KeyRefused,
    LostAnswer,
    NotFound,
    OutOfCredits,
    Progress,
    ProviderError,
    Refused,
    Unavailable,
    Unreachable,
    VideoRequest,
    all_pages,
)
from generations.providers.luma import Luma, blame
from generations.simulator.testing import KEY, running
from tests.loopback import Loopback, Quiet

REQUEST = VideoRequest("ray-2", "A lighthouse in a storm at night", "16:9", "540p", 5)


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    """A simulator with one finished clip, and a picture that it can fetch."""
    from tests.simulator.peers import somewhere_else

    directory = tmp_path_factory.mktemp("stage")
    with somewhere_else() as outside, running(directory, renderers=1) as simulator:
        yield simulator, outside.picture()


@pytest.fixture
def luma(stage) -> Luma:
    return Luma(KEY, stage[0].url)


@pytest.fixture
def clip(stage, luma) -> str:
    made = luma.create(REQUEST)
    assert stage[0].wait_for_end(made.provider_id) == "completed"
    return made.provider_id


def test_every_kind_of_frame_is_understood_as_it_was_meant(stage, luma, clip):
    image, generation = ImageFrame(stage[1]), GenerationFrame(clip)
    for start, end in product((None, image, generation), repeat=2):
        request = VideoRequest(
            "ray-2", "A lighthouse in a storm at night", "16:9", "540p", 5, start=start, end=end
        )
        made = luma.create(request)
        assert made.progress in (Progress.QUEUED, Progress.DREAMING)
        assert luma.get(made.provider_id).echo == request


@pytest.mark.parametrize("ratio", RATIOS)
@pytest.mark.parametrize("model", ["ray-2", "ray-flash-2"])
def test_every_ratio_resolution_and_duration_is_taken(luma, model, ratio):
    for resolution, duration_s in product(("540p", "720p", "1080p", "4k"), (5, 9)):
        request = VideoRequest(model, "Dunes", ratio, resolution, duration_s)
        made = luma.create(request)
        assert made.echo == request
        luma.delete(made.provider_id)


def test_loop_concepts_and_callback_are_sent(luma):
    request = VideoRequest(
        *("ray-2", "Dunes", "16:9", "540p", 5),
        loop=True,
        concepts=catalogue().concepts[:3],
        callback_url="http://127.0.0.1:9/callbacks/luma/x/",
    )
    assert luma.create(request).echo == request


def test_the_catalogues_concepts_are_the_providers(luma):
    assert set(luma.concepts()) == set(catalogue().concepts)


def test_credits_are_cents_there_and_dollars_here(luma):
    before = luma.credits_usd()
    assert before <= Decimal(10_000)
    luma.create(REQUEST)
    assert before - luma.credits_usd() == pytest.approx(Decimal("0.398"), abs=Decimal("0.002"))
    luma.ping()


def test_every_page_is_read(stage, luma):
    made = {luma.create(REQUEST).provider_id for _ in range(7)}
    listed = {s.provider_id for page in all_pages(luma, limit=10) for s in page.snapshots}
    assert made <= listed


def test_what_is_deleted_is_not_found(luma):
    made = luma.create(REQUEST)
    luma.delete(made.provider_id)
    with pytest.raises(NotFound):
        luma.get(made.provider_id)
    with pytest.raises(NotFound):
        luma.get("../../credits")


class Peer:
    """A server that answers as it is told, and counts."""

    def __init__(self) -> None:
        self.status, self.headers, self.body, self.calls = 200, {}, b"{}", []


@pytest.fixture
def peer() -> Iterator[Peer]:
    told = Peer()

    class Handler(Quiet, BaseHTTPRequestHandler):
        def answer(self):
            told.calls.append((self.command, self.path, self.headers))
            if told.status == 0:  # hang up without a word
                self.connection.close()
                return
            self.send_response(told.status)
            for name, value in told.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(told.body)))
            self.end_headers()
            self.wfile.write(told.body)

        do_GET = do_POST = do_DELETE = answer  # noqa: N815

    with Loopback(Handler) as server:
        told.luma = Luma("luma-secret", server.address)
        yield told


def detail(text):
    return json.dumps({"detail": text}).encode()


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, detail("400: Prompt is required"), Refused),
        (400, detail("400: prompt not allowed because advanced moderation failed"), ContentRefused),
        (400, detail("prompt not allowed because it contains IP"), ContentRefused),
        (400, detail("400: insufficient credits"), OutOfCredits),
        (401, detail("Invalid API key is provided"), KeyRefused),
        (403, detail("Invalid API key is provided"), KeyRefused),
        (402, b"", OutOfCredits),
        (422, json.dumps({"detail": [{"msg": "field required"}]}).encode(), Refused),
        (429, b"nonsense", Busy),
        (404, detail("Not found"), Refused),
        (302, b"", Refused),
        (303, b"", LostAnswer),  # what was asked for is done, and is seen elsewhere
        (408, b"", LostAnswer),
        (409, detail("409: already exists"), LostAnswer),  # perhaps this very one
        (500, b"", LostAnswer),
        (502, b"<html>", LostAnswer),
        (504, b"", LostAnswer),
        (201, b"{not json", LostAnswer),
        (201, b"[]", LostAnswer),
        (201, b'{"id": null}', LostAnswer),
        (0, b"", LostAnswer),
    ],
)
def test_a_create_that_fails_says_what_happened_to_the_money(peer, status, body, error):
    peer.status, peer.body = status, body
    with pytest.raises(ProviderError) as caught:
        peer.luma.create(REQUEST)
    assert type(caught.value) is error
    assert caught.value.words("Luma").endswith(".")
    assert "luma-secret" not in str(caught.value) + caught.value.words("Luma")
    assert len(peer.calls) == 1  # never retried
    lost = error is LostAnswer
    assert (caught.value.charged is Charged.MAYBE) is lost
    assert lost or "Nothing was" in caught.value.words("Luma")


def test_what_moderation_said_is_kept_as_luma_said_it(peer):
    peer.status = 400
    peer.body = detail("400: prompt not allowed because it contains blacklisted word gore")
    with pytest.raises(ContentRefused) as caught:
        peer.luma.create(REQUEST)
    assert caught.value.words("Luma") == (
        "Luma's moderation refused this prompt. In Luma's words: “prompt not allowed because it "
        "contains blacklisted word gore”. Nothing was charged."
    )
    peer.body = detail("Frame moderation failed")
    with pytest.raises(ContentRefused, match="Frame moderation") as caught:
        peer.luma.create(REQUEST)
    assert caught.value.words("Luma").startswith("Luma's moderation refused a frame.")


def test_nobody_there_means_that_nothing_was_sent():
    with pytest.raises(Unreachable, match="Connect") as caught:
        Luma("luma-secret", "http://127.0.0.1:9").create(REQUEST)
    assert caught.value.retryable
    assert caught.value.charged is Charged.NO


@pytest.mark.parametrize("nowhere", ["http:x", "mailto:x", "http://xn--/", "//[", ""])
def test_a_create_that_is_sent_on_to_what_is_no_address_is_never_sent_again(peer, nowhere):
    peer.status, peer.headers = 303, {"Location": nowhere}
    with pytest.raises(ProviderError) as caught:
        peer.luma.create(REQUEST)
    assert len(peer.calls) == 1
    assert not caught.value.retryable  # it did arrive, whatever became of it


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 200_000,
        b'{"id": "' + b"a" * 81 + b'"}',
        b'{"id": "\\u0000"}',
        b'{"id": "\\ud800"}',
    ],
)
def test_a_create_whose_answer_makes_no_sense_is_a_lost_one(peer, body):
    peer.status, peer.body = 201, body
    with pytest.raises(LostAnswer):
        peer.luma.create(REQUEST)


JOB = "3fa85f64-5717-4562-b3fc-2c963f66afa6"


@pytest.mark.parametrize(
    "odd",
    [
        {"generation_type": "reframe_video", "x_start": float("inf")},
        {"generation_type": "image", "image_ref": [{"url": "https://x", "weight": 10**400}]},
        {"duration": "²s"},
        {"aspect_ratio": "\x00", "prompt": "\ud800"},
    ],
)
def test_a_job_with_an_odd_echo_hides_no_other(peer, odd):
    jobs = [{"id": JOB, "state": "completed", "request": odd}, {"id": JOB[:-1] + "7"}]
    peer.body = json.dumps({"generations": jobs}).encode()
    page = peer.luma.list()
    assert JOB[:-1] + "7" in {job.provider_id for job in page.snapshots}
    assert len(page.snapshots) + page.unreadable == 2


def test_what_no_database_keeps_is_taken_out_of_a_jobs_words(peer):
    failure = "job \x00failed \ud800 really"
    url = "https://cdn.example/\x00a\ud800.mp4"
    job = {"id": JOB, "state": "failed", "failure_reason": failure, "assets": {"video": url}}
    peer.body = json.dumps(job).encode()
    snapshot = peer.luma.get(JOB)
    assert snapshot.failure == "job failed ? really"
    assert snapshot.video_url == "https://cdn.example/a?.mp4"
    peer.status, peer.body = 400, detail("no \x00 good \ud800")
    with pytest.raises(Refused) as caught:
        peer.luma.create(REQUEST)
    assert "no  good ?" in caught.value.words("Luma")


@pytest.mark.parametrize("after", ["Fri, 31 Dec 9999 23:59:59 -2359", "1e999", "soon", "-5"])
def test_a_time_to_wait_that_is_none_is_none(peer, after):
    peer.status, peer.headers = 429, {"Retry-After": after}
    with pytest.raises(Busy) as caught:
        peer.luma.create(REQUEST)
    assert not caught.value.retry_after_s


@pytest.mark.parametrize("call", ["list", "credits_usd", "concepts"])
def test_an_answer_without_an_end_is_none(peer, call):
    peer.body = b"[" * 200_000
    with pytest.raises(Unavailable):
        getattr(peer.luma, call)()


@pytest.mark.parametrize(
    "balance",
    ["NaN", "Infinity", "1e30", "[]", '"x"', "null", '"1E+99999999"', "9999999999.9999"],
)
def test_a_balance_that_is_none_counts_as_no_answer(peer, balance):
    peer.body = f'{{"credit_balance": {balance}}}'.encode()
    with pytest.raises(Unavailable):
        peer.luma.credits_usd()


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("soon", None),
        ("99999", 3600.0),
        ("nan", None),
        ("inf", None),
        ("-3", 0.0),
        ("Fri, 31 Dec 1999 23:59:59 GMT", 0.0),
        ("Fri, 31 Dec 2100 23:59:59 GMT", 3600.0),
    ],
)
def test_retry_after_is_understood(peer, header, seconds):
    peer.status, peer.headers = 429, {"Retry-After": header}
    with pytest.raises(Busy) as caught:
        peer.luma.create(REQUEST)
    assert caught.value.retry_after_s == seconds


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (500, b"", Unavailable),
        (200, b"{", Unavailable),
        (200, b"[]", Unavailable),
        (200, b"{}", Unavailable),
        (404, b"", NotFound),
        (429, b"", Busy),
        (401, b"", KeyRefused),
        (0, b"", Unavailable),
    ],
)
def test_a_question_that_fails_may_be_asked_again(peer, status, body, error):
    peer.status, peer.body = status, body
    with pytest.raises(error):
        peer.luma.get("3fa85f64-5717-4562-b3fc-2c963f66afa6")


def test_a_job_is_read_whatever_is_null_or_unknown(peer):
    peer.body = json.dumps(
        {
            "id": "x",
            "version": "v1.6",
            "state": "pondering",
            "failure_reason": None,
            "assets": [],
            "request": None,
            "created_at": None,
            "news": 1,
        }
    ).encode()
    snapshot = peer.luma.get("3fa85f64-5717-4562-b3fc-2c963f66afa6")
    assert snapshot.progress is Progress.UNKNOWN
    assert (snapshot.video_url, snapshot.failure, snapshot.echo) == ("", "", None)


def test_one_bad_job_does_not_spoil_a_list(peer):
    peer.body = b'{"generations": [null, {"id": 7}, {"id": "a", "state": "queued"}]}'
    page = peer.luma.list()
    assert [snapshot.provider_id for snapshot in page.snapshots] == ["a"]
    assert not page.has_more


@pytest.mark.parametrize(
    ("reason", "whose"),
    [
        ("Contains blacklisted words", Blame.CONTENT),
        ("Frame moderation failed", Blame.FRAME_CONTENT),
        ("it contains blacklisted word frame", Blame.CONTENT),
        ("Advanced prompt moderation failed", Blame.CONTENT),
        ("400: prompt not allowed because it contains IP", Blame.CONTENT),
        ("Failed to read user input frames", Blame.FRAMES),
        ("Prompt processing failed", Blame.PROVIDER),
        ("Error dispatching job", Blame.PROVIDER),
        ("Job failed", Blame.PROVIDER),
        ("Error processing callback", Blame.PROVIDER),
        ("", Blame.PROVIDER),
    ],
)
def test_failure_reasons_are_sorted(reason, whose):
    assert blame(reason) is whose
