"""The queue: every waiting and running take of the team, and what people do with its line."""

import re

import pytest
from django.urls import reverse

from generations import queueing
from generations.kinds import Kind
from generations.models import Generation, PausedLine, State
from studio import queue
from studio.models import Role
from tests.factories import AccountFactory, ProjectFactory, drawn, member, still, take, version

HTMX = {"HX-Request": "true"}
IN_QUEUE = HTMX | {"HX-Target": "queue"}


@pytest.fixture
def producer(project, sign_in):
    return sign_in(member(project, Role.PRODUCER))


def rows(page):
    return re.findall(r'id="wait-([\w-]+)"', page.content.decode())


def names(*takes):
    return [str(each.uuid) for each in takes]


def do(client, verb, generation, **how):
    return client.post(reverse(verb, args=[generation.uuid]), **how)


def test_it_shows_all_that_runs_and_waits_in_order(client, project, artist):
    dreaming = take(project, State.DREAMING, author=artist)
    first, second = take(project, author=artist), take(project, author=artist, words="Rain")
    take(project, State.COMPLETED, author=artist)
    queueing.move_up(second, artist, over_others=False)
    page = client.get(reverse("queue"))
    assert rows(page) == names(dreaming, second, first)
    text = page.content.decode()
    for said in ("Desert Light", str(artist), str(first.account), "take 2", "Rain", "$"):
        assert said in text


def test_it_shows_every_project_of_the_team_and_none_of_others(client, project, artist):
    sister = ProjectFactory(team=project.team)
    mine = take(sister, author=artist)
    take(ProjectFactory())
    assert rows(client.get(reverse("queue"))) == names(mine)


def test_it_is_the_team_that_is_named(client, artist, project, sign_in):
    other = ProjectFactory()
    member(other)
    assert client.get(reverse("queue"), {"team": str(other.team.uuid)}).status_code == 404
    assert client.get(reverse("queue"), {"team": "nonsense"}).status_code == 404


def test_who_has_no_place_here_sees_nothing(project, artist, anonymous, stranger, viewer):
    waiting = take(project, author=artist)
    assert anonymous.get(reverse("queue")).status_code == 302
    assert rows(stranger.get(reverse("queue"))) == []
    seen = viewer.get(reverse("queue"))
    assert rows(seen) == names(waiting)
    assert reverse("pause", args=[waiting.uuid]) not in seen.content.decode()
    assert do(stranger, "pause", waiting).status_code == 404
    assert do(viewer, "pause", waiting).status_code == 403


def test_an_empty_queue_says_what_it_is_for(client, project):
    assert "Nothing runs, nothing waits" in client.get(reverse("queue")).content.decode()


def test_it_says_about_when_each_starts(client, project, artist):
    for _ in range(12):
        waiting = take(project, author=artist)
    waiting.account.note_pace(300)
    page = client.get(reverse("queue")).content.decode()
    assert "About 30 s" in page
    assert "About 6 min" in page


def test_an_unchanged_queue_costs_no_bytes_and_a_changed_one_comes_whole(client, project, artist):
    waiting = take(project, author=artist)
    page = client.get(reverse("queue")).content.decode()
    version = re.search(r'name="version" value="([^"]+)"', page)[1]
    url = reverse("queue_live")
    assert client.get(url, {"version": version}, headers=HTMX).status_code == 204
    waiting.cancel(artist)
    answer = client.get(url, {"version": version}, headers=HTMX)
    assert answer.status_code == 200
    assert rows(answer) == []
    assert 'id="version"' in answer.content.decode()


def test_the_poll_of_an_unchanged_queue_is_cheap(
    client, project, artist, django_assert_max_num_queries
):
    for _ in range(30):
        take(project, author=artist)
    page = client.get(reverse("queue")).content.decode()
    version = re.search(r'name="version" value="([^"]+)"', page)[1]
    with django_assert_max_num_queries(4):
        client.get(reverse("queue_live"), {"version": version}, headers=HTMX)


def test_the_queries_of_a_page_dont_grow_with_its_rows(
    client, project, artist, django_assert_max_num_queries
):
    for state in (State.WAITING, State.DREAMING) * 15:
        take(project, state, author=artist)
    client.get(reverse("queue"))
    with django_assert_max_num_queries(16):
        assert len(rows(client.get(reverse("queue")))) == 30


def test_a_person_reorders_their_own(client, project, artist):
    first, second = take(project, author=artist), take(project, author=artist)
    answer = do(client, "up", second, headers=IN_QUEUE)
    assert rows(answer) == names(second, first)
    assert rows(do(client, "down", second, headers=IN_QUEUE)) == names(first, second)


def test_nobody_reorders_anothers_but_a_producer(client, producer, project, artist):
    theirs, mine = take(project), take(project, author=artist)
    for verb in ("up", "down", "pause", "resume"):
        assert do(client, verb, theirs).status_code == 403
    for verb in ("front", "turn"):
        assert do(client, verb, mine).status_code == 403
    assert rows(do(producer, "up", mine, headers=IN_QUEUE)) == names(mine, theirs)
    assert rows(do(producer, "front", theirs, headers=IN_QUEUE)) == names(theirs, mine)
    assert rows(do(producer, "turn", theirs, headers=IN_QUEUE)) == names(mine, theirs)


def test_a_refusal_is_said_and_the_queue_is_shown(client, project, artist):
    only = take(project, author=artist)
    page = do(client, "up", only, headers=IN_QUEUE).content.decode()
    assert "Take 1 is first already" in page
    sent = take(project, State.QUEUED, author=artist)
    assert (
        "isn&#x27;t waiting any more"
        in do(client, "pause", sent, headers=IN_QUEUE).content.decode()
    )


def test_a_take_is_paused_and_goes_on(client, project, artist):
    waiting = take(project, author=artist)
    page = do(client, "pause", waiting, headers=IN_QUEUE).content.decode()
    assert "Paused; it keeps its place." in page
    assert reverse("resume", args=[waiting.uuid]) in page
    do(client, "resume", waiting)
    assert not Generation.objects.get(pk=waiting.pk).is_paused


def test_a_paused_take_has_no_place_in_line(client, project, artist):
    first, _ = take(project, author=artist), take(project, author=artist)
    do(client, "pause", first)
    page = client.get(reverse("queue")).content.decode()
    assert page.count('<span class="unseen">Place </span>') == 1
    assert '<span class="unseen">Place </span>1' in page
    board = client.get(reverse("board", args=[project.slug])).content.decode()
    assert board.count("in line,") == 1
    card = board.split(f'id="take-{first.uuid}"')[1].split("</article>")[0]
    assert "Paused; it keeps its place." in card
    assert "in line" not in card.lower()


def test_every_verb_works_without_scripts(client, project, artist):
    waiting = take(project, author=artist)
    answer = do(client, "pause", waiting, data={"back": "queue"})
    assert answer.url == reverse("queue")
    assert do(client, "resume", waiting).url == reverse("generation", args=[waiting.uuid])


def test_on_the_board_the_verbs_answer_with_the_card(client, project, artist):
    waiting = take(project, author=artist)
    page = do(client, "pause", waiting, headers=HTMX).content.decode()
    assert f'id="take-{waiting.uuid}"' in page
    assert "Paused; it keeps its place." in page


def test_a_producer_stops_the_teams_line_and_lets_it_go_on(client, producer, project, artist):
    take(project, author=artist)
    assert client.post(reverse("pause_line")).status_code == 403
    producer.post(reverse("pause_line"))
    assert PausedLine.objects.filter(team=project.team).exists()
    page = client.get(reverse("queue")).content.decode()
    assert "nothing is sent until a producer lets it go on" in page
    assert "Let the line go on" in producer.get(reverse("queue")).content.decode()
    producer.post(reverse("resume_line"))
    assert not PausedLine.objects.exists()


def test_a_take_that_moved_says_so_in_the_queue_and_on_its_card(client, project, artist):
    waiting = take(project, author=artist)
    spare = AccountFactory(team=project.team, name="Spare")
    assert waiting.move(spare, waiting.price_usd, f"Moved to {spare}: the first is out of credits.")
    for url in (reverse("queue"), reverse("board", args=[project.slug])):
        assert "Moved to Spare" in client.get(url).content.decode()
    page = client.get(reverse("generation", args=[waiting.uuid])).content.decode()
    assert "Moved to Spare" in page


# --- pictures wait for slots of their own ----------------------------------------------------


def places(page):
    return re.findall(r'<span class="unseen">Place </span>(\d+)', page.content.decode())


def test_a_picture_behind_videos_is_next_on_every_page(client, project, artist):
    for _ in range(30):
        video = take(project, author=artist)
    video.account.note_pace(600)
    video.account.note_pace(10, "photon")
    picture = drawn(project, State.WAITING, author=artist)
    board = client.get(reverse("board", args=[project.slug])).content.decode()
    card = board.split(f'id="take-{picture.uuid}"')[1].split("</article>")[0]
    assert "Next in line, in a moment" in card
    own = client.get(reverse("generation", args=[picture.uuid])).content.decode()
    assert "Next in line, in a moment" in own
    page = client.get(reverse("queue"))
    assert f"Waiting for {video.account}, Photon</h2>" in page.content.decode()
    assert places(page) == [*(str(n) for n in range(1, 31)), "1"]


def test_a_picture_is_the_first_and_last_of_its_own_line(client, project, artist):
    take(project, author=artist)
    picture = drawn(project, State.WAITING, author=artist)
    take(project, author=artist)
    found = buttons(client.get(reverse("queue")), picture)
    assert "nothing of yours waits before it" in found["Up: "]
    assert "nothing of yours waits behind it" in found["Down"]


# --- more than a page shows ------------------------------------------------------------------


def test_what_runs_is_counted_and_shown_further_on(client, project, artist, monkeypatch):
    monkeypatch.setattr(queue, "SHOWN", 2)
    running = [take(project, State.DREAMING, author=artist) for _ in range(3)]
    page = client.get(reverse("queue"))
    assert rows(page) == names(*running[:2])
    assert 'Running <span class="num faint">3</span>' in page.content.decode()
    more = re.search(r'href="([^"]+)">Show more of the queue', page.content.decode())[1]
    page = client.get(more.replace("&amp;", "&"))
    assert rows(page) == names(*running)
    assert "Show more of the queue" not in page.content.decode()


def test_a_page_shows_only_so_many_whatever_its_address_asks_for(
    client, project, artist, monkeypatch
):
    monkeypatch.setattr(queue, "SHOWN", 1)
    monkeypatch.setattr(queue, "MOST_SHOWN", 2)
    running = [take(project, State.DREAMING, author=artist) for _ in range(3)]
    waiting = [take(project, author=artist) for _ in range(3)]
    for asked in ("3", "9" * 18, "9" * 19, "9" * 400):
        page = client.get(reverse("queue"), {"shown": asked})
        assert page.status_code == 200
        shown = 2 if len(asked) < 19 else 1  # longer ones are no number
        assert rows(page) == names(*running[:shown], *waiting[:shown])
        live = client.get(reverse("queue_live"), {"shown": asked, "version": "x"}, headers=HTMX)
        assert rows(live) == rows(page)
    text = client.get(reverse("queue"), {"shown": "3"}).content.decode()
    assert "1 more run." in text
    assert "1 more wait behind these." in text
    assert "Show more of the queue" not in text


def test_a_queue_longer_than_a_page_goes_on_behind_its_last_one(
    client, project, artist, monkeypatch
):
    monkeypatch.setattr(queue, "SHOWN", 2)
    monkeypatch.setattr(queue, "MOST_SHOWN", 2)
    take(project, State.DREAMING, author=artist)
    late = [take(project, author=artist) for _ in range(2)]
    early = [take(project, author=artist) for _ in range(3)]
    second = AccountFactory(team=project.team, rank=2)
    Generation.objects.filter(uuid__in=names(*late)).update(account=second)
    queueing.to_front(early[2], artist)
    in_order = names(early[2], early[0], early[1], *late)
    seen, address = [], f"{reverse('queue')}?shown=2"
    for page_number in range(3):
        page = client.get(address)
        text = page.content.decode()
        shown = rows(page)
        seen += shown if page_number else shown[1:]  # the first page also shows what runs
        left = re.search(r"(\d+) more wait behind these", text)
        assert (left and int(left[1])) == (5 - len(seen) or None)
        live = re.search(r'hx-get="([^"]*live[^"]*)"', text)[1].replace("&amp;", "&")
        assert rows(client.get(live, headers=HTMX)) == shown
        following = re.search(r'href="([^"]*after=[^"]*)"', text)
        address = following and following[1].replace("&amp;", "&")
    assert seen == in_order
    assert address is None
    assert "Back to the front of the queue" in text
    nonsense = client.get(reverse("queue"), {"shown": "2", "after": "nonsense"})
    assert rows(nonsense)[1:] == in_order[:2]


def test_a_version_in_the_queue_is_called_by_its_take(client, project, artist):
    made = take(project, State.COMPLETED, author=artist)
    larger = version(made, Kind.UPSCALE, State.DREAMING)
    page = client.get(reverse("queue")).content.decode()
    assert "Take 1, upscaled to 1080p</a>" in page
    assert "the upscaled take 1, ray-2" in page
    assert f"version {larger.uuid}" not in page


def buttons(page, generation):
    """Return the opening tags of a row's buttons, by what they do."""
    row = page.content.decode().partition(f'id="wait-{generation.uuid}"')[2].partition("</li>")[0]
    return {tag.partition('title="')[2][:4]: tag for tag in re.findall(r"<button[^>]*>", row)}


def test_the_ends_of_the_line_say_why_they_go_no_further(client, producer, project, artist):
    theirs = take(project)
    first, last = take(project, author=artist), take(project, author=artist)
    page = client.get(reverse("queue"))
    assert "Up: take 2; nothing of yours waits before it" in buttons(page, first)["Up: "]
    assert " disabled" in buttons(page, first)["Up: "]
    assert " disabled" not in buttons(page, first)["Down"]
    assert "Down: take 3; nothing of yours waits behind it" in buttons(page, last)["Down"]
    page = producer.get(reverse("queue"))
    order = rows(page)
    top = next(each for each in (theirs, first, last) if str(each.uuid) == order[0])
    assert "nothing waits before it" in buttons(page, top)["Up: "]
    assert sum(" disabled" in str(buttons(page, each)) for each in (theirs, first, last)) == 2


def test_a_row_of_what_is_made_from_a_take_or_a_still_shows_that(client, project, artist):
    made = take(project, State.COMPLETED, author=artist)
    version(made, Kind.UPSCALE, State.WAITING)
    kept = still(project)
    typed = {"model": "photon-1", "ratio": "1:1", "column": "1", "row": "1", "percent": "100"}
    client.post(
        reverse("reframe_still", args=[kept.uuid]), typed | {"words": "", "shown_usd": "100"}
    )
    page = client.get(reverse("queue")).content.decode()
    assert f'<img src="{reverse("media", args=[made.uuid, "poster"])}"' in page
    assert f'<img src="{reverse("media", args=[kept.uuid, "still"])}"' in page
