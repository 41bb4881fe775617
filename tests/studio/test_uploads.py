"""Uploads cost no more than it takes to refuse them."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.test import Client
from django.urls import reverse

from generations.models import Generation
from generations.stills import MAX_BYTES, TOO_LARGE
from studio.uploads import MAX_BODY_BYTES


class Unread(BytesIO):
    def read(self, *args):
        raise AssertionError("it was read")


@pytest.fixture
def on_disk(monkeypatch):
    """The bytes that were written to disk."""
    written = []
    real = TemporaryFileUploadHandler.receive_data_chunk

    def write(handler, raw, start):
        written.append(len(raw))
        return real(handler, raw, start)

    monkeypatch.setattr(TemporaryFileUploadHandler, "receive_data_chunk", write)
    return written


def test_no_more_of_a_strangers_file_is_kept_than_shows_that_it_is_too_large(project, on_disk):
    stranger = Client(enforce_csrf_checks=True)
    stranger.get(reverse("account_login"))  # the form is read by whoever has the cookie
    upload = SimpleUploadedFile("a.png", bytes(MAX_BYTES * 2))
    answer = stranger.post(reverse("generate", args=[project.slug]), {"start": upload})
    assert answer.status_code == 403
    assert MAX_BYTES < sum(on_disk) <= MAX_BYTES + TemporaryFileUploadHandler.chunk_size


def test_each_of_two_frames_is_told_that_it_is_too_large(client, project):
    asked = {"words": "A lighthouse in a storm at night", "model": "ray-2", "duration_s": "5"}
    asked |= {"ratio": "16:9", "resolution": "720p"}
    large = {name: SimpleUploadedFile(name, bytes(MAX_BYTES + 1)) for name in ("start", "end")}
    page = client.post(reverse("generate", args=[project.slug]), asked | large).content.decode()
    assert page.count(f'role="alert" id="start-error">{TOO_LARGE}') == 1
    assert page.count(f'role="alert" id="end-error">{TOO_LARGE}') == 1
    assert "A lighthouse in a storm at night" in page
    assert not Generation.objects.exists()


@pytest.mark.parametrize("length", [MAX_BODY_BYTES + 1, 10**30])
def test_a_large_body_is_refused_in_words_without_reading_it(db, length):
    body = {"wsgi.input": Unread(), "CONTENT_LENGTH": str(length)}
    answer = Client(enforce_csrf_checks=True).generic("POST", reverse("account_login"), **body)
    assert answer.status_code == 413
    assert "A picture may have 20 MB" in answer.content.decode()


@pytest.mark.parametrize("length", ["", "-1", "many"])
def test_a_length_that_is_none_is_no_reason_to_fail(db, length):
    answer = Client().generic("POST", reverse("account_login"), CONTENT_LENGTH=length)
    assert answer.status_code == 200
