"""Changing what waits: its words and settings, and back to where one came from."""

import pytest
from django.urls import reverse
from django.utils import timezone

from generations.models import Generation
from studio.models import Role
from tests.factories import member, still, take

HTMX = {"HX-Request": "true"}


@pytest.fixture
def producer(project, sign_in):
    return sign_in(member(project, Role.PRODUCER))


def posted(project, waiting, **changes):
    prompt = waiting.prompt
    names = ("words", "model", "ratio", "resolution", "duration_s")
    asked = {name: getattr(prompt, name) for name in names} | {"concepts": "", "shown_usd": "100"}
    return asked | {"editing": str(waiting.uuid)} | changes


def test_edit_fills_the_composer_with_what_waits(client, project, artist):
    frame = still(project)
    waiting = take(project, author=artist, words="Rain over the harbour", start=frame)
    page = client.get(reverse("edit", args=[waiting.uuid])).content.decode()
    assert "Changing take 1, which keeps its place in line" in page
    assert "Rain over the harbour</textarea>" in page
    assert f'action="{reverse("edit", args=[waiting.uuid])}"' in page
    assert str(frame.uuid) in page
    assert ">Save<" in page


def test_saving_changes_the_take_and_clears_the_composer(client, project, artist):
    waiting = take(project, author=artist)
    url = reverse("edit", args=[waiting.uuid])
    answer = client.post(url, posted(project, waiting, words="Calm seas"), headers=HTMX)
    page = answer.content.decode()
    assert f'id="take-{waiting.uuid}"' in page
    assert "Calm seas" in page
    assert "Changing take" not in page
    assert Generation.objects.get(pk=waiting.pk).prompt.words == "Calm seas"
    plain = client.post(url, posted(project, waiting, words="Calmer seas"))
    assert plain.url == reverse("board", args=[project.slug])


def test_a_refused_edit_keeps_what_was_typed(client, project, artist):
    waiting = take(project, author=artist)
    url = reverse("edit", args=[waiting.uuid])
    page = client.post(url, posted(project, waiting, words="ab"), headers=HTMX).content.decode()
    assert "at least 3 characters" in page
    assert ">ab</textarea>" in page
    assert "Changing take 1" in page


def test_an_edit_of_what_was_sent_meanwhile_stays_in_the_composer(client, project, artist):
    waiting = take(project, author=artist)
    assert Generation.objects.get(pk=waiting.pk).begin(timezone.now())
    url = reverse("edit", args=[waiting.uuid])
    page = client.post(url, posted(project, waiting, words="Calm seas"), headers=HTMX)
    text = page.content.decode()
    assert "was sent or changed meanwhile" in text
    assert ">Calm seas</textarea>" in text
    assert f'action="{reverse("generate", args=[project.slug])}"' in text
    assert "can&#x27;t be changed any more" in client.get(url).content.decode()


def test_only_its_author_or_a_producer_edits_it(client, producer, project):
    theirs = take(project)
    url = reverse("edit", args=[theirs.uuid])
    assert client.get(url).status_code == 403
    assert client.post(url, posted(project, theirs)).status_code == 403
    assert producer.get(url).status_code == 200


def test_a_price_asked_while_editing_leaves_the_verb_alone(client, project, artist):
    waiting = take(project, author=artist)
    url = reverse("quote", args=[project.slug])
    assert "generate-verb" not in client.get(url, posted(project, waiting)).content.decode()
    assert "generate-verb" in client.get(url, posted(project, waiting, editing="")).content.decode()


def test_an_edit_leads_back_to_where_it_began(client, project, artist):
    waiting = take(project, author=artist)
    url = reverse("edit", args=[waiting.uuid])
    own = reverse("generation", args=[waiting.uuid])
    queue = f"{reverse('queue')}?team={project.team.uuid}"
    for back, target in (("queue", queue), ("take", own)):
        page = client.get(url, {"back": back}).content.decode()
        assert f'<a href="{target}" data-leave>Leave it as it is</a>' in page
        assert f'name="back" value="{back}"' in page
        plain = client.post(url, posted(project, waiting, words=f"To the {back}", back=back))
        assert plain.url == target
        sent = posted(project, waiting, words=f"Again to the {back}", back=back)
        assert client.post(url, sent, headers=HTMX)["HX-Redirect"] == target
    page = client.get(url, {"back": "https://elsewhere.example/"}).content.decode()
    assert (
        f'<a href="{reverse("board", args=[project.slug])}" data-leave>Leave it as it is</a>'
        in page
    )
