"""Sending takes to review, judging them, and undoing a verdict."""

import pytest
from django.urls import reverse

from generations.models import Generation, State
from generations.ordering import accept_all
from generations.orders import Order
from generations.refusal import Refused
from studio import reviewing
from studio.editing.cut import Clip, Cut, new_key
from studio.models import (
    Note,
    Project,
    Review,
    ReviewRules,
    Role,
    Sequence,
    Shot,
    ShotTake,
    Storyboard,
    Verdict,
)
from studio.models.note import LONGEST
from studio.noting import MOST
from tests.factories import (
    MembershipFactory,
    ProjectFactory,
    bring,
    member,
    take,
)
from tests.studio.test_live import cards_in, live, newest_event

HTMX = {"HX-Request": "true"}


@pytest.fixture
def made(project, artist):
    return take(project, State.COMPLETED, author=artist)


@pytest.fixture
def reviewer(project):
    return member(project, Role.REVIEWER)


@pytest.fixture
def judging(sign_in, reviewer):
    return sign_in(reviewer)


def send(client, project, takes):
    chosen = {"take": [str(each.uuid) for each in takes]}
    return client.post(reverse("review_chosen", args=[project.slug]), chosen, headers=HTMX)


def judge(client, made, verdict, seen="waiting", **more):
    said = {"verdict": verdict, "seen": seen, **more}
    return client.post(reverse("judge", args=[made.uuid]), said, headers=HTMX)


def undo(client, made):
    return client.post(reverse("undo_verdict", args=[made.uuid]), headers=HTMX)


def stands(made):
    review = Review.objects.filter(generation=made).first()
    return review.verdict if review else None


def room(client, **query):
    return client.get(reverse("review"), query).content.decode()


def kinds(made):
    return list(made.events.order_by("number").values_list("kind", flat=True))


def test_what_is_sent_waits_for_those_who_judge(client, judging, viewer, project, made):
    assert "Nothing waits for you" in room(judging)
    answer = send(client, project, [made])
    assert "Sent 1 take to review." in answer.content.decode()
    assert "In review" in answer.content.decode()
    page = room(judging)
    assert "<h1" in page
    assert "Take 1" in page
    assert "1 of 1" in page
    assert 'aria-label="1 waiting for you"' in page
    assert viewer.get(reverse("review")).status_code == 403
    assert viewer.get("/").content.decode().count("rail-reviews") == 0


def test_the_bar_says_what_cant_be_sent(client, project, artist, made):
    waiting = take(project, author=artist)
    send(client, project, [made])
    other = take(project, State.COMPLETED, author=artist)
    takes = {"take": [str(each.uuid) for each in (made, waiting, other)]}
    bar = client.post(reverse("chosen", args=[project.slug]), takes, headers=HTMX).content.decode()
    assert "1 of 3 can be sent to review: 1 has no file here, 1 is in review already." in bar
    answer = send(client, project, [made, waiting])
    assert "can be sent to review" in answer.content.decode()
    assert kinds(made).count("sent_to_review") == 1


def test_a_viewer_and_a_reviewer_cant_send(judging, viewer, project, made):
    for who in (judging, viewer):
        assert send(who, project, [made]).status_code == 403
        assert who.post(reverse("send_to_review", args=[made.uuid])).status_code == 403
    assert stands(made) is None


def test_a_take_is_sent_from_its_page_and_taken_back(client, judging, made):
    page = client.post(reverse("send_to_review", args=[made.uuid]), follow=True).content.decode()
    assert "In review" in page
    assert "Take back" in page
    page = client.post(reverse("take_back", args=[made.uuid]), follow=True).content.decode()
    assert "Nobody has judged it." in page
    assert stands(made) is None
    page = client.post(reverse("take_back", args=[made.uuid]), follow=True).content.decode()
    assert "doesn&#x27;t wait for a verdict any more" in page
    assert "Taken back from review" in page  # its history


@pytest.mark.parametrize("verdict", ["approved", "changes", "rejected"])
def test_a_verdict_goes_on_to_the_next_and_can_be_undone(client, judging, project, made, verdict):
    second = take(project, State.COMPLETED)
    send(client, project, [made])
    send(client, project, [second])
    answer = judge(judging, made, verdict)
    assert f"take={second.uuid}" in answer["HX-Replace-Url"]
    assert "<h1" in answer.content.decode()
    assert "Take 2" in answer.content.decode()
    assert f'Take 1: <b class="verdict verdict--{verdict}">' in answer.content.decode()
    assert stands(made) == verdict

    answer = undo(judging, made)
    assert f"take={made.uuid}" in answer["HX-Replace-Url"]
    assert stands(made) == Verdict.WAITING
    assert kinds(made)[-1] == "verdict_undone"
    assert "1 of 2" in room(judging, take=made.uuid)  # where it stood before


def test_undo_goes_back_to_the_verdict_before_and_no_further(client, judging, project, made):
    send(client, project, [made])
    judge(judging, made, "rejected")
    judge(judging, made, "approved", seen="rejected")
    undo(judging, made)
    assert stands(made) == Verdict.REJECTED
    answer = undo(judging, made)
    assert "no verdict of yours" in answer.content.decode()
    assert stands(made) == Verdict.REJECTED


def test_a_verdict_of_somebody_else_is_undone_by_a_producer_alone(
    client, judging, sign_in, project, made
):
    send(client, project, [made])
    judge(judging, made, "rejected")
    assert "no verdict of yours" in undo(client, made).content.decode()
    assert stands(made) == Verdict.REJECTED
    undo(sign_in(member(project, Role.PRODUCER)), made)
    assert stands(made) == Verdict.WAITING


def test_two_verdicts_at_once_dont_overwrite_each_other(client, judging, sign_in, project, made):
    send(client, project, [made])
    other = member(project, Role.REVIEWER)
    judge(sign_in(other), made, "approved")
    answer = judge(judging, made, "rejected")
    said = answer.content.decode()
    assert f"{other} said meanwhile of take 1: approved. Look again; nothing was changed." in said
    assert stands(made) == Verdict.APPROVED
    send(client, project, [made])
    client.post(reverse("take_back", args=[made.uuid]))
    assert (
        "was taken back from review meanwhile" in judge(judging, made, "rejected").content.decode()
    )
    assert stands(made) is None


def test_a_take_can_be_judged_that_nobody_sent(judging, made):
    judge(judging, made, "approved", seen="")
    assert stands(made) == Verdict.APPROVED
    undo(judging, made)
    assert stands(made) is None


def test_an_artist_cant_approve_their_own_where_the_team_says_so(client, project, artist, made):
    send(client, project, [made])
    page = room(client)
    assert 'value="approved" data-key="a" aria-keyshortcuts="A">' in page
    ReviewRules.objects.create(team=project.team, others_approve=True)
    assert "Nothing waits for you" in room(client)
    page = room(client, take=made.uuid)
    assert "your team wants somebody else to approve it" in page
    answer = judge(client, made, "approved")
    assert "wants somebody else than its artist to approve" in answer.content.decode()
    assert stands(made) == Verdict.WAITING
    judge(client, made, "rejected")
    assert stands(made) == Verdict.REJECTED


def test_an_artist_brings_no_approval_back_by_undoing_what_others_said(judging, sign_in, project):
    author = member(project, Role.PRODUCER)
    own, made = sign_in(author), take(project, State.COMPLETED, author=author)
    judge(judging, made, "approved", seen="")
    judge(judging, made, "rejected", seen="approved")
    ReviewRules.objects.create(team=project.team, others_approve=True)
    assert "wants somebody else than its artist to approve" in undo(own, made).content.decode()
    assert stands(made) == Verdict.REJECTED
    judge(judging, made, "approved", seen="rejected")
    judge(own, made, "changes", seen="approved")
    undo(own, made)  # what they said themselves
    assert stands(made) == Verdict.APPROVED


def test_what_is_gone_or_unfinished_isnt_judged(client, judging, project, artist, made, caplog):
    waiting = take(project, author=artist)
    assert (
        "its file isn&#x27;t here" in judge(judging, waiting, "approved", seen="").content.decode()
    )
    send(client, project, [made])
    client.post(reverse("discard", args=[made.uuid]))
    assert "is in the trash. Restore it first." in judge(judging, made, "approved").content.decode()
    assert f"/generations/{made.uuid}/judge/: Take 1 is in the trash" in caplog.text
    assert stands(made) == Verdict.WAITING
    assert "Nothing waits for you" in room(judging)
    client.post(reverse("restore", args=[made.uuid]))
    assert "1 of 1" in room(judging)
    Project.objects.get(pk=project.pk).archive()
    assert "is archived. Reopen it" in judge(judging, made, "approved").content.decode()
    assert "Nothing waits for you" in room(judging)


@pytest.mark.parametrize("verdict", ["", "waiting", "perfect"])
def test_what_is_no_verdict_is_refused_in_words(client, judging, project, made, verdict):
    send(client, project, [made])
    answer = judge(judging, made, verdict)
    assert "Choose Approve, Ask for changes or Reject." in answer.content.decode()
    assert stands(made) == Verdict.WAITING


def test_the_room_shows_one_project_where_one_is_asked_for(client, judging, project, artist, made):
    other = ProjectFactory(team=project.team, name="Northern cabin", slug="northern-cabin")
    there = take(other, State.COMPLETED, author=artist)
    send(client, project, [made])
    send(client, other, [there])
    page = room(judging)
    assert "1 of 2" in page
    assert page.count('class="reel__take') == 2
    page = room(judging, project="northern-cabin")
    assert "1 of 1" in page
    assert page.count('class="reel__take') == 1
    # Also where another of the person's teams is the current one.
    elsewhere = MembershipFactory(user=artist, role=Role.VIEWER).team
    client.get(reverse("queue"), {"team": elsewhere.uuid})
    assert "1 of 1" in room(client, project="northern-cabin")
    answer = judge(judging, there, "approved", project="northern-cabin")
    said = answer.content.decode()
    assert "Nothing more waits in this project." in said
    assert "1 waits in others" in said
    assert judging.get(reverse("review"), {"project": "no-such"}).status_code == 404
    assert judging.get(reverse("review"), {"take": "nonsense"}).status_code == 404


def test_the_board_finds_by_verdict_and_shows_it(client, judging, project, artist, made):
    takes = [take(project, State.COMPLETED, author=artist) for _ in range(3)]
    send(client, project, [made, *takes[:2]])
    judge(judging, made, "approved")
    judge(judging, takes[0], "changes")
    found = {
        value: numbers(client, project, value)
        for value in ("waiting", "approved", "changes", "rejected", "none")
    }
    assert found == {
        **{"waiting": {3}, "approved": {1}, "changes": {2}, "rejected": set(), "none": {4}}
    }
    board = client.get(reverse("board", args=[project.slug])).content.decode()
    assert '<span class="verdict verdict--approved">Approved</span>' in board


def numbers(client, project, review):
    board = client.get(reverse("board", args=[project.slug]), {"review": review})
    return {card.generation.take_number for card in board.context["cards"]}


def test_a_verdict_comes_to_every_open_board(client, judging, project, made):
    send(client, project, [made])
    since = newest_event(project)
    judge(judging, made, "approved")
    answer = live(client, project, since=since, first=1, last=1)
    assert cards_in(answer) == ["1"]
    assert "Approved" in answer.content.decode()


def test_the_open_room_learns_what_others_say(client, judging, sign_in, project, made):
    send(client, project, [made])
    version = judging.get(reverse("review")).context["room"].version
    query = {"version": version, "take": made.uuid}
    assert judging.get(reverse("review_live"), query).status_code == 204
    judge(sign_in(member(project, Role.REVIEWER)), made, "approved")
    answer = judging.get(reverse("review_live"), query)
    said = answer.content.decode()
    assert 'id="verdicts" hx-swap-oob' in said
    assert "Approved" in said
    assert 'name="seen" value="approved"' in said


def test_a_retake_shows_what_is_wanted_beside_the_prompt(client, judging, project, made):
    send(client, project, [made])
    judge(judging, made, "changes", words="The wind is from the left.", frame="12")
    page = client.get(reverse("remix", args=[made.uuid])).content.decode()
    assert "Changes wanted of" in page
    assert "The wind is from the left." in page
    typed = client.get(reverse("remix", args=[made.uuid])).context["composer"]["parent"].value()
    again = client.post(
        reverse("compose", args=[project.slug]), {"parent": typed, "words": "x"}, headers=HTMX
    )
    assert "The wind is from the left." in again.content.decode()
    judge(judging, made, "approved", seen="changes")
    page = client.get(reverse("remix", args=[made.uuid])).content.decode()
    assert "Changes wanted of" not in page


def test_a_refused_note_says_no_verdict(client, judging, project, made):
    send(client, project, [made])
    said = {"words": "Too late", "frame": "9999", "drawing": "[[0,0,5,5]]"}
    answer = judge(judging, made, "changes", **said)
    assert "the last is number" in answer.content.decode()
    assert stands(made) == Verdict.WAITING
    form = answer.content.decode()
    assert "HX-Retarget" not in answer, "the player and the note stay"
    for kept in (">Too late</textarea>", 'value="9999"', 'value="[[0,0,5,5]]"'):
        assert kept in form
    plain = judging.post(
        reverse("judge", args=[made.uuid]), {"verdict": "changes", "seen": "waiting", **said}
    ).content.decode()
    assert "<h1" in plain
    assert ">Too late</textarea>" in plain
    answer = judge(judging, made, "changes", words="x" * (LONGEST + 1))
    assert f"at most {LONGEST:,} characters" in answer.content.decode()
    assert f'maxlength="{LONGEST}"' in answer.content.decode()


def test_a_verdict_and_its_note_are_said_together_or_not_at_all(client, judging, artist, made):
    send(client, made.project, [made])
    Note.objects.bulk_create(
        Note(generation=made, author=artist, words=str(number)) for number in range(MOST)
    )
    answer = judge(judging, made, "changes", words="One more")
    assert f"has {MOST} notes" in answer.content.decode()
    assert stands(made) == Verdict.WAITING
    assert "changes_wanted" not in kinds(made)
    judge(judging, made, "changes")
    assert stands(made) == Verdict.CHANGES


def test_strangers_learn_nothing(stranger, made):
    assert judge(stranger, made, "approved").status_code == 404
    assert undo(stranger, made).status_code == 404
    assert stranger.get(reverse("review"), {"take": made.uuid}).status_code == 404
    assert stands(made) is None


def test_reviews_are_of_takes_that_are_here(project, artist):
    with pytest.raises(Refused, match="its file isn't here"):
        reviewing.send([take(project, author=artist)], artist)


def test_a_verdict_stands_on_the_storyboard_and_in_the_timeline(
    client, judging, project, artist, made
):
    board = Storyboard.begun(project)
    shot = Shot(words="Dunes")
    board.add(None, [shot])
    shot.choose(ShotTake.objects.create(shot=shot, generation=made, asked=shot.asked), artist)
    cut = Cut(clips=(Clip(new_key(), made.uuid),))
    sequence = Sequence.begin(project, artist, "Trailer", cut)
    send(client, project, [made])
    judge(judging, made, "approved")
    said = 'verdict--approved">Approved'
    assert said in client.get(reverse("storyboard", args=[project.slug])).content.decode()
    key = cut.clips[0].key
    inspected = client.get(reverse("inspect", args=[sequence.uuid]), {"clip": key})
    assert said in inspected.content.decode()


def retake_page(client, made, **query):
    return client.get(reverse("retake", args=[made.uuid]), query)


def retake(client, made, page, headers=HTMX, **changes):
    """Order what the composer of a page holds, as its form sends it."""
    composer = page.context["composer"]
    held = {name: composer[name].value() for name in composer.fields}
    sent = {name: value for name, value in held.items() if value not in (None, "", False, [])}
    sent["shown_usd"] = composer.terms.price_usd
    address = reverse("retake", args=[made.uuid])
    return client.post(address, sent | changes, headers=headers)


def test_asking_for_changes_opens_the_prefilled_retake_for_who_may_make_it(
    client, project, artist, made
):
    other = take(project, State.COMPLETED, author=artist)
    send(client, project, [made, other])
    answer = judge(client, made, "changes", words="The wind is from the left.", frame="12")
    said = answer.content.decode()
    assert stands(made) == Verdict.CHANGES
    assert "HX-Retarget" not in answer, "the player stays as it is"
    assert answer["HX-Replace-Url"] == reverse("retake", args=[made.uuid])
    assert "Retake of take 1" in said
    assert "The wind is from the left." in said.split('id="retake"')[1]
    form = answer.context["composer"]
    assert form["words"].value() == made.prompt.words
    assert form["model"].value() == made.prompt.model
    assert form["parent"].value() == str(made.prompt.uuid)
    assert f"take={other.uuid}&amp;judged={made.uuid}" in said, "where it goes on without one"
    assert "$0.71" in said
    ordered = retake(client, made, answer, words="From the left")
    assert ordered["HX-Retarget"] == "#room"
    assert f"take={other.uuid}" in ordered["HX-Replace-Url"]
    assert "Take 3 is next in line." in ordered.content.decode()
    new = project.generations.get(take_number=3)
    assert (new.prompt.words, new.prompt.parent) == ("From the left", made.prompt)
    assert (new.prompt.duration_s, new.prompt.resolution) == (
        made.prompt.duration_s,
        made.prompt.resolution,
    )
    again = retake(client, made, answer, words="From the left")
    assert again.status_code == 200
    assert project.generations.count() == 3, "pressed twice it is one"


def test_the_retake_says_what_was_noted_at_this_take_of_several_of_the_same_prompt(
    client, project, artist
):
    pair = accept_all(project, artist, [Order(words="Fog lifts")] * 2)
    for each in pair:
        bring(each, State.COMPLETED)
    first, second = Generation.objects.filter(pk__in=[each.pk for each in pair]).order_by("pk")
    assert first.prompt == second.prompt
    send(client, project, [first, second])
    judge(client, second, "changes", words="The sun is too low.")
    said = judge(client, first, "changes", words="The wind is from the left.").content.decode()
    beside = said.split('id="retake"')[1]
    assert "The wind is from the left." in beside
    assert "The sun is too low." not in beside


def test_who_may_not_make_takes_goes_on_and_gets_no_retake(client, judging, project, artist, made):
    other = take(project, State.COMPLETED, author=artist)
    send(client, project, [made, other])
    answer = judge(judging, made, "changes")
    assert f"take={other.uuid}" in answer["HX-Replace-Url"]
    assert 'id="retake" aria-label="Retake" hidden' in answer.content.decode()
    assert 'data-key="t"' not in answer.content.decode()
    assert retake_page(judging, made).status_code == 403
    assert judging.post(reverse("retake", args=[made.uuid])).status_code == 403


def test_the_retake_works_as_plain_pages(client, project, artist, made):
    other = take(project, State.COMPLETED, author=artist)
    send(client, project, [made, other])
    said = {"verdict": "changes", "seen": "waiting", "words": "Lower", "project": project.slug}
    page = client.post(reverse("judge", args=[made.uuid]), said, follow=True)
    assert page.redirect_chain == [
        (reverse("retake", args=[made.uuid]) + f"?project={project.slug}", 302)
    ]
    assert "Retake of take 1" in page.content.decode()
    assert "Lower" in page.content.decode()
    empty = retake(client, made, page, headers={}, words="", project=project.slug)
    assert empty.status_code == 200
    assert "Retake of take 1" in empty.content.decode(), "it stays open and says why"
    assert project.generations.count() == 2
    done = retake(client, made, page, headers={}, words="Lower", project=project.slug)
    assert done.status_code == 302, done.context["composer"].errors
    assert done.url == (
        f"{reverse('review')}?project={project.slug}&take={other.uuid}&judged={made.uuid}"
    )
    assert project.generations.get(take_number=3).prompt.parent == made.prompt


def test_undoing_the_verdict_from_the_retake_leaves_the_take_waiting(client, project, made):
    send(client, project, [made])
    judge(client, made, "changes")
    assert "Undo" in retake_page(client, made).content.decode().split('id="retake"')[1]
    undo(client, made)
    assert stands(made) == Verdict.WAITING
