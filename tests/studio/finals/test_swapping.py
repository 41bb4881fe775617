"""Finals take their drafts' places in the cut: once accepted, and never before."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from generations.models import State
from studio import reviewing
from studio.editing.cut import Clip, Into, Join
from studio.models import Final, Membership, Project, Role, Sequence, Share, Verdict
from tests.factories import ProjectFactory, bring, member
from tests.studio.finals.steps import (
    approve,
    arrive,
    cut_of,
    draft,
    follow,
    made,
    said,
    shown,
    use,
)


@pytest.fixture
def one(project):
    return draft(project)


@pytest.fixture
def sequence(project, one):
    other = draft(project)
    clips = [
        Clip("a", one.uuid, 6, 30, into=Into(Join.CROSSFADE, 4)),
        Clip("b", other.uuid),
        Clip("c", one.uuid),
    ]
    return cut_of(project, *clips)


@pytest.fixture
def final(client, project, one, sequence):
    (final,) = made(client, project, [one], into=[str(sequence.uuid)])
    return final


def takes_of(sequence):
    return [clip.take for clip in shown(sequence)]


def test_used_it_takes_every_clip_of_its_draft_with_ins_and_outs(client, project, final, sequence):
    before = shown(sequence)
    take = arrive(final)
    follow()
    assert takes_of(sequence) == [clip.take for clip in before], "nobody accepted it"
    page = said(use(client, final))
    after = shown(sequence)
    assert [clip.take for clip in after] == [take.uuid, before[1].take, take.uuid]
    assert (after[0].in_frame, after[0].out_frame) == (6, 30)
    assert after[0].into == before[0].into
    assert (after[2].in_frame, after[2].out_frame) == (0, None)
    assert "stands in 2 clips of “Rough cut” now." in page
    assert "In 2 clips of “Rough cut”." in page
    final.refresh_from_db()
    assert final.stage == Final.Stage.DONE


def test_approved_in_review_it_is_swapped_in_by_who_asked_for_it(client, artist, final, sequence):
    take = arrive(final)
    judge = approve(take)
    follow()
    assert takes_of(sequence).count(take.uuid) == 2
    final.refresh_from_db()
    assert final.accepted_by == judge
    head = Sequence.objects.get(pk=sequence.pk).head
    assert head.author == artist
    assert head.said == f"Put {take.name}, the final of take 1, into 2 clips"


def test_who_approves_is_told_what_that_does_to_the_cut(project, client, final, sign_in):
    take = arrive(final)
    reviewer = sign_in(member(project, Role.REVIEWER))
    told = "Once approved, it takes the places of take 1 in “Rough cut”."
    for page in (f"/review/?take={take.uuid}", f"/generations/{take.uuid}/"):
        assert told in said(reviewer.get(page))
    use(client, final)
    page = said(reviewer.get(f"/review/?take={take.uuid}"))
    assert "The final of" in page
    assert told not in page


def test_it_is_said_that_guests_see_approved_takes_alone(client, artist, project, final, sequence):
    arrive(final)
    assert "Guests see" not in said(client.get(f"/projects/{project.slug}/finals/"))
    Share.make(sequence, artist, timezone.now() + timedelta(days=1))
    page = said(client.get(f"/projects/{project.slug}/finals/"))
    assert "Guests see “Rough cut” only while each take in it is approved" in page


def test_undone_it_stays_undone_and_can_be_swapped_in_again(client, project, final, sequence):
    take = arrive(final)
    use(client, final)
    version = Sequence.objects.get(pk=sequence.pk).version
    url = reverse("undo", args=[sequence.uuid])
    client.post(f"{url}?version={version}")
    assert take.uuid not in takes_of(sequence)
    take.announce("approved")
    follow()
    assert take.uuid not in takes_of(sequence)
    page = said(client.get(f"/projects/{project.slug}/finals/"))
    assert "Taken out of “Rough cut” again, which shows the draft." in page
    use(client, final, "swap_final", sequence=sequence.uuid)
    assert takes_of(sequence).count(take.uuid) == 2


def test_another_sequence_is_offered_and_never_swapped_by_itself(client, project, one, final):
    trailer = cut_of(project, Clip("t", one.uuid), name="Trailer")
    take = arrive(final)
    page = said(use(client, final))
    assert takes_of(trailer) == [one.uuid]
    assert "“Trailer” shows the draft in 1 clip." in page
    use(client, final, "swap_final", sequence=trailer.uuid)
    assert takes_of(trailer) == [take.uuid]


def test_a_shorter_final_ends_earlier_and_that_is_told(client, final, sequence):
    take = arrive(final, seconds=1)
    page = said(use(client, final))
    clips = shown(sequence)
    assert (clips[0].in_frame, clips[0].out_frame) == (6, 24)
    assert clips[2].out_frame is None
    assert f"{take.name.capitalize()} has no more: clip 1 shows 00:18 instead of 01:00" in page


def test_a_longer_final_lengthens_no_clip(client, final, sequence):
    arrive(final, seconds=9)
    use(client, final)
    clips = shown(sequence)
    assert (clips[0].in_frame, clips[0].out_frame) == (6, 30)
    assert (clips[2].in_frame, clips[2].out_frame) == (0, 48)


def test_a_cut_that_was_changed_meanwhile_keeps_its_change(client, final, sequence):
    take = arrive(final)
    url = reverse("remove_clip", args=[sequence.uuid])
    client.post(url, {"version": sequence.version, "clip": "a"})
    use(client, final)
    assert [clip.key for clip in shown(sequence)] == ["b", "c"]
    # A tab that still shows the cut of before the swap is told, and changes nothing.
    late = client.post(url, {"version": sequence.version + 1, "clip": "b"})
    assert late.status_code == 409
    assert takes_of(sequence)[1] == take.uuid


def test_what_was_rejected_is_swapped_in_nowhere(client, project, final, sequence, sign_in):
    take = arrive(final)
    reviewing.judge(take, Verdict.REJECTED, member(project, Role.REVIEWER), seen="")
    follow()
    assert take.uuid not in takes_of(sequence)
    page = said(client.get(f"/projects/{project.slug}/finals/"))
    assert "Rejected" in page
    assert "Make another…" in page


def test_who_left_the_team_has_nothing_swapped_in_any_more(artist, project, final, sequence):
    Membership.objects.filter(user=artist).delete()
    take = arrive(final)
    approve(take)
    follow()
    assert take.uuid not in takes_of(sequence)


@pytest.mark.parametrize("is_deleted", [False, True])
def test_what_was_asked_for_by_who_is_gone_is_swapped_in_by_who_accepted_it(
    artist, project, final, sequence, is_deleted
):
    artist.delete() if is_deleted else Membership.objects.filter(user=artist).delete()
    take = arrive(final)
    producer = approve(take, member(project, Role.PRODUCER))
    follow()
    assert takes_of(sequence).count(take.uuid) == 2
    assert Sequence.objects.get(pk=sequence.pk).head.author == producer


def test_where_neither_may_make_takes_it_is_put_in_by_hand(
    artist, project, final, sequence, sign_in
):
    Membership.objects.filter(user=artist).delete()
    take = arrive(final)
    approve(take)
    follow()
    final.refresh_from_db()
    assert (final.stage, final.accepted_at is None) == (Final.Stage.DONE, False)
    producer = sign_in(member(project, Role.PRODUCER))
    page = said(producer.get(f"/projects/{project.slug}/finals/"))
    assert "“Rough cut” shows the draft in 2 clips." in page
    assert "Put it into Rough cut" in page
    use(producer, final, "swap_final", sequence=sequence.uuid)
    assert takes_of(sequence).count(take.uuid) == 2


def test_one_accepted_in_an_archived_project_waits_until_that_is_open_again(
    project, final, sequence
):
    take = arrive(final)
    approve(take)
    Project.objects.filter(pk=project.pk).update(archived_at=timezone.now())
    follow()
    assert take.uuid not in takes_of(sequence)
    Project.objects.filter(pk=project.pk).update(archived_at=None)
    take.announce("approved")
    follow()
    assert takes_of(sequence).count(take.uuid) == 2


def test_only_an_artist_accepts_and_swaps_and_only_here(
    project, final, sequence, viewer, stranger, sign_in, client
):
    take = arrive(final)
    reviewer = sign_in(member(project, Role.REVIEWER))
    for who, status in ((viewer, 403), (reviewer, 403), (stranger, 404)):
        for verb in ("use_final", "swap_final", "order_final", "drop_final"):
            response = who.post(reverse(verb, args=[final.uuid]), {"sequence": sequence.uuid})
            assert response.status_code == status
    assert take.uuid not in takes_of(sequence)
    elsewhere = Sequence.begin(ProjectFactory(team=project.team), None, "Elsewhere")
    use(client, final)
    page = said(use(client, final, "swap_final", sequence=elsewhere.uuid))
    assert "That sequence isn't there any more." in page


def test_what_isnt_here_cant_be_used(client, final, sequence):
    page = said(use(client, final))
    assert "isn't here" in page
    bring(final.take, State.FAILED)
    page = said(use(client, final))
    final.refresh_from_db()
    assert final.accepted_at is None
