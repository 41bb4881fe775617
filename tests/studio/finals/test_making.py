"""Making finals: one press spends once, within the budget, by whoever may."""

from decimal import Decimal
from uuid import uuid4

import pytest

from generations import discarding
from generations.models import Budget, Generation, LedgerEntry, SpendingRules, State
from generations.orders import Frame
from generations.refusal import Refused
from studio import reviewing
from studio.finals import making
from studio.finals.choosing import Choice
from studio.finals.planning import FinalsPlan
from studio.models import Final, Finals, Role, Verdict
from tests.factories import bring, member
from tests.studio.finals.steps import (
    FINAL_USD,
    approve,
    arrive,
    draft,
    follow,
    look,
    made,
    make,
    said,
    use,
)


def finals_of(project):
    return Generation.objects.filter(project=project, final_of__isnull=False)


def test_each_final_is_a_take_of_its_own_that_knows_its_draft(client, project):
    one = draft(project, words="Dunes at dawn")
    spent_usd = LedgerEntry.objects.reserved_usd()
    (final,) = made(client, project, [one])
    take = final.take
    assert (take.prompt.words, take.prompt.model) == ("Dunes at dawn", "ray-2")
    assert (take.prompt.resolution, take.take_number) == ("1080p", 2)
    assert LedgerEntry.objects.reserved_usd() - spent_usd == FINAL_USD
    page = said(client.get(f"/projects/{project.slug}/finals/"))
    assert "Take 2</a>, the final of" in page
    assert "1 final, $1.60" in page


def test_a_press_that_is_sent_twice_orders_once(client, project):
    drafts = [draft(project), draft(project)]
    key = uuid4()
    for _ in range(2):
        assert make(client, project, drafts, key=key).status_code == 302
    assert (Finals.objects.count(), finals_of(project).count()) == (1, 2)
    # Somebody else presses on the same page: those have finals by now.
    response = make(client, project, drafts)
    assert "Nothing is chosen" in said(response)
    assert finals_of(project).count() == 2


def test_what_is_chosen_otherwise_on_the_same_page_is_another_press(client, project):
    one, other = draft(project), draft(project)
    key = uuid4()
    both = {"offered": [str(one.uuid), str(other.uuid)]}
    make(client, project, [one, other], key=key, pick=[str(one.uuid)], **both)
    make(client, project, [one, other], key=key, pick=[str(other.uuid)], **both)
    assert list(finals_of(project).values_list("final_of__draft", flat=True)) == [one.pk, other.pk]


def test_of_two_who_press_at_once_one_pays(artist, project):
    one = draft(project)
    before, project.role = LedgerEntry.objects.count(), Role.ARTIST
    plans = [FinalsPlan(project, artist, [str(one.uuid)], Choice()) for _ in range(2)]
    assert [len(plan.chosen) for plan in plans] == [1, 1], "both were looked at before"
    making.make(plans[0], uuid4(), Decimal(100), [])
    with pytest.raises(Refused, match="Somebody has started some of these finals"):
        making.make(plans[1], uuid4(), Decimal(100), [])
    assert finals_of(project).count() == 1
    assert LedgerEntry.objects.count() == before + 1


@pytest.mark.parametrize(
    ("usd", "words"), [("1.00", "and $1.00 was shown"), ("", "which wasn't shown before")]
)
def test_a_price_that_wasnt_shown_is_refused(client, project, usd, words):
    response = make(client, project, [draft(project)], usd=usd)
    assert response.status_code == 200
    assert words in said(response)
    assert not Finals.objects.exists()
    assert not finals_of(project).exists()


def test_a_budget_without_room_for_the_whole_orders_none(client, project):
    one = draft(project)
    other = draft(project, extends=one)
    spent_usd = one.price_usd + other.price_usd
    Budget.objects.set_limit(project.team, None, spent_usd + FINAL_USD * 2 - Decimal("0.01"), None)
    page = said(look(client, project, [one, other]))
    assert "Over budget." in page
    assert 'id="make-finals" disabled' in page
    response = make(client, project, [one, other])
    assert "This costs $3.19" in said(response), "also what is ordered later"
    assert not Final.objects.exists()


def test_above_the_threshold_a_producer_is_asked_about_all_of_it(client, project):
    drafts = [draft(project), draft(project)]
    SpendingRules.objects.update_or_create(
        team=project.team, defaults={"approval_above_usd": Decimal(2)}
    )
    assert "Request 2 finals, $3.19" in said(look(client, project, drafts))
    finals = made(client, project, drafts)
    assert {final.take.state for final in finals} == {State.REQUESTED}


def test_a_reviewer_and_a_viewer_dont_spend_and_a_stranger_finds_nothing(
    project, viewer, stranger, sign_in
):
    one = draft(project)
    reviewer = sign_in(member(project, Role.REVIEWER))
    for who, status in ((viewer, 403), (reviewer, 403), (stranger, 404)):
        assert make(who, project, [one]).status_code == status
    assert not Final.objects.exists()


def test_one_that_failed_is_tried_again_or_made_anew(client, project):
    one = draft(project)
    (final,) = made(client, project, [one])
    bring(final.take, State.FAILED)
    page = said(client.get(f"/projects/{project.slug}/finals/"))
    assert "Try again, $1.60" in page
    assert "Nothing was charged." in page
    sent = {"shown_usd": "100", "back": "finals"}
    answer = client.post(f"/generations/{final.take.uuid}/retry/", sent)
    assert answer["Location"] == f"/projects/{project.slug}/finals/"
    final.take.refresh_from_db()
    assert final.take.state == State.WAITING
    bring(final.take, State.FAILED)
    (another,) = made(client, project, [one])
    final.refresh_from_db()
    assert (final.stage, another.stage) == (Final.Stage.REPLACED, Final.Stage.ORDERED)


# --- what goes on from another draft --------------------------------------------------------------


def test_what_goes_on_from_a_draft_is_made_from_its_final_once_that_is_accepted(client, project):
    one = draft(project)
    other = draft(project, extends=one)
    first, second = made(client, project, [one, other])
    assert (second.stage, second.take) == (Final.Stage.WAITING, None)
    take = arrive(first)
    follow()
    second.refresh_from_db()
    assert second.stage == Final.Stage.WAITING, "nobody accepted it yet"
    page = said(client.get(f"/projects/{project.slug}/finals/"))
    assert f"Take {take.take_number}, the final of take 1, which it goes on from, isn't" in page
    use(client, first)
    second.refresh_from_db()
    assert second.stage == Final.Stage.ORDERED
    assert second.take.keyframes.get(position="start").source == take


def test_what_waits_in_another_press_is_made_once_the_final_before_is_approved(client, project):
    one = draft(project)
    other = draft(project, extends=one)
    (first,) = made(client, project, [one])
    (second,) = made(client, project, [other])
    assert (second.stage, list(second.waits_for.all())) == (Final.Stage.WAITING, [first])
    take = arrive(first)
    approve(take)
    follow()
    follow()  # the acceptance itself is told to whoever follows
    second.refresh_from_db()
    assert second.take.keyframes.get(position="start").source == take
    page = said(client.get(f"/generations/{take.uuid}/"))
    assert "Accepted as the final of take 1" in page


def test_what_lies_between_two_drafts_is_made_between_their_finals(client, project):
    one, other = draft(project), draft(project)
    between = draft(project, extends=one, end=Frame(source=other))
    finals = made(client, project, [one, other])
    takes = [arrive(final) for final in finals]
    for final in finals:
        use(client, final)
    (final,) = made(client, project, [between])
    ends = final.take.keyframes.order_by("position").values_list("position", "source")
    assert dict(ends) == {"start": takes[0].pk, "end": takes[1].pk}


@pytest.fixture
def ends(client, project):
    """The finals of two drafts and of one between them, which waits for both."""
    one, other = draft(project), draft(project)
    between = draft(project, extends=one, end=Frame(source=other))
    return made(client, project, [one, other, between])


def sources_of(final) -> dict[str, int]:
    final.refresh_from_db()
    found = (
        final.take.keyframes.values_list("position", "source__take_number") if final.take else []
    )
    return dict(found)


def test_one_between_two_drafts_waits_for_both_their_finals(client, project, ends):
    first, second, between = ends
    assert set(between.waits_for.all()) == {first, second}
    words = "isn't accepted yet"
    for final in (first, second):
        arrive(final)
    page = said(client.get(f"/projects/{project.slug}/finals/"))
    both = "Take 4, the final of take 1 and take 5, the final of take 2, which it goes on from, are"
    assert f"{both}n't accepted yet." in page
    page = said(use(client, first))
    assert sources_of(between) == {}
    assert f"Take 5, the final of take 2, which it goes on from, {words}." in page
    assert f"take 1, which it goes on from, {words}" not in page, "that one is accepted"
    use(client, second)
    assert sources_of(between) == {"start": 4, "end": 5}


def reject(take):
    reviewing.judge(take, Verdict.REJECTED, member(take.project, Role.REVIEWER), seen="")


@pytest.mark.parametrize(
    ("ending", "words"),
    [
        (lambda take: bring(take, State.FAILED), "failed"),
        (lambda take: (bring(take, State.COMPLETED), reject(take)), "was rejected"),
        (
            lambda take: (bring(take, State.COMPLETED), discarding.discard([take], take.author)),
            "is in the trash",
        ),
    ],
)
def test_a_final_that_came_to_nothing_isnt_passed_over_for_its_draft(
    client, project, ends, ending, words
):
    first, second, between = ends
    ending(second.take)
    arrive(first)
    use(client, first)
    for _ in range(2):
        follow()
    assert sources_of(between) == {}, "it neither goes on from the draft, nor is it given up"
    page = said(client.get(f"/projects/{project.slug}/finals/"))
    assert f"Take 5, the final of take 2, {words}. Make that final again" in page
    (again,) = made(client, project, [second.draft])
    page = said(client.get(f"/projects/{project.slug}/finals/"))
    assert "Take 6, the final of take 2, which it goes on from, isn't accepted yet." in page
    arrive(again)
    use(client, again)
    assert sources_of(between) == {"start": 4, "end": 6}


def test_one_that_doesnt_wait_for_a_failed_final_goes_on_from_that_ones_draft(
    client, project, ends
):
    first, second, between = ends
    bring(second.take, State.FAILED)
    arrive(first)
    use(client, first)
    use(client, between, "order_final")
    assert sources_of(between) == {"start": 4, "end": 2}


def test_one_waits_for_a_final_that_itself_waits_in_another_press(client, project):
    one = draft(project)
    other = draft(project, extends=one)
    third = draft(project, extends=other)
    first, second = made(client, project, [one, other])
    page = said(look(client, project, [third]))
    assert "Goes on from the final of take 2: it is ordered once that is accepted." in page
    (last,) = made(client, project, [third])
    assert (last.stage, list(last.waits_for.all())) == (Final.Stage.WAITING, [second])
    for final in (first, second):
        arrive(final)
        use(client, final)
    assert sources_of(last) == {"start": second.take.take_number}


def test_a_draft_without_a_final_is_waited_for_by_nobody(client, project):
    one, other = draft(project), draft(project)
    between = draft(project, extends=one, end=Frame(source=other))
    first, last = made(client, project, [one, between])
    assert list(last.waits_for.all()) == [first]
    arrive(first)
    use(client, first)
    assert sources_of(last) == {"start": first.take.take_number, "end": other.take_number}


def test_one_that_waits_can_be_made_on_the_draft_or_taken_out(client, project):
    one = draft(project)
    others = [draft(project, extends=one) for _ in range(2)]
    _, second, third = made(client, project, [one, *others])
    use(client, second, "order_final")
    second.refresh_from_db()
    assert second.take.keyframes.get(position="start").source == one
    page = use(client, third, "drop_final")
    third.refresh_from_db()
    assert (third.stage, third.take) == (Final.Stage.CANCELLED, None)
    assert "took it out before it was ordered" in said(page)
    follow()
    assert finals_of(project).count() == 2


# --- where it is shown ---------------------------------------------------------------------------


def test_cards_and_pages_say_which_take_is_the_final_of_which(client, project):
    one = draft(project)
    (final,) = made(client, project, [one])
    board = said(client.get(f"/projects/{project.slug}/"))
    assert "<span>final of take 1</span>" in board
    assert "<span>final: take 2</span>" in board
    arrive(final)
    page = said(client.get(f"/generations/{one.uuid}/"))
    assert f'Final: <a href="/generations/{final.take.uuid}/">take 2</a>, ready to be' in page
    page = said(client.get(f"/generations/{final.take.uuid}/"))
    assert "final of take 1" in page


def test_the_next_draft_is_asked_for_as_the_last_one_was(client, artist, project):
    one = draft(project, author=artist)
    made(client, project, [one])
    board = said(client.get(f"/projects/{project.slug}/"))
    assert '<option value="ray-flash-2" selected>' in board
    assert "<option selected>540p</option>" in board
