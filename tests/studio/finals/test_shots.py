"""An accepted final stands in the shot of the storyboard that showed its draft, undoably, once."""

import pytest
from django.urls import reverse

from generations.kinds import Kind
from generations.models import Generation
from studio.models import Final, Membership, Role, Shot, ShotTake
from studio.storyboarding.cutting import sequence_of
from tests.factories import member, version
from tests.studio.finals.steps import approve, arrive, draft, follow, made, said, use
from tests.studio.test_storyboard_runs import chain, plan_of, states


@pytest.fixture
def drafts(client, project):
    """The chosen takes of two shots, the second going on from the first."""
    chain(client, project, "Dunes at dawn", "A caravan crosses")
    takes = list(Generation.objects.filter(project=project).order_by("take_number"))
    for take in takes:
        approve(take)
    return takes


@pytest.fixture
def final(client, project, drafts) -> Final:
    (final,) = made(client, project, drafts[:1])
    return final


def in_film(project) -> list[int]:
    """Return the number of the take that each shot shows."""
    return [each.chosen.generation.take_number for each in plan_of(project).shots if each.chosen]


def finals_page(client, project) -> str:
    return said(client.get(reverse("finals", args=[project.slug])))


def test_used_it_is_the_shots_take_and_nothing_gets_stale(client, project, final):
    take = arrive(final)
    follow()
    assert in_film(project) == [1, 2], "nobody accepted it"
    version = plan_of(project).storyboard.version
    page = said(use(client, final))
    assert in_film(project) == [3, 2]
    assert states(project) == ["made", "made"]
    assert plan_of(project).storyboard.version > version, "open storyboards show it"
    assert "Take 3 stands in shot 1 of the storyboard now." in page
    assert "In shot 1 of the storyboard." in page
    board = said(client.get(reverse("storyboard", args=[project.slug])))
    assert "Take 3, the final of take 1, for shot 1" in board
    cut = sequence_of(plan_of(project), take.author).cut
    assert cut.clips[0].take == take.uuid


def test_undone_the_draft_is_back_and_stays_until_it_is_asked_for_again(client, project, final):
    arrive(final)
    use(client, final)
    shot = Shot.objects.kept().first()
    back = f"{reverse('choose_take', args=[shot.uuid])}?back={final.draft.uuid}"
    assert client.post(back)["Location"] == reverse("finals", args=[project.slug])
    there = client.post(back, headers={"HX-Request": "true"})
    assert (there.status_code, there.content) == (200, b""), "no storyboard is on that page"
    assert in_film(project) == [1, 2]
    assert states(project) == ["made", "made"]
    final.take.announce("approved")
    follow()
    assert in_film(project) == [1, 2]
    page = finals_page(client, project)
    assert "Shot 1 of the storyboard shows the draft." in page
    assert "Put it into shot 1" in page
    use(client, final, "swap_final_shot")
    assert in_film(project) == [3, 2]
    assert ShotTake.objects.filter(generation=final.take).count() == 1


def test_its_undo_is_a_press_on_the_notice(client, project, final):
    arrive(final)
    shot = Shot.objects.kept().first()
    undo = f'action="{reverse("choose_take", args=[shot.uuid])}?back={final.draft.uuid}"'
    assert undo in said(use(client, final))


def test_in_a_shot_too_it_is_said_what_the_final_comes_without(client, project, drafts, final):
    version(drafts[0], Kind.AUDIO)
    arrive(final)
    page = said(use(client, final))
    assert "of the storyboard now. Take 1 played with sound there: take 3 comes without" in page


def test_approved_in_review_it_is_swapped_in_and_who_approves_is_told(
    client, project, final, sign_in
):
    take = arrive(final)
    page = said(sign_in(member(project, Role.REVIEWER)).get(f"/review/?take={take.uuid}"))
    assert "Once approved, it takes the places of take 1 in shot 1 of the storyboard." in page
    approve(take)
    follow()
    assert in_film(project) == [3, 2]


def test_a_shot_that_shows_another_take_by_then_is_left_alone(client, project, artist, final):
    arrive(final)
    shot = Shot.objects.kept().first()
    other = Generation.objects.get(project=project, take_number=2)
    ShotTake.objects.filter(generation=other).update(shot=shot)
    shot.choose(ShotTake.objects.get(generation=other), artist)
    page = said(use(client, final))
    assert not ShotTake.objects.filter(generation=final.take).exists()
    assert "Take 3 is accepted." in page
    assert "No shot shows take 1 any more." in said(use(client, final, "swap_final_shot"))


def test_a_shot_that_shows_its_newest_take_unchosen_shows_the_final(
    client, project, drafts, final, sign_in
):
    Shot.objects.update(chosen=None)
    take = arrive(final)
    page = said(sign_in(member(project, Role.REVIEWER)).get(f"/review/?take={take.uuid}"))
    assert "Once approved, it takes the places of take 1 in shot 1 of the storyboard." in page
    page = said(use(client, final))
    assert "Take 3 stands in shot 1 of the storyboard now." in page
    assert "In shot 1 of the storyboard." in page
    assert in_film(project) == [3, 2]
    assert states(project) == ["made", "made"]


def test_so_does_one_whose_choice_was_deleted(client, project, artist, drafts, final):
    shot = ShotTake.objects.get(generation=drafts[0]).shot
    other = draft(project, author=artist)
    chosen = ShotTake.objects.create(shot=shot, generation=other, asked={})
    shot.choose(chosen, artist)
    arrive(final)
    client.post(reverse("discard", args=[other.uuid]))
    use(client, final)
    assert in_film(project) == [final.take.take_number, 2]


def test_one_whose_newest_take_is_another_is_left_alone(client, project, drafts, final):
    shot = ShotTake.objects.get(generation=drafts[0]).shot
    ShotTake.objects.create(shot=shot, generation=draft(project), asked={})
    Shot.objects.update(chosen=None)
    arrive(final)
    page = said(use(client, final))
    assert "is accepted." in page
    assert not ShotTake.objects.filter(generation=final.take).exists()


def test_a_final_that_nobody_accepted_is_put_into_no_shot(client, project, final):
    arrive(final)
    use(client, final, "swap_final_shot")
    assert in_film(project) == [1, 2]


def test_finals_of_finals_keep_the_shots_behind_them(client, project, drafts):
    for size in ("1080p", "4k"):
        (final,) = made(
            client,
            project,
            [Final.objects.latest("pk").take if size == "4k" else drafts[0]],
            resolution=size,
        )
        arrive(final)
        approve(final.take)
        follow()
    assert in_film(project) == [4, 2]
    assert states(project) == ["made", "made"]


def test_both_finals_of_a_chain_stand_in_their_shots(client, project, drafts):
    first, second = made(client, project, drafts)
    for final in (first, second):
        arrive(final)
        use(client, final)
    assert in_film(project) == [3, 4]
    assert states(project) == ["made", "made"]


def test_who_may_make_no_takes_any_more_swaps_nothing(client, project, artist, final):
    take = arrive(final)
    Membership.objects.filter(user=artist).update(role=Role.VIEWER)
    approve(take)
    follow()
    assert in_film(project) == [1, 2]
