"""What people are told of, on their page and by mail: who, once, when, and never a stranger."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from generations.models import Budget, Event, State
from generations.refusal import upper_first
from studio import noting, reviewing, tasks
from studio.models import Membership, Notice, NoticeRules, Role, Verdict
from studio.notices import following, mailing
from tests.factories import ProjectFactory, member, take, version

HERE = reverse("notices")
LATER = timedelta(minutes=5)


@pytest.fixture
def producer(project):
    return member(project, Role.PRODUCER)


@pytest.fixture
def reviewer(project):
    return member(project, Role.REVIEWER)


def told(user) -> list[tuple[str, str]]:
    following.follow_all()
    return [(each.kind, each.words) for each in Notice.objects.of(user).order_by("pk")]


def kinds(user) -> list[str]:
    return [kind for kind, _ in told(user)]


def wants(user, how: str, *what: str) -> None:
    mailing.set_rules(user, NoticeRules.Mail(how), list(what or Notice.Kind.values))


def later() -> datetime:
    return timezone.now() + LATER


def test_its_author_alone_hears_that_a_take_is_finished_or_failed(project, artist, producer):
    take(project, State.COMPLETED, author=artist)
    take(project, State.FAILED, author=artist, failure="Luma failed this job. Nothing was charged.")
    assert told(artist) == [
        ("finished", "Take 1 of Desert Light is finished."),
        (
            "failed",
            "Take 2 of Desert Light failed. Luma failed this job. Nothing was charged.",
        ),
    ]
    assert told(producer) == []
    assert kinds(artist) == ["finished", "failed"]  # once, however often it is looked at


def test_a_request_is_told_to_those_who_approve(project, artist, producer, reviewer):
    take(project, State.REQUESTED, author=artist)
    assert kinds(producer) == ["requested"]
    assert kinds(artist) == kinds(reviewer) == []


def test_what_is_sent_to_review_is_told_to_those_who_judge_but_who_sent_it(
    project, artist, producer, reviewer
):
    made = take(project, State.COMPLETED, author=artist)
    reviewing.send([made], producer)
    assert kinds(reviewer) == ["review"]
    # Its link leads to where a verdict is said.
    assert Notice.objects.of(reviewer).get().path == f"/review/?take={made.uuid}"
    assert kinds(producer) == []
    assert "review" not in kinds(member(project, Role.VIEWER))


def test_a_verdict_of_somebody_else_is_told_to_the_takes_author(
    project, artist, producer, reviewer
):
    made = take(project, State.COMPLETED, author=artist)
    reviewing.judge(made, Verdict.CHANGES, reviewer, seen="")
    said = "Take 1 of Desert Light: {} said “{}”."
    assert told(artist)[1:] == [("verdict", said.format(reviewer, "changes wanted"))]
    assert Notice.objects.of(artist).first().path == reverse("generation", args=[made.uuid])
    reviewing.judge(made, Verdict.REJECTED, reviewer, seen="changes")
    reviewing.undo(made, reviewer, Role.REVIEWER)  # a slip, before anybody was told
    reviewing.judge(made, Verdict.APPROVED, artist, seen="changes")
    assert kinds(artist) == ["finished", "verdict"]
    assert kinds(reviewer) == kinds(producer) == []


def test_the_rail_counts_what_one_has_not_seen_until_one_says_so(project, artist, sign_in):
    client = sign_in(artist)

    def counted():
        return re.findall(r'aria-label="(\d+) not seen yet"', client.get("/").content.decode())

    assert counted() == []
    for _ in range(2):
        take(project, State.COMPLETED, author=artist)
    following.follow_all()
    assert set(counted()) == {"2"}
    page = client.get(HERE).content.decode()
    assert set(counted()) == {"2"}, "looking changes nothing"
    assert page.count("told__new") == 2
    take(project, State.COMPLETED, author=artist)
    following.follow_all()
    until = re.search(r'name="until" value="(\d+)"', page).group(1)
    for wrong in ("", "x", str(int(until) + 50), "9" * 30):
        client.post(reverse("notices_seen"), {"until": wrong})
    assert set(counted()) == {"3"}
    client.post(reverse("notices_seen"), {"until": until})
    assert set(counted()) == {"1"}
    assert client.get(HERE).content.decode().count("told__new") == 1


def test_who_is_named_in_a_note_hears_of_it_once(project, artist, reviewer):
    made = take(project, State.COMPLETED, author=artist)
    reviewer.name = "Mia"
    reviewer.save()
    noting.note(made, artist, noting.Remark("@Mia look at the fog", 3, []))
    noting.note(made, artist, noting.Remark("And at the sky", 4, []))
    assert [kind for kind in kinds(reviewer) if kind == "mention"] == ["mention"]
    assert str(artist) in told(reviewer)[-1][1]


def test_a_budget_that_is_nearly_gone_is_told_once_a_month(project, artist, producer):
    Budget.objects.create(team=project.team, limit_usd="0.80")
    take(project, author=artist)
    assert kinds(producer) == ["budget"]
    assert "Four fifths of" in told(producer)[0][1]
    assert "$0.80" in told(producer)[0][1]
    assert kinds(artist) == []


def test_who_lowers_a_budget_has_the_others_told_at_once(project, artist, producer, sign_in):
    take(project, author=artist)
    following.follow_all()
    owner = sign_in(member(project, Role.OWNER))
    owner.post(reverse("set_budget"), {"limit_usd": "0.80"})
    assert [each.kind for each in Notice.objects.of(producer)] == ["budget"]


def test_a_private_project_tells_only_who_sees_it(project, artist, producer):
    project.is_private = True
    project.save()
    project.private_to.add(artist)
    take(project, State.REQUESTED, author=artist)
    assert kinds(producer) == []


def test_who_left_reads_no_more_of_it_not_even_what_was_told(project, artist):
    take(project, State.COMPLETED, author=artist)
    assert kinds(artist) == ["finished"]
    Membership.objects.filter(user=artist).delete()
    assert kinds(artist) == []


def test_history_is_told_to_nobody(project, artist, monkeypatch):
    monkeypatch.setattr(following, "_FRESH", timedelta(0))
    take(project, State.COMPLETED, author=artist)
    assert kinds(artist) == []
    monkeypatch.undo()
    assert kinds(artist) == []
    assert Event.objects.exists()


def test_nobody_who_said_nothing_gets_a_mail(project, artist):
    take(project, State.COMPLETED, author=artist)
    tasks.tell_people()
    assert mailing.mail_due(later()) == 0
    assert mail.outbox == []


def test_at_once_means_together_what_happens_together(project, artist, settings):
    settings.PUBLIC_URL = "https://dailies.example.com"
    wants(artist, "at_once")
    first, second = (take(project, State.COMPLETED, author=artist) for _ in range(2))
    following.follow_all()
    assert mailing.mail_due() == 0  # more may come
    assert mailing.mail_due(later()) == 1
    assert mailing.mail_due(later()) == 0
    (sent,) = mail.outbox
    assert sent.to == [artist.email]
    assert sent.subject == "Dailies: 2 things happened"
    for made in (first, second):
        assert f"https://dailies.example.com/generations/{made.uuid}/" in sent.body
    assert "https://dailies.example.com/notices/" in sent.body
    assert "Fog lifts" not in sent.body  # no prompt leaves by mail
    take(project, State.FAILED, author=artist)
    following.follow_all()
    mailing.mail_due(later())
    assert mail.outbox[-1].subject.startswith("Take 3 of Desert Light failed.")


def test_once_a_day_is_at_eight_with_all_that_came_before(project, artist, time_machine):
    def at(day: int, hour: int) -> datetime:
        moment = datetime(2031, 5, day, hour, 30, tzinfo=UTC)
        time_machine.move_to(moment, tick=False)
        return moment

    def finish() -> None:
        take(project, State.COMPLETED, author=artist)
        following.follow_all()

    at(7, 5)
    wants(artist, "daily")
    finish()
    assert mailing.mail_due(at(7, 7)) == 0
    assert mailing.mail_due(at(7, 8)) == 1
    finish()
    finish()
    assert mailing.mail_due(at(7, 16)) == mailing.mail_due(at(8, 5)) == 0
    assert mailing.mail_due(at(8, 10)) == 1  # a server that was away at eight
    assert mail.outbox[-1].subject == "Dailies: 2 things happened"
    at(9, 13)
    finish()  # the first of a day that had nothing at eight
    assert mailing.mail_due(at(9, 14)) == 0
    assert mailing.mail_due(at(10, 8)) == 1


def test_only_what_is_wanted_is_mailed_and_the_rest_stays_on_the_page(project, artist):
    wants(artist, "at_once", "failed")
    take(project, State.COMPLETED, author=artist)
    assert kinds(artist) == ["finished"]
    assert mailing.mail_due(later()) == 0
    take(project, State.FAILED, author=artist)
    following.follow_all()
    assert mailing.mail_due(later()) == 1
    assert "finished" not in mail.outbox[0].body


def test_what_was_told_before_mail_was_wanted_is_in_none(project, artist):
    take(project, State.COMPLETED, author=artist)
    following.follow_all()
    wants(artist, "at_once")
    assert mailing.mail_due(later()) == 0


def test_a_mail_server_that_is_away_is_asked_again(project, artist, monkeypatch):
    def away(*_: object) -> None:
        raise ConnectionRefusedError

    wants(artist, "at_once")
    take(project, State.COMPLETED, author=artist)
    following.follow_all()
    with monkeypatch.context() as patched:
        patched.setattr("django.core.mail.EmailMessage.send", away)
        assert mailing.mail_due(later()) == 0
    assert mailing.mail_due(later()) == 1


def test_who_was_shut_out_gets_no_mail(project, artist):
    wants(artist, "at_once")
    take(project, State.COMPLETED, author=artist)
    following.follow_all()
    artist.is_active = False
    artist.save()
    assert mailing.mail_due(later()) == 0


def test_names_with_lines_in_them_make_no_header(project, artist):
    project.name = "Desert\r\nBcc: everybody@example.com"
    project.save()
    wants(artist, "at_once")
    take(project, State.COMPLETED, author=artist)
    following.follow_all()
    assert mailing.mail_due(later()) == 1
    assert "\n" not in mail.outbox[0].subject


def test_the_page_shows_it_and_keeps_how_it_is_wanted(client, project, artist):
    made = take(project, State.COMPLETED, author=artist)
    following.follow_all()
    page = client.get(HERE).content.decode()
    assert "Take 1 of Desert Light is finished." in page
    assert reverse("generation", args=[made.uuid]) in page
    answer = client.post(reverse("set_notices"), {"mail": "daily", "kinds": ["failed", "mention"]})
    assert answer.status_code == 302
    rules = NoticeRules.objects.get(user=artist)
    assert (rules.mail, rules.kinds) == ("daily", ["failed", "mention"])
    answer = client.post(reverse("set_notices"), {"mail": "hourly", "kinds": ["x"]})
    assert "Choose from the list." in answer.content.decode()
    assert NoticeRules.objects.get(user=artist).mail == "daily"


def test_looking_costs_one_query_where_nothing_happened(project, artist, django_assert_num_queries):
    for _ in range(3):
        take(ProjectFactory(team=project.team), State.COMPLETED, author=artist)
    following.follow_all()
    with django_assert_num_queries(1):
        following.follow_all()


def test_a_version_is_told_by_its_own_name(project, artist):
    made = version(take(project, State.COMPLETED, author=artist))
    words = [said for _, said in told(artist)]
    assert len(set(words)) == 2
    assert upper_first(made.name) in words[1]


def test_what_was_told_long_ago_is_forgotten(project, artist):
    take(project, State.COMPLETED, author=artist)
    following.follow_all()
    Notice.objects.update(created_at=timezone.now() - timedelta(days=61))
    tasks.tidy_notices()
    assert not Notice.objects.exists()
