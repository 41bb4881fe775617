"""Collections: takes of any project in an order of the team's own."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from generations import discarding
from generations.models import Generation, State
from generations.refusal import Refused
from studio.models import AuditEntry, Collected, Collection, Project, Role
from studio.models import collection as limits
from tests.factories import MembershipFactory, ProjectFactory, drawn, member, take, version

HTMX = {"HX-Request": "true"}


@pytest.fixture
def other(project):
    return ProjectFactory(team=project.team, name="Launch film", slug="launch-film")


@pytest.fixture
def takes(project, other, artist):
    return [
        take(each, State.COMPLETED, author=artist, words=f"Shot {place}")
        for place, each in enumerate((project, other, project))
    ]


@pytest.fixture
def reel(project, artist, takes):
    """The three takes in one collection."""
    made = Collection.begin(project.team, artist, "Best of autumn")
    made.add(takes, artist)
    return made


def address(collection, name="collection"):
    return reverse(name, args=[collection.uuid])


def act(client, collection, name, it, htmx=False, **said):
    headers = HTMX if htmx else {}
    return client.post(address(collection, name), {"take": str(it.uuid), **said}, headers=headers)


def order(client, collection):
    """Return the takes that a person sees, in their order."""
    cards = client.get(address(collection)).context["curated"].cards
    return [card.generation for card in cards]


def collect(client, takes, *, slug="", **said):
    path = reverse("collect_chosen", args=[slug] if slug else [])
    named = {"take": [str(each.uuid) for each in takes], **said}
    return client.post(path, named, follow=True)


# --- making, naming and deleting ------------------------------------------------------------------


def test_one_is_begun_renamed_and_described(client, project):
    page = client.post(reverse("begin_collection"), {"name": " Best  of autumn "}, follow=True)
    made = Collection.objects.get(team=project.team)
    assert page.redirect_chain[-1][0] == address(made)
    assert made.name == "Best of autumn"
    assert "Nothing is in it yet" in page.content.decode()
    said = {"name": "Best of winter", "words": "For the client on Friday"}
    page = client.post(address(made, "write_collection"), said, follow=True).content.decode()
    assert "The collection is called “Best of winter”." in page
    assert "For the client on Friday" in page
    shelf = client.get(reverse("collections")).content.decode()
    assert "Best of winter" in shelf
    assert "0 takes" in shelf


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"name": "  "}, "Give the collection a name."),
        ({"name": "a\0"}, None),
        ({"name": "best OF autumn"}, "Your team has a collection of that name."),
        ({"name": "n" * 61}, "A name has at most 60 characters."),
        ({"name": "Other", "words": "w" * 501}, "A description has at most 500 characters."),
    ],
)
def test_a_bad_name_is_refused_in_words_beside_what_was_typed(client, project, reel, said, words):
    before = Collection.objects.count()
    page = client.post(reverse("begin_collection"), said)
    if words is None:
        assert page.status_code == 302
        return
    assert words in page.content.decode()
    assert Collection.objects.count() == before
    made = Collection.begin(project.team, member(project), "Second")
    page = client.post(address(made, "write_collection"), said).content.decode()
    assert words in page
    made.refresh_from_db()
    assert made.name == "Second"


def test_two_who_name_one_alike_at_once_get_words_and_not_an_error(project, artist, monkeypatch):
    Collection.begin(project.team, artist, "Reel")
    second = Collection(team=project.team)
    monkeypatch.setattr(type(Collection.objects.all()), "exists", lambda self: False)
    with pytest.raises(Refused, match="of that name"):
        second.write("reel", "")


def test_a_team_has_so_many_and_a_collection_holds_so_many(
    client, project, artist, reel, takes, monkeypatch
):
    monkeypatch.setattr(limits, "MOST", 1)
    page = client.post(reverse("begin_collection"), {"name": "Another"}).content.decode()
    assert "Delete one first." in page
    monkeypatch.setattr(limits, "MOST_TAKES", 3)
    fourth = take(project, State.COMPLETED, author=artist)
    page = collect(client, [fourth], to=str(reel.uuid)).content.decode()
    assert "A collection holds at most" in page
    assert order(client, reel) == takes


def test_deleting_one_is_asked_first_and_leaves_its_takes(client, reel, takes):
    assert "Its takes stay." in client.get(address(reel, "delete_collection")).content.decode()
    assert Collection.objects.exists()
    page = client.post(address(reel, "delete_collection"), follow=True).content.decode()
    assert "The collection “Best of autumn” is deleted." in page
    assert not Collection.objects.exists()
    assert AuditEntry.objects.filter(words__contains="the collection “Best of autumn”").exists()
    assert Generation.objects.count() == len(takes)


# --- putting in -----------------------------------------------------------------------------------


def test_chosen_takes_of_several_projects_are_put_in_a_new_one(client, takes, project):
    page = collect(client, reversed(takes)).content.decode()
    assert "Into which collection?" in page
    page = collect(client, reversed(takes), to="", name="Reel").content.decode()
    assert "Put 3 takes in “Reel”." in page
    made = Collection.objects.get()
    assert order(client, made) == takes, "the first made first"
    assert made.team == project.team


def test_a_board_and_a_takes_page_put_takes_in_one_that_is_there(client, project, reel, takes):
    fourth = drawn(project)
    page = client.get(reverse("generation", args=[fourth.uuid])).content.decode()
    assert f'action="{reverse("collect_chosen", args=[project.slug])}"' in page
    page = collect(client, [fourth], slug=project.slug).content.decode()
    assert "Best of autumn (3)" in page
    page = collect(client, [fourth, takes[0]], slug=project.slug, to=str(reel.uuid))
    assert "Put 1 take in “Best of autumn”." in page.content.decode()
    assert order(client, reel) == [*takes, fourth]
    again = collect(client, [fourth], slug=project.slug, to=str(reel.uuid)).content.decode()
    assert "That was in it already." in again
    assert "data-picture" in client.get(address(reel)).content.decode()


@pytest.mark.parametrize("to", ["", "nonsense", "00000000-0000-4000-8000-000000000000"])
def test_no_collection_at_all_is_asked_for_again(client, reel, takes, to):
    page = collect(client, takes, to=to).content.decode()
    assert "Choose a collection, or give a new one a name." in page
    assert Collected.objects.count() == 3


def test_what_has_no_file_isnt_collected_and_a_refusal_begins_none(client, project, artist, reel):
    waiting = take(project, author=artist)
    assert "has no file here" in collect(client, [waiting], name="New", to="").content.decode()
    made = take(project, State.COMPLETED, author=artist)
    page = collect(client, [made], name="Best of autumn", to="").content.decode()
    assert "of that name" in page
    assert Collection.objects.count() == 1


# --- the order ------------------------------------------------------------------------------------


def test_takes_go_up_down_and_to_a_place(client, reel, takes):
    first, second, third = takes
    act(client, reel, "collected_up", second)
    assert order(client, reel) == [second, first, third]
    act(client, reel, "collected_up", second)
    assert order(client, reel) == [second, first, third], "there is no further up"
    act(client, reel, "collected_down", second)
    act(client, reel, "collected_down", second)
    assert order(client, reel) == [first, third, second]
    act(client, reel, "collected_down", second)
    assert order(client, reel) == [first, third, second]
    act(client, reel, "move_collected", second, to="1")
    assert order(client, reel) == [second, first, third]
    act(client, reel, "move_collected", second, to="99999999999")
    assert order(client, reel) == [first, third, second]
    act(client, reel, "move_collected", third, to="nonsense")
    assert order(client, reel) == [third, first, second]


def test_the_order_is_among_what_is_seen(client, artist, reel, takes):
    first, second, third = takes
    discarding.discard([second], artist)
    assert order(client, reel) == [first, third]
    act(client, reel, "collected_up", third)
    assert order(client, reel) == [third, first]


def test_htmx_gets_the_list_and_the_count_alone(client, reel, takes):
    answer = act(client, reel, "collected_down", takes[0], htmx=True).content.decode()
    assert answer.lstrip().startswith('<ol class="dailies__list" id="collected"')
    assert 'id="collected-count" hx-swap-oob="true"' in answer
    assert "<main" not in answer


def test_what_others_make_of_it_comes_to_an_open_page(client, sign_in, project, reel, takes):
    other = sign_in(member(project, Role.ARTIST))

    def seen(page) -> str:
        return re.search(r'name="version" value="([^"]+)"', page.text)[1]

    def ask(version: str, **more):
        return other.get(address(reel, "collection_live"), {"version": version} | more)

    version = seen(other.get(address(reel)))
    assert ask(version).status_code == 204
    act(client, reel, "collected_up", takes[1])
    answer = ask(version)
    assert (
        'id="collected" aria-label="Takes of the collection" data-collected hx-swap-oob'
        in answer.text
    )
    places = [answer.text.index(f"collected-{it.uuid}") for it in takes]
    assert places[1] < places[0] < places[2]
    assert ask(seen(answer)).status_code == 204
    sent = {"name": "Best of all", "words": ""}
    client.post(address(reel, "write_collection"), sent)
    assert ask(seen(answer))["HX-Refresh"] == "true"
    version = seen(other.get(address(reel)))
    for each in takes:
        act(client, reel, "take_out_collected", each)
    assert ask(version)["HX-Refresh"] == "true"
    version = seen(other.get(address(reel)))
    assert "?empty" in other.get(address(reel)).text
    assert ask(version, empty="").status_code == 204
    collect(client, takes[:1], to=reel.uuid)
    assert ask(version, empty="")["HX-Refresh"] == "true"


def test_a_take_is_taken_out_and_put_back_where_it_was(client, reel, takes):
    answer = act(client, reel, "take_out_collected", takes[1], htmx=True).content.decode()
    assert "isn&#x27;t in “Best of autumn” any more." in answer
    assert order(client, reel) == [takes[0], takes[2]]
    undo = answer.split('id="notice-1" method="post" action="')[1].split('"')[0]
    undo = undo.replace("&amp;", "&")
    back = client.post(undo, headers=HTMX).content.decode()
    assert 'id="collected"' in back
    assert 'hx-swap-oob="true"' in back
    assert order(client, reel) == takes
    client.post(undo)
    assert order(client, reel) == takes, "it is there once"


def test_the_last_one_out_and_the_first_one_in_show_the_page_anew(client, project, artist, takes):
    made = Collection.begin(project.team, artist, "One")
    made.add(takes[:1], artist)
    gone = act(client, made, "take_out_collected", takes[0], htmx=True)
    assert gone["HX-Redirect"] == address(made)
    undo = f"{address(made, 'put_back_collected')}?take={takes[0].uuid}&place=0"
    assert client.post(undo, headers=HTMX)["HX-Redirect"] == address(made)
    assert order(client, made) == takes[:1]


def test_what_isnt_in_it_is_refused_in_words(client, project, artist, reel, takes):
    stray = take(project, State.COMPLETED, author=artist)
    for name in ("collected_up", "move_collected", "take_out_collected"):
        page = client.post(address(reel, name), {"take": str(stray.uuid)}, follow=True)
        assert "That take isn&#x27;t in the collection any more." in page.content.decode()
    assert order(client, reel) == takes
    undo = address(reel, "put_back_collected")
    client.post(f"{undo}?take=nonsense")
    assert client.post(f"{undo}?take={reel.uuid}").status_code == 404
    discarding.discard([stray], artist)
    page = client.post(f"{undo}?take={stray.uuid}&place=0", follow=True).content.decode()
    assert "can&#x27;t be put back" in page
    upscaled = version(takes[0])
    client.post(f"{undo}?take={upscaled.uuid}&place=0")
    assert order(client, reel) == takes


# --- what is seen, and by whom --------------------------------------------------------------------


def test_what_is_in_the_trash_is_neither_shown_nor_counted(client, artist, reel, takes):
    discarding.discard(takes[:1], artist)
    page = client.get(address(reel)).content.decode()
    assert str(takes[0].uuid) not in page
    assert "2 takes" in page
    shelf = client.get(reverse("collections")).content.decode()
    assert "2 takes" in shelf
    assert f"/media/{takes[1].uuid}/poster" in shelf


def test_what_is_of_a_project_private_to_others_is_neither_shown_nor_counted(
    client, viewer, other, artist, reel, takes
):
    Project.objects.filter(pk=other.pk).update(is_private=True)
    other.private_to.add(artist)
    assert order(client, reel) == takes
    assert order(viewer, reel) == [takes[0], takes[2]]
    assert "Launch film" not in viewer.get(address(reel)).content.decode()
    assert "2 takes" in viewer.get(reverse("collections")).content.decode()


def test_a_viewer_looks_and_an_artist_changes(viewer, sign_in, project, reel, takes):
    page = viewer.get(address(reel)).content.decode()
    assert "Shot 1" in page
    assert "take-out" not in page
    assert "delete/" not in page
    assert "New collection" not in viewer.get(reverse("collections")).content.decode()
    reviewer = sign_in(member(project, Role.REVIEWER))
    for client in (viewer, reviewer):
        assert client.post(reverse("begin_collection"), {"name": "Mine"}).status_code == 403
        assert collect(client, takes, to=str(reel.uuid)).status_code == 403
        assert client.get(address(reel, "delete_collection")).status_code == 403
        for name in ("collected_up", "collected_down", "move_collected", "take_out_collected"):
            assert act(client, reel, name, takes[0]).status_code == 403
        for name in ("write_collection", "put_back_collected", "delete_collection"):
            assert client.post(address(reel, name), {"name": "Mine"}).status_code == 403
    assert order(viewer, reel) == takes


def test_a_stranger_finds_none_and_puts_nothing_of_ones_own_in(stranger, client, reel, takes):
    assert stranger.get(address(reel)).status_code == 404
    assert "Best of autumn" not in stranger.get(reverse("collections")).content.decode()
    theirs = stranger.get(reverse("collections")).context["team"]
    mine = take(ProjectFactory(team=theirs), State.COMPLETED)
    page = collect(stranger, [mine], to=str(reel.uuid)).content.decode()
    assert "Choose a collection" in page
    undo = f"{address(reel, 'put_back_collected')}?take={mine.uuid}&place=0"
    assert client.post(undo).status_code == 404
    assert order(client, reel) == takes


def test_a_person_of_two_teams_puts_no_take_of_one_in_the_other(client, artist, reel, takes):
    there = take(ProjectFactory(), State.COMPLETED)
    MembershipFactory(user=artist, team=there.project.team)
    undo = f"{address(reel, 'put_back_collected')}?take={there.uuid}&place=0"
    page = client.post(undo, follow=True).content.decode()
    assert "can&#x27;t be put back" in page
    assert order(client, reel) == takes


def test_a_take_of_two_collections_has_its_own_place_in_each(client, project, artist, reel, takes):
    second = Collection.begin(project.team, artist, "Second")
    second.add(takes[::-1], artist)
    assert order(client, second) == takes[::-1]
    assert order(client, reel) == takes


def test_its_page_costs_the_same_however_many_are_in_it(client, project, artist, reel):
    client.get(address(reel))
    with CaptureQueriesContext(connection) as few:
        client.get(address(reel))
    reel.add([take(project, State.COMPLETED, author=artist) for _ in range(4)], artist)
    with CaptureQueriesContext(connection) as many:
        client.get(address(reel))
    assert len(many) == len(few)
