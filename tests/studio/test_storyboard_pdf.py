"""The storyboard on paper: who gets it, and what stands in it."""

from io import BytesIO

import numpy as np
import pytest
from django.urls import reverse
from PIL import Image

from generations.models import State
from studio.models import AuditEntry, Shot, ShotTake, Storyboard
from studio.storyboarding import printing
from tests.factories import take

MOVES = ["push_in", "pan_left"]


@pytest.fixture
def board(project, artist):
    """Seven shots: the first is made, the second continues from it, the last is a blank one."""
    board = Storyboard.begun(project)
    shots = [Shot(words=f"Dunes, part {at}", continues=at == 2) for at in range(1, 7)]
    board.add(artist, [*shots, Shot()])
    first, second = board.shots.kept()[:2]
    Shot.objects.filter(pk=second.pk).update(concepts=MOVES, duration_s=9)
    made = take(project, State.COMPLETED, author=artist)
    ShotTake.objects.create(shot=first, generation=made, asked=first.asked)
    return board


def fetch(client, project):
    return client.get(reverse("storyboard_pdf", args=[project.slug]))


def pictures_in(pdf):
    """The pages, which are pictures."""
    parts = pdf.split(b"\xff\xd8\xff")[1:]
    return [Image.open(BytesIO(b"\xff\xd8\xff" + part), formats=["JPEG"]) for part in parts]


def test_everybody_in_the_team_gets_it_from_the_page_and_a_stranger_doesnt(
    client, viewer, stranger, project, board
):
    address = reverse("storyboard_pdf", args=[project.slug])
    for person in (client, viewer):
        page = person.get(reverse("storyboard", args=[project.slug])).content.decode()
        assert f'href="{address}"' in page
        answer = fetch(person, project)
        assert answer["Content-Type"] == "application/pdf"
        assert f'"{project.slug}-storyboard.pdf"' in answer["Content-Disposition"]
        assert answer.content.startswith(b"%PDF")
        assert answer.content.rpartition(b"/Count ")[2].startswith(b"2")
    assert fetch(stranger, project).status_code == 404
    noted = AuditEntry.objects.filter(kind=AuditEntry.Kind.EXPORT)
    assert [each.words for each in noted] == [f"Downloaded the storyboard of {project}"] * 2


def test_a_shot_has_the_picture_of_its_take_or_a_slate(client, project, board):
    first, second = pictures_in(fetch(client, project).content)
    made, missing = (
        np.asarray(first.crop((90 + at * 532, 150, 598 + at * 532, 435))) for at in (0, 1)
    )
    assert np.median(missing) < 8 < missing.max()  # its state in white on black
    assert np.median(made) > 30
    assert np.asarray(second.crop((90, 150, 598, 435))).max() > 200


def test_number_length_continuity_camera_and_words_are_told(
    client, project, artist, board, monkeypatch
):
    told = []
    monkeypatch.setattr(printing, "write_pages", lambda shown, title, to: told.extend(shown))
    monkeypatch.setattr("pathlib.Path.read_bytes", lambda self: b"")
    fetch(client, project)
    assert [(it.number, it.place, it.facts, it.words) for it in told[:3]] == [
        (1, "5 s", "", "Dunes, part 1"),
        (2, "9 s, continues from shot 1", "Camera: push in, pan left", "Dunes, part 2"),
        (3, "5 s, cut", "", "Dunes, part 3"),
    ]
    assert told[-1].words == "Not written yet"


def test_a_take_whose_picture_is_gone_has_a_slate(client, project, board):
    for poster in ShotTake.objects.get().generation.assets.filter(kind="poster"):
        poster.file.unlink()
    page = pictures_in(fetch(client, project).content)[0]
    assert np.median(np.asarray(page.crop((90, 150, 598, 435)))) < 8


def test_nothing_planned_is_said(client, project):
    answer = client.get(reverse("storyboard_pdf", args=[project.slug]), follow=True)
    assert "No shot is planned yet." in answer.content.decode()


def test_it_costs_the_same_with_many_shots(
    client, project, artist, board, django_assert_max_num_queries
):
    fetch(client, project)
    board.add(artist, [Shot(words="More dunes") for _ in range(20)])
    with django_assert_max_num_queries(15):
        fetch(client, project)
