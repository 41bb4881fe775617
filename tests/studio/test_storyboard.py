"""The storyboard's page: shots are written, put in order, taken out and brought back."""

import re
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from generations.models import Account
from studio.models import Role, Shot, Storyboard
from tests.factories import AccountFactory, member

HTMX = {"HX-Request": "true"}


def url(project, name="storyboard"):
    return reverse(name, args=[project.slug])


def planned(project, *words, continues=True):
    """Return a storyboard with a shot of each words."""
    board = Storyboard.begun(project)
    board.add(None, [Shot(words=each, continues=continues) for each in words])
    return board


def written(project):
    return [shot.words for shot in Storyboard.of(project).shots.kept()]


def shot_of(project, number):
    return Storyboard.of(project).shots.kept()[number - 1]


def act(client, shot, verb, **sent):
    return client.post(reverse(verb, args=[shot.uuid]), sent)


def write(client, shot, **sent):
    typed = {"words": shot.words, "duration_s": 5, "count": 1, "version": shot.version} | sent
    return client.post(reverse("write_shot", args=[shot.uuid]), typed, headers=HTMX)


def test_looking_at_a_storyboard_keeps_nothing(client, project):
    page = client.get(url(project)).content.decode()
    assert "Write the first shot" in page
    assert not Storyboard.objects.exists()


def test_the_first_words_make_the_first_shot(client, project, artist):
    answer = client.post(url(project, "add_shot"), {"words": "A rocket on its pad"})
    shot = shot_of(project, 1)
    assert answer["Location"].endswith(f"#shot-{shot.uuid}")
    assert (shot.words, shot.changed_by) == ("A rocket on its pad", artist)
    assert "A rocket on its pad" in client.get(url(project)).content.decode()


def test_shots_are_written_where_they_stand(client, project):
    planned(project, "Dunes", "Sea")
    shot = shot_of(project, 2)
    write(client, shot, words="The sea at night", duration_s=9, concepts=["pan_left"], count=2)
    shot = shot_of(project, 2)
    kept = (shot.words, shot.duration_s, shot.concepts, shot.count)
    assert kept == ("The sea at night", 9, ["pan_left"], 2)


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"words": "ab"}, "Write at least 3 characters"),
        ({"words": "x" * 5001}, "Shorten by 1."),
        ({"duration_s": "long"}, "Choose how long the shot should be."),
        ({"duration_s": "999"}, "Choose one of: 5 s, 9 s."),
        ({"concepts": "somersault"}, "Choose a camera move from the list, or none."),
        ({"count": "9"}, "Make one to 4 takes of a shot."),
        ({"words": "Dunes\0"}, "invisible null character"),
    ],
)
def test_bad_input_is_told_at_its_shot_and_not_kept(client, project, sent, says):
    planned(project, "Dunes")
    page = write(client, shot_of(project, 1), **sent).content.decode()
    assert re.search(rf'role="alert">[^<]*{re.escape(says)}', page)
    assert written(project) == ["Dunes"]


def test_a_shot_is_added_between_doubled_and_moved(client, project):
    planned(project, "One", "Two", "Three")
    act(client, shot_of(project, 2), "add_shot_before")
    assert written(project) == ["One", "", "Two", "Three"]
    act(client, shot_of(project, 1), "duplicate_shot")
    act(client, shot_of(project, 5), "shot_up")
    act(client, shot_of(project, 1), "shot_down")
    assert written(project) == ["One", "One", "", "Three", "Two"]
    act(client, shot_of(project, 4), "move_shot", to="1")
    act(client, shot_of(project, 1), "add_shot_before")
    assert written(project) == ["", "Three", "One", "One", "", "Two"]
    for nonsense in ("", "-1", "one", "9" * 30):
        act(client, shot_of(project, 2), "move_shot", to=nonsense)
    act(client, shot_of(project, 6), "move_shot", to="99")
    assert written(project) == ["", "Three", "One", "One", "", "Two"]


def test_what_is_deleted_comes_back_by_the_notice(client, project):
    planned(project, "One", "Two", "Three")
    page = client.post(reverse("delete_shot", args=[shot_of(project, 2).uuid]), follow=True)
    assert written(project) == ["One", "Three"]
    undo = re.search(r'action="([^"]+/undo/[^"]+)"', page.content.decode()).group(1)
    client.post(undo.replace("&amp;", "&"))
    assert written(project) == ["One", "Two", "Three"]
    client.post(undo.replace("&amp;", "&"))
    assert written(project) == ["One", "Two", "Three"]


def test_a_shot_that_was_moved_goes_back_by_the_notice(client, project):
    planned(project, "One", "Two", "Three")
    move = reverse("move_shot", args=[shot_of(project, 3).uuid])
    page = client.post(move, {"to": "1"}, follow=True).content.decode()
    assert written(project) == ["Three", "One", "Two"]
    assert "Shot 3 is shot 1 now." in page
    undo = re.search(r'action="([^"]+back=3)"', page).group(1)
    page = client.post(undo, headers=HTMX).content.decode()
    assert written(project) == ["One", "Two", "Three"]
    assert 'hx-swap-oob="morph"' in page
    assert "now." not in client.post(move, {"to": "3"}, follow=True).content.decode()


def test_a_full_storyboard_takes_no_further_shot_and_says_so(client, project):
    planned(project, *("A shot" for _ in range(100)))
    page = client.post(url(project, "add_shot"), {"words": "One more"}, follow=True)
    assert "A storyboard has at most 100 shots." in page.content.decode()
    assert len(written(project)) == 100


def test_the_second_of_two_who_change_a_shot_is_told_and_shown(client, project, sign_in):
    planned(project, "Dunes", "Sea")
    seen = shot_of(project, 1)
    other = member(project)
    write(sign_in(other), seen, words="Dunes at dawn")
    page = write(client, seen, words="Dunes at noon").content.decode()
    assert f"{other} changed this shot meanwhile." in page
    assert "<blockquote>Dunes at dawn</blockquote>" in page
    assert ">Dunes at noon</textarea>" in page
    assert written(project) == ["Dunes at dawn", "Sea"]
    write(client, seen, words="Dunes at noon", version=shot_of(project, 1).version)
    assert written(project) == ["Dunes at noon", "Sea"]


def test_two_who_change_different_shots_are_not_in_each_others_way(client, project, sign_in):
    planned(project, "Dunes", "Sea")
    first, second = shot_of(project, 1), shot_of(project, 2)
    write(sign_in(member(project)), first, words="Dunes at dawn")
    assert "changed this shot" not in write(client, second, words="The sea").content.decode()
    assert written(project) == ["Dunes at dawn", "The sea"]


def test_a_join_is_a_cut_or_goes_on(client, project):
    planned(project, "Dunes", "Sea")
    page = client.get(url(project)).content.decode()
    assert "continues from the last frame" in page
    act(client, shot_of(project, 2), "cut_shot", version=shot_of(project, 2).version)
    assert not shot_of(project, 2).continues
    act(client, shot_of(project, 2), "continue_shot", version="0")
    assert not shot_of(project, 2).continues
    act(client, shot_of(project, 2), "continue_shot", version=shot_of(project, 2).version)
    assert shot_of(project, 2).continues


def test_the_model_of_all_shots_takes_what_it_makes(client, project):
    planned(project, "Dunes")
    sent = {"model": "ray-flash-2", "ratio": "9:16", "resolution": "540p", "version": 0}
    client.post(url(project, "set_up_storyboard"), sent)
    board = Storyboard.of(project)
    assert (board.model, board.ratio, board.resolution) == ("ray-flash-2", "9:16", "540p")
    page = client.post(url(project, "set_up_storyboard"), sent | {"ratio": "1:1"}, follow=True)
    assert "chose another model or size meanwhile" in page.content.decode()
    page = client.post(url(project, "set_up_storyboard"), {"model": "nothing"}, follow=True)
    assert "Choose a model from the list." in page.content.decode()
    assert Storyboard.of(project).ratio == "9:16"


def models_on(client, project):
    page = client.get(url(project)).content.decode()
    chosen = re.search(r'<select name="model"[^>]*>(.*?)</select>', page, re.DOTALL)[1]
    return re.findall(r'value="([^"]+)"', chosen)


def test_only_models_that_the_team_can_order_are_offered(client, project):
    planned(project, "A rocket on its pad")
    assert models_on(client, project) == ["ray-2", "ray-flash-2", "ray-1-6"]
    AccountFactory(team=project.team, provider="luma-agents")
    assert "ray-3.2" in models_on(client, project)
    Account.objects.filter(provider="luma").update(enabled=False)
    assert models_on(client, project) == ["ray-2", "ray-3.2"]  # its own is still named


def test_a_storyboard_begins_with_a_model_that_the_team_can_order(client, project):
    Account.objects.update(provider="luma-agents")
    client.post(url(project, "add_shot"), {"words": "A rocket on its pad"})
    assert Storyboard.objects.get().model == "ray-3.2"
    assert models_on(client, project) == ["ray-3.2"]


def test_the_page_is_sent_again_only_when_something_changed(client, project):
    planned(project, "Dunes")
    live = url(project, "storyboard_live")
    seen = {"since": 0, "version": Storyboard.of(project).version}
    assert client.get(live, seen, headers=HTMX).status_code == 204
    write(client, shot_of(project, 1), words="Dunes at dawn")
    answer = client.get(live, seen, headers=HTMX)
    assert "Dunes at dawn" in answer.content.decode()


def test_who_watches_sees_it_and_changes_nothing(project, sign_in):
    planned(project, "Dunes")
    watching = sign_in(member(project, Role.VIEWER))
    page = watching.get(url(project)).content.decode()
    assert "Dunes" in page
    assert "<textarea" not in page
    assert "Run what" not in page
    assert write(watching, shot_of(project, 1), words="Sea").status_code == 403
    assert watching.post(url(project, "run_storyboard")).status_code == 403


def test_an_archived_projects_storyboard_stays_as_it_is(client, project):
    planned(project, "Dunes")
    project.archive()
    assert write(client, shot_of(project, 1), words="Sea").status_code == 403
    assert "<textarea" not in client.get(url(project)).content.decode()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "at",
    [
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2026-01-01T00:00:00",
        "2026-13-01T00:00:00Z",
        "soon",
    ],
)
def test_undoing_at_a_moment_that_never_was_does_nothing(client, project, at):
    planned(project, "A door")
    asked = url(project, "undo_shots") + f"?{urlencode({'at': at})}"
    assert "That was undone already." in client.post(asked, follow=True).content.decode()
    assert written(project) == ["A door"]
