"""Who asked for finals is told once each can be accepted: by a notice, and on Home."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from studio import reviewing
from studio.models import Membership, Notice, NoticeRules, Role
from studio.notices import following, mailing
from tests.factories import ProjectFactory, member
from tests.studio.finals.steps import approve, arrive, draft, made, said, use
from tests.studio.test_home_parts import queries

FINISHED = "Take {} of Desert Light is finished."
READY = "Take {} of Desert Light, the final of take {}, is ready to be accepted."


@pytest.fixture
def drafts(project):
    return [draft(project), draft(project)]


@pytest.fixture
def finals(client, project, drafts):
    following.follow_all()  # what the drafts told
    return made(client, project, drafts)


def told(user) -> list[str]:
    following.follow_all()
    return [each.words for each in Notice.objects.of(user).order_by("pk")]


def on_home(client) -> list[tuple[str, str]]:
    """Return where Home leads to accept finals, and in what words."""
    page = said(client.get(reverse("home")))
    return re.findall(r'href="([^"]+)">(\d+ finals? to accept in [^<]+)<', page)


def test_who_asked_for_a_final_alone_is_told_once_that_it_is_ready(client, project, artist, finals):
    take = arrive(finals[0])
    assert told(artist) == [READY.format(3, 1)]
    assert told(member(project, Role.PRODUCER)) == []
    take.announce("stored")  # its file was fetched again
    assert told(artist) == [READY.format(3, 1)]
    arrive(finals[1])
    assert told(artist) == [READY.format(3, 1), READY.format(4, 2)]


def test_its_notice_and_mail_lead_to_where_it_is_accepted(client, artist, finals, mailoutbox):
    mailing.set_rules(artist, NoticeRules.Mail.AT_ONCE, ["finished"])
    arrive(finals[0])
    following.follow_all()
    notice = Notice.objects.of(artist).get()
    where = f"/projects/desert-light/finals/#final-{finals[0].uuid}"
    assert notice.path == where
    assert f'href="{where}"' in said(client.get(reverse("notices")))
    mailing.mail_due(timezone.now() + timedelta(minutes=5))
    assert where in mailoutbox[0].body
    page = said(client.get(where))
    assert f'id="final-{finals[0].uuid}"' in page
    assert reverse("use_final", args=[finals[0].uuid]) in page


def test_home_counts_what_one_may_accept_in_each_project(client, project, finals, sign_in):
    assert on_home(client) == []
    arrive(finals[0])
    where = reverse("finals", args=[project.slug])
    assert on_home(client) == [(where, "1 final to accept in Desert Light")]
    arrive(finals[1])
    assert on_home(client) == [(where, "2 finals to accept in Desert Light")]
    assert on_home(sign_in(member(project, Role.PRODUCER))) == []
    use(client, finals[0])
    assert on_home(client) == [(where, "1 final to accept in Desert Light")]


def test_what_was_judged_sent_or_deleted_waits_for_nobody(client, project, artist, finals):
    sent, gone = (arrive(final) for final in finals)
    reviewing.send([sent], artist)
    client.post(reverse("discard", args=[gone.uuid]))
    assert on_home(client) == []
    approve(sent)
    assert on_home(client) == []


def test_who_may_not_accept_is_told_of_none(client, project, artist, finals):
    Membership.objects.filter(user=artist).update(role=Role.VIEWER)
    arrive(finals[0])
    assert told(artist) == [FINISHED.format(3)]
    assert on_home(client) == []
    Membership.objects.filter(user=artist).update(role=Role.ARTIST)
    assert len(on_home(client)) == 1
    project.is_private = True
    project.save()
    assert on_home(client) == []


@pytest.mark.parametrize("gone", ["left", "viewer", "private", "deleted"])
def test_those_of_who_may_not_accept_any_more_wait_for_the_producers(
    client, project, artist, finals, sign_in, gone
):
    roles = (Role.OWNER, Role.PRODUCER, Role.ARTIST)
    owner, producer, other = (sign_in(member(project, role)) for role in roles)
    arrive(finals[0])
    assert on_home(owner) == on_home(producer) == []
    theirs = Membership.objects.filter(user=artist)
    if gone == "private":
        project.is_private = True
        project.save()
    else:
        {
            "left": theirs.delete,
            "viewer": lambda: theirs.update(role=Role.VIEWER),
            "deleted": artist.delete,
        }[gone]()
    assert len(on_home(owner)) == 1
    assert len(on_home(producer)) == (0 if gone == "private" else 1)
    assert on_home(other) == []
    use(owner, finals[0])
    assert on_home(owner) == []


def test_what_is_accepted_before_anybody_was_told_is_only_finished(client, artist, finals):
    arrive(finals[0])
    use(client, finals[0])
    assert told(artist) == [FINISHED.format(3)]


def test_finals_of_many_projects_cost_home_no_more_queries(client, project, finals):
    arrive(finals[0])
    few = queries(client)
    for _ in range(3):
        other = ProjectFactory(team=project.team)
        arrive(*made(client, other, [draft(other)]))
    assert len(on_home(client)) == 4
    assert queries(client) == few
