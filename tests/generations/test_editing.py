"""A take that waits is changed: a new prompt, the same place, the new price."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.utils import timezone

from generations import approving, editing, ordering, queueing, submitting
from generations.models import Budget, Generation, Prompt, SpendingRules
from generations.orders import Frame, Order, order_of
from generations.refusal import Refused
from generations.stills import keep_upload
from tests.factories import AccountFactory, member
from tests.generations.pictures import picture
from tests.generations.test_at_once import at_once


def changed(take, **changes):
    return replace(order_of(take.prompt, take), **changes)


def test_a_waiting_take_gets_a_new_prompt_and_keeps_its_place(studio):
    first, second = studio.order(), studio.order("Another")
    old, old_usd = first.prompt, first.price_usd
    editing.edit(first, studio.person, changed(first, words="Calm seas", duration_s=9))
    first = Generation.objects.get(pk=first.pk)
    assert (first.prompt.words, first.prompt.parent) == ("Calm seas", old)
    assert Prompt.objects.get(pk=old.pk).words != "Calm seas"
    assert list(Generation.objects.waiting()) == [first, second]
    assert first.price_usd > old_usd
    assert first.ledger.reserved_usd() == first.price_usd
    assert first.events.get(kind="edited").actor == studio.person
    studio.work(first, until="completed")
    assert first.ledger.spent_usd() == first.price_usd


def test_its_frames_change_with_it(studio):
    stills = [keep_upload(studio.project, studio.person, picture()) for _ in range(2)]
    take = studio.order(start=Frame(still=stills[0]))
    editing.edit(take, studio.person, changed(take, start=None, end=Frame(still=stills[1])))
    keyframe = take.keyframes.get()
    assert (keyframe.position, keyframe.still) == ("end", stills[1])


def test_a_paused_take_stays_paused(studio):
    take = studio.order()
    queueing.pause(take, studio.person)
    editing.edit(take, studio.person, changed(take, words="Calm seas"))
    assert Generation.objects.get(pk=take.pk).is_paused
    assert submitting.submit_due(studio.account.pk) == 0


def test_what_was_sent_is_not_changed(studio):
    take = studio.order()
    stale = Generation.objects.get(pk=take.pk)
    submitting.submit_due(studio.account.pk)
    with pytest.raises(Refused, match="was sent or changed meanwhile"):
        editing.edit(stale, studio.person, changed(take, words="Calm seas"))
    assert Generation.objects.get(pk=take.pk).prompt.words == take.prompt.words
    assert Prompt.objects.count() == 1
    assert len(studio.paid()) == 1


def test_of_two_who_change_it_at_once_one_is_told(studio):
    take = studio.order()
    stale = Generation.objects.get(pk=take.pk)
    editing.edit(take, studio.person, changed(take, words="Calm seas"))
    with pytest.raises(Refused, match="meanwhile"):
        editing.edit(stale, studio.person, changed(take, words="Stormy seas"))
    assert Generation.objects.get(pk=take.pk).prompt.words == "Calm seas"


def test_an_edit_is_judged_as_an_order_is(studio):
    take = studio.order()
    with pytest.raises(Refused, match="doesn't make 7 s"):
        editing.edit(take, studio.person, changed(take, duration_s=7))
    assert Generation.objects.get(pk=take.pk).price_usd == take.price_usd


def test_a_budget_has_room_for_the_new_price_or_nothing_changes(studio):
    take = studio.order()
    team = studio.project.team
    Budget.objects.create(team=team, limit_usd=take.price_usd)
    cheaper = changed(take, model="ray-flash-2")
    dearer = changed(take, duration_s=9)
    with pytest.raises(Refused, match="is left of the team's"):
        editing.edit(take, studio.person, dearer)
    take = Generation.objects.get(pk=take.pk)
    assert take.ledger.reserved_usd() == take.price_usd
    assert take.attempts.count() == 1
    editing.edit(take, studio.person, cheaper)
    assert Generation.objects.get(pk=take.pk).prompt.model == "ray-flash-2"


def test_no_edit_goes_past_a_producers_approval(studio):
    take = studio.order()
    SpendingRules.objects.create(team=studio.project.team, approval_above_usd=take.price_usd)
    with pytest.raises(Refused, match="asks a producer"):
        editing.edit(take, studio.person, changed(take, resolution="1080p"), asks=True)
    editing.edit(take, studio.person, changed(take, resolution="1080p"))
    assert Generation.objects.get(pk=take.pk).prompt.resolution == "1080p"


def test_an_edit_stays_with_its_account(studio):
    AccountFactory(team=studio.project.team, rank=0, name="Earlier")
    take = studio.order()
    editing.edit(take, studio.person, changed(take, words="Calm seas"))
    assert Generation.objects.get(pk=take.pk).account == take.account


@pytest.mark.django_db(transaction=True)
def test_an_edit_and_a_worker_at_once_never_mix(studio):
    for _ in range(5):
        take = studio.order()
        order = changed(take, words="Calm seas")

        def edit(take=take, order=order):
            try:
                editing.edit(Generation.objects.get(pk=take.pk), studio.person, order)
            except Refused:
                return False
            return True

        edited, _ = at_once(edit, lambda: submitting.submit_due(studio.account.pk))
        submitting.submit_due(studio.account.pk)
        take = Generation.objects.get(pk=take.pk)
        assert take.state == "queued"
        made = take.prompt.words == "Calm seas"
        assert made == edited
        assert take.ledger.reserved_usd() == take.price_usd
    assert len(studio.paid()) == 5


def test_another_kind_is_generated_anew(studio):
    take = studio.order()
    with pytest.raises(Refused, match="Generate this anew"):
        editing.edit(take, studio.person, Order(words="A still life", kind="image"))
    assert take.begin(timezone.now())


def test_an_approval_is_for_the_words_that_were_approved(studio):
    artist = member(studio.project)
    SpendingRules.objects.create(team=studio.project.team, approval_above_usd=Decimal(1))
    take = ordering.accept(
        studio.project, artist, Order(words="What was read", resolution="1080p"), asks=True
    )
    approving.approve(take, studio.person, take.price_usd)
    with pytest.raises(Refused, match="a producer has to see"):
        editing.edit(take, artist, changed(take, words="Something else"), asks=True)
    take = Generation.objects.get(pk=take.pk)
    assert (take.prompt.words, take.approved_by) == ("What was read", studio.person)
    editing.edit(take, artist, changed(take, words="Smaller", resolution="720p"), asks=True)
    take = Generation.objects.get(pk=take.pk)
    assert (take.prompt.words, take.approved_by) == ("Smaller", None)
