"""The administrators' pages: takes looked into, judged, retried and hidden; people and money."""

from decimal import Decimal

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils.html import strip_tags

from generations.models import Account, Budget, Generation, LedgerEntry, SpendingRules, State
from generations.models.states import Reason
from studio import noting, reviewing
from studio.models import AuditEntry, Criterion, Review, Role, Score, User
from tests.factories import (
    PASSWORD,
    MembershipFactory,
    ProjectFactory,
    UserFactory,
    drawn,
    member,
    take,
    version,
)

TAKES = "/admin/generations/generation/"


@pytest.fixture
def boss(db) -> User:
    """An administrator, of no team."""
    return UserFactory(name="Boss", is_staff=True, is_superuser=True)


@pytest.fixture
def admin(boss, sign_in):
    return sign_in(boss)


def act(admin, action, *takes, **more):
    sent = {"action": action, "_selected_action": [it.pk for it in takes], "index": "0"}
    return admin.post(TAKES, sent | more, follow=True).content.decode()


def log(**of) -> list[str]:
    return list(AuditEntry.objects.filter(**of).order_by("pk").values_list("words", flat=True))


# --- finding and looking -------------------------------------------------------------------------


def test_every_teams_takes_are_listed_with_posters_and_states(admin, project):
    take(project, State.COMPLETED)
    take(ProjectFactory(name="Elsewhere"), State.FAILED, words="A heron")
    drawn(project)
    said = admin.get(TAKES).content.decode()
    assert "Take 1 of Desert Light" in said
    assert "Take 1 of Elsewhere" in said
    assert said.count('<img class="poster"') == 2
    assert "Not generated" in said
    assert "photon-1, image" in said
    assert admin.get(TAKES, {"state__exact": "failed"}).content.decode().count("Take 1 of") == 1


def test_they_are_found_by_words_person_project_and_id(admin, project, artist):
    one = take(project, State.COMPLETED, author=artist, words="A heron at dusk")
    take(ProjectFactory(name="Elsewhere"), State.COMPLETED)
    for sought in ("heron", artist.email, "Desert", str(one.uuid)):
        said = admin.get(TAKES, {"q": sought}).content.decode()
        assert "of Desert Light" in said
        assert "Elsewhere</a>" not in said
    assert admin.get(TAKES, {"q": "nothing is like that"}).status_code == 200


def test_a_page_has_all_that_is_known_of_a_take(admin, project, artist):
    it = take(project, State.COMPLETED, author=artist, words="A heron at dusk")
    version(it)
    reviewing.send([it], artist)
    noting.note(it, artist, noting.Remark("Wind from the left", 3, []))
    Score.give(it, Criterion.objects.filter(team=project.team).first(), artist, 8)
    said = admin.get(f"{TAKES}{it.pk}/change/").content.decode()
    for known in (
        *("A heron at dusk", "<video", "In review", "Wind from the left", "Motion coherence: 8"),
        *("Rendered and charged", "&quot;model&quot;: &quot;ray-2&quot;", "Reserved", "Charged"),
        *("$0.7078", str(it.uuid), str(artist)),
    ):
        assert known in said, known
    for kind in ("video", "poster"):
        assert admin.get(f"{TAKES}{it.pk}/media/{kind}").status_code == 200
    assert admin.get(f"{TAKES}{it.pk}/media/image").status_code == 404
    assert admin.get(f"{TAKES}999999/change/").status_code in (302, 404)


@pytest.mark.parametrize("state", list(State))
def test_a_take_in_any_state_has_its_page(admin, project, state):
    it = take(project, state)
    assert admin.get(f"{TAKES}{it.pk}/change/").status_code == 200


def test_its_list_costs_the_same_few_queries_however_many(
    admin, project, django_assert_max_num_queries
):
    for _ in range(6):
        take(project, State.COMPLETED)
    admin.get(TAKES)
    with django_assert_max_num_queries(24):
        admin.get(TAKES)


# --- what is done --------------------------------------------------------------------------------


def test_several_are_approved_and_rejected_in_the_teams_rules(admin, boss, project):
    first, second = take(project, State.COMPLETED), take(project, State.COMPLETED)
    coming = take(project)
    said = act(admin, "approve", first, second, coming)
    assert "2 takes are approved." in said
    assert "Take 3 can&#x27;t be judged" in said
    assert {it.verdict for it in Review.objects.all()} == {"approved"}
    act(admin, "reject", first)
    assert Review.objects.get(generation=first).verdict == "rejected"
    assert log(kind="verdict", actor=boss) == [
        "Approved take 1 of Desert Light",
        "Approved take 2 of Desert Light",
        "Rejected take 1 of Desert Light",
    ]


def test_a_retry_shows_its_price_first_and_goes_the_engines_way(admin, boss, project):
    failed, ready = take(project, State.FAILED), take(project, State.COMPLETED)
    said = act(admin, "retry", failed, ready)
    assert "Retry 1 take, $0.71" in said
    assert "isn&#x27;t waiting to be retried" in said
    failed.refresh_from_db()
    assert failed.state == State.FAILED
    cheap = act(admin, "retry", failed, seen="yes", **{f"shown_{failed.pk}": "0.10"})
    assert "and $0.10 was shown" in cheap
    unseen = act(admin, "retry", failed, seen="yes")
    assert "which wasn&#x27;t shown before" in unseen
    done = act(admin, "retry", failed, seen="yes", **{f"shown_{failed.pk}": "0.7078"})
    assert "1 take is sent again." in done
    failed.refresh_from_db()
    assert failed.state == State.WAITING
    assert LedgerEntry.objects.reserved_usd() == Decimal("0.7078")
    again = act(admin, "retry", failed, seen="yes", **{f"shown_{failed.pk}": "0.7078"})
    assert "isn&#x27;t waiting to be retried" in again
    assert LedgerEntry.objects.reserved_usd() == Decimal("0.7078"), "never twice"
    assert log(kind="approval", actor=boss) == [
        "Retried take 1 of Desert Light as an administrator, $0.71"
    ]


def test_a_retry_keeps_to_budgets_and_to_who_approves(admin, boss, project):
    failed = take(project, State.FAILED)
    seen = {"seen": "yes", f"shown_{failed.pk}": "1"}
    budget = Budget.objects.create(team=project.team, limit_usd=Decimal("0.50"))
    assert "budget" in act(admin, "retry", failed, **seen)
    assert Generation.objects.get().state == State.FAILED
    budget.delete()
    SpendingRules.objects.create(team=project.team, approval_above_usd=0)
    act(admin, "retry", failed, **seen)
    assert Generation.objects.get().state == State.REQUESTED, "no producer of the team's"
    other = take(project, State.FAILED, reason=Reason.PROVIDER)
    project.team.memberships.create(user=boss, role=Role.PRODUCER)
    act(admin, "retry", other, seen="yes", **{f"shown_{other.pk}": "1"})
    assert Generation.objects.get(pk=other.pk).state == State.WAITING


def test_what_is_hidden_is_in_the_trash_and_comes_out_again(admin, boss, client, project):
    ready, coming = take(project, State.COMPLETED), take(project)
    said = act(admin, "hide", ready, coming)
    assert "1 take is hidden." in said
    assert "waits in line. Cancel it first." in said
    assert f"take-{ready.uuid}" not in client.get(f"/projects/{project.slug}/").content.decode()
    assert "1 take is shown again." in act(admin, "show_again", ready)
    assert f"take-{ready.uuid}" in client.get(f"/projects/{project.slug}/").content.decode()
    assert log(kind="deletion", actor=boss) == [
        "Hid take 1 of Desert Light as an administrator",
        "Took take 1 of Desert Light out of the trash as an administrator",
    ]


def test_of_two_administrators_the_second_is_told(admin, boss, sign_in, project):
    it = take(project, State.COMPLETED)
    other = sign_in(UserFactory(name="Zoe", is_staff=True, is_superuser=True))
    page = other.get(f"{TAKES}{it.pk}/change/").content.decode()
    assert f'name="seen_{it.pk}" value=""' in page
    assert f'name="seen_{it.pk}" value=""' in other.get(TAKES).content.decode()
    act(admin, "reject", it, **{f"seen_{it.pk}": ""})
    said = act(other, "approve", it, **{f"seen_{it.pk}": ""})
    assert "Boss" in said
    assert "are approved" not in said
    assert Review.objects.get().verdict == "rejected"
    assert f'name="seen_{it.pk}" value="rejected"' in said
    act(other, "approve", it, **{f"seen_{it.pk}": "rejected"})
    assert Review.objects.get().verdict == "approved"
    act(admin, "hide", it)
    assert "Take 1 is hidden already." in act(other, "hide", it)
    act(admin, "show_again", it)
    assert "Take 1 isn&#x27;t hidden any more" in act(other, "show_again", it)


def test_spending_is_approved_and_declined_once_its_price_is_seen(admin, boss, project, artist):
    first, second = (take(project, State.REQUESTED, author=artist) for _ in range(2))
    assert "Approve the spending" in admin.get(f"{TAKES}{first.pk}/change/").content.decode()
    said = act(admin, "approve_spending", first, second)
    assert "Approve the spending on 2 takes, $1.42" in said
    assert "isn&#x27;t waiting" not in said
    cheap = act(admin, "approve_spending", first, seen="yes", **{f"shown_{first.pk}": "0.10"})
    assert "It costs $0.71 by now" in cheap
    seen = {"seen": "yes", f"shown_{first.pk}": "0.7078"}
    assert "1 take is approved" in act(admin, "approve_spending", first, **seen)
    assert "decided or withdrawn" in act(admin, "approve_spending", first, **seen)
    assert "Say why" in act(admin, "decline_spending", second, why=" ")
    assert "1 take is declined" in act(admin, "decline_spending", second, why="Too dear")
    states = Generation.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == [State.WAITING, State.DECLINED]
    assert LedgerEntry.objects.reserved_usd() == Decimal("0.7078")
    assert log(kind="approval", actor=boss) == [
        "Approved spending at most $0.71 on take 1 of Desert Light as an administrator",
        "Declined the spending on take 2 of Desert Light",
    ]


def test_no_form_changes_or_deletes_a_take(admin, project):
    it = take(project, State.COMPLETED)
    assert admin.post(f"{TAKES}{it.pk}/change/", {"state": "failed"}).status_code == 403
    assert admin.post(f"{TAKES}{it.pk}/delete/", {"post": "yes"}).status_code == 403
    assert admin.get(f"{TAKES}add/").status_code == 403
    assert "delete_selected" not in admin.get(TAKES).content.decode()


# --- people, teams, accounts, budgets ------------------------------------------------------------


def test_people_are_shut_out_and_let_in_again(admin, boss, project, artist, client):
    users = "/admin/studio/user/"
    assert artist.email in admin.get(users, {"q": artist.email}).content.decode()
    page = admin.get(f"{users}{artist.pk}/change/").content.decode()
    assert str(project.team) in page
    assert artist.password not in page
    sent = {"_selected_action": [artist.pk, boss.pk], "index": "0"}
    said = admin.post(users, sent | {"action": "disable"}, follow=True).content.decode()
    assert "You would shut yourself out" in said
    assert client.get("/").status_code == 302
    assert User.objects.get(pk=boss.pk).is_active
    admin.post(users, sent | {"action": "enable"})
    assert User.objects.get(pk=artist.pk).is_active
    assert [words.split()[0] for words in log(kind="people", actor=boss)] == ["Disabled", "Let"]
    admin.post(f"{users}{artist.pk}/change/", {"name": "Renamed", "is_active": ""} | _no_inlines())
    assert User.objects.get(pk=artist.pk).name == "Renamed"
    told = "Changed the user “Renamed” as an administrator: name"
    assert log(kind="people", actor=boss, team=project.team)[-1] == told
    assert admin.get(f"{users}add/").status_code == 403


def test_people_are_listed_with_the_teams_they_are_in(
    admin, artist, project, django_assert_max_num_queries
):
    MembershipFactory(team__name="Badlands", user=artist, role=Role.REVIEWER)
    for _ in range(20):
        member(project, Role.VIEWER)
    with django_assert_max_num_queries(12):
        said = admin.get("/admin/studio/user/").content.decode()
    assert f'<td class="field-of">Badlands (reviewer), {project.team} (artist)</td>' in said
    assert said.count(f'<td class="field-of">{project.team} (viewer)</td>') == 20
    assert said.count('<td class="field-of">None</td>') == 1  # the administrator


def test_what_is_done_to_somebody_in_no_team_is_logged(admin, boss):
    loner = UserFactory(name="Loner")
    users = "/admin/studio/user/"
    for action in ("disable", "enable"):
        admin.post(users, {"_selected_action": [loner.pk], "index": "0", "action": action})
    admin.post(f"{users}{loner.pk}/change/", {"name": "Ann", "is_staff": "on"} | _no_inlines())
    assert log(kind="people", actor=boss, team=None) == [
        "Disabled Loner: they can't sign in any more",
        "Let Loner sign in again",
        "Changed the user “Ann” as an administrator: name, staff status",
    ]


def _no_inlines() -> dict[str, str]:
    return {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}


def test_only_who_may_do_anything_makes_administrators(sign_in, artist):
    clerk = UserFactory(is_staff=True)
    for name in ("view_user", "change_user"):
        clerk.user_permissions.add(Permission.objects.get(codename=name))
    url = f"/admin/studio/user/{clerk.pk}/change/"
    sent = {"name": "Clerk", "is_staff": "on", "is_superuser": "on"} | _no_inlines()
    sign_in(clerk).post(url, sent)
    clerk.refresh_from_db()
    assert (clerk.name, clerk.is_superuser) == ("Clerk", False)


def test_their_own_password_is_changed_where_everybody_changes_it(admin, boss):
    old, way = boss.password, "/admin/password_change/"
    typed = {"old_password": PASSWORD, "new_password1": "sails-and-9-oars"}
    typed["new_password2"] = typed["new_password1"]
    for answer in (admin.get(way), admin.post(way, typed)):
        assert answer["Location"] == reverse("account_change_password")
    boss.refresh_from_db()
    assert boss.password == old, "it wouldn't be in the log"


def test_the_last_superuser_stays_one(admin, boss):
    url = f"/admin/studio/user/{boss.pk}/change/"
    rights = {"is_staff": "on", "is_superuser": "on"}
    UserFactory(is_staff=True, is_superuser=True, is_active=False)  # who can't sign in
    for ticked in ({}, {"is_staff": "on"}, {"is_superuser": "on"}):
        said = admin.post(url, {"name": "Boss"} | ticked | _no_inlines()).content.decode()
        assert "Boss is the last superuser who can sign in. Make somebody else one" in said
    goes = {"email": boss.email, "password": PASSWORD}
    answer = admin.post(reverse("depart"), goes)
    assert answer.status_code == 422
    assert "Make somebody else one first" in answer.content.decode()
    for name, more in (("disable", ()), ("delete_person", ("--yes",))):
        with pytest.raises(CommandError, match="the last superuser"):
            call_command(name, boss.email, *more)
    boss.refresh_from_db()
    assert (boss.is_active, boss.is_staff, boss.is_superuser) == (True, True, True)
    admin.post(url, {"name": "Chief"} | rights | _no_inlines())
    UserFactory(is_staff=True, is_superuser=True)
    admin.post(url, {"name": "Chief"} | _no_inlines())
    boss.refresh_from_db()
    assert (boss.name, boss.is_staff, boss.is_superuser) == ("Chief", False, False)


def test_only_superusers_shut_superusers_out(sign_in, boss, artist):
    clerk = UserFactory(is_staff=True)
    for name in ("view_user", "change_user"):
        clerk.user_permissions.add(Permission.objects.get(codename=name))
    UserFactory(is_staff=True, is_superuser=True)  # so that Boss isn't the last
    sent = {"_selected_action": [boss.pk, artist.pk], "index": "0", "action": "disable"}
    answer = sign_in(clerk).post("/admin/studio/user/", sent, follow=True)
    assert "Boss is a superuser: have another superuser do that." in answer.content.decode()
    boss.refresh_from_db()
    artist.refresh_from_db()
    assert (boss.is_active, artist.is_active) == (True, False)


def test_teams_and_accounts_are_read_and_no_key_is_shown(admin, project):
    account = Account.objects.get(team=project.team)
    account.set_key("luma-canary-key-0123")
    account.save()
    teams = admin.get("/admin/studio/team/").content.decode()
    assert str(project.team) in teams
    made = take(project, State.COMPLETED)
    paths = ("/admin/generations/account/", f"/admin/generations/account/{account.pk}/change/")
    paths += (f"/admin/studio/team/{project.team.pk}/change/", f"{TAKES}{made.pk}/change/")
    pages = [admin.get(path).content.decode() for path in paths]
    for said in pages:
        for secret in ("canary", account.sealed_key, account.key_print):
            assert secret not in said
    assert account.name in pages[0]
    assert admin.post(f"/admin/generations/account/{account.pk}/change/").status_code == 403


def test_a_budget_is_set_as_on_the_spend_page_and_logged(admin, boss, project):
    budget = Budget.objects.create(team=project.team, limit_usd=5)
    take(project, State.COMPLETED)
    url = f"/admin/generations/budget/{budget.pk}/change/"
    assert "$0.71, 14 %" in admin.get(url).content.decode()
    admin.post(url, {"limit_usd": "12.50"})
    budget.refresh_from_db()
    assert (budget.limit_usd, budget.set_by) == (Decimal("12.50"), boss)
    entry = AuditEntry.objects.get(kind="budget")
    assert (entry.team, entry.actor) == (project.team, boss)
    assert admin.get("/admin/generations/budget/add/").status_code == 403


def test_whatever_else_is_changed_there_is_logged(admin, boss, project):
    account = Account.objects.get(team=project.team)
    given = {"account": account.pk, "model": "ray-2", "kind": "video", "price_usd": "0.5"}
    admin.post(reverse("admin:generations_priceoverride_add"), given)
    assert log(kind="keys", actor=boss, team=project.team)[0].startswith("Added the price override")
    group = {"name": "Clerks"}
    admin.post(reverse("admin:auth_group_add"), group)
    assert log(kind="settings", actor=boss) == ["Added the group “Clerks” as an administrator"]


def test_what_lets_people_in_is_told_and_nowhere_edited(admin, anonymous, artist):
    EmailAddress.objects.create(user=artist, email=artist.email, primary=True, verified=True)
    anonymous.post(reverse("account_login"), {"login": artist.email, "password": PASSWORD})
    TOTP.activate(artist, generate_totp_secret())
    index = admin.get("/admin/").content.decode()
    for path in ("account/emailaddress", "mfa/authenticator", "usersessions/usersession"):
        assert path not in index
        assert admin.get(f"/admin/{path}/").status_code == 404
    page = admin.get(f"/admin/studio/user/{artist.pk}/change/").content.decode()
    shown = " ".join(strip_tags(page).split())
    assert "Address confirmed:" in shown
    assert 'alt="True"' in page.partition("Address confirmed:")[2].partition("</div>")[0]
    assert "Signed in at: 1 browser " in shown
    SocialAccount.objects.create(user=artist, provider="openid_connect", uid="ada-7")
    known = f"/admin/socialaccount/socialaccount/{SocialAccount.objects.get().pk}"
    assert "ada-7" in admin.get(f"{known}/change/").content.decode()
    for path in (f"{known}/change/", f"{known}/delete/", "/admin/socialaccount/socialaccount/add/"):
        assert admin.post(path, {"user": artist.pk, "uid": "eve"}).status_code == 403
    assert SocialAccount.objects.get().uid == "ada-7"
    sealed = Authenticator.objects.get(user=artist, type="totp").data["secret"]
    assert sealed not in page


# --- who may -------------------------------------------------------------------------------------


def test_nobody_else_gets_in(client, sign_in, project, anonymous):
    it = take(project, State.COMPLETED)
    owner = sign_in(member(project, Role.OWNER))
    clerk = sign_in(UserFactory(is_staff=True))
    paths = (TAKES, f"{TAKES}{it.pk}/change/", f"{TAKES}{it.pk}/media/video", "/admin/studio/user/")
    for path in paths:
        for each in (client, owner, anonymous):
            assert each.get(path).status_code == 302
        assert clerk.get(path).status_code == 403


def test_who_may_only_look_has_no_verbs(sign_in, project):
    it = take(project, State.COMPLETED)
    looker = UserFactory(is_staff=True)
    looker.user_permissions.add(Permission.objects.get(codename="view_generation"))
    seen = sign_in(looker)
    assert 'name="action"' not in seen.get(f"{TAKES}{it.pk}/change/").content.decode()
    assert seen.get(f"{TAKES}{it.pk}/media/video").status_code == 200
    act(seen, "approve", it)
    assert not Review.objects.exists()
