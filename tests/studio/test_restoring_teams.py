"""Who restores a deleted team, where its owner doesn't or can't any more."""

import pytest
from django.urls import reverse
from django.utils import timezone

from studio import deleting, shutting_out
from studio.leaving import departing
from studio.models import AuditEntry, FormerMembership, Membership, Role, Team
from tests.factories import PASSWORD, UserFactory, member


@pytest.fixture
def owner(project):
    return member(project, Role.OWNER)


@pytest.fixture
def producer(project):
    return member(project, Role.PRODUCER)


@pytest.fixture
def gone(project, owner, producer):
    assert deleting.delete(project.team, owner)
    return Team.objects.get(pk=project.team.pk)


@pytest.fixture
def admin(db, sign_in):
    return sign_in(UserFactory(is_staff=True, is_superuser=True))


def restore(client, team):
    return client.post(reverse("restore_team", args=[team.uuid])).status_code


def roles(team):
    return dict(Membership.objects.filter(team=team).values_list("user", "role"))


def restore_in_the_admin(admin, *teams):
    sent = {"action": "restore", "_selected_action": [team.pk for team in teams], "index": "0"}
    where = reverse("admin:studio_team_changelist")
    return admin.post(where, sent, follow=True).content.decode()


def test_who_owned_it_may_leave_for_good_and_is_told_what_becomes_of_it(gone, owner, sign_in):
    client = sign_in(owner)
    page = client.get(reverse("your_data")).content.decode()
    assert f"You can restore {gone}, which is deleted." in page
    assert "its producers can, and where there is none an administrator" in page
    client.post(reverse("depart"), {"email": owner.email, "password": PASSWORD})
    owner.refresh_from_db()
    assert not owner.is_active
    assert not FormerMembership.objects.filter(user=owner).exists()


def test_once_its_owner_has_left_a_producer_restores_it_and_owns_it(
    gone, project, owner, producer, artist, sign_in
):
    Membership.objects.all().delete()
    leading, making = sign_in(producer), sign_in(artist)
    assert f"Restore {gone}" not in leading.get(reverse("new_team")).content.decode()
    assert restore(leading, gone) == 404
    departing.depart(owner)
    page = leading.get(reverse("new_team")).content.decode()
    assert f"Restore {gone}" in page
    assert "who owned it has left: restored, it is yours" in page
    assert restore(making, gone) == 404
    assert restore(leading, gone) == 302
    assert roles(gone)[producer.pk] == Role.OWNER
    assert Membership.objects.filter(team=gone, role=Role.OWNER).count() == 1
    words = f"Restored the deleted team {gone}, which {producer} owns now"
    assert AuditEntry.objects.of(gone).filter(words=words, actor=producer).exists()


def test_administrators_see_it_with_who_was_in_it_and_restore_it(gone, owner, producer, admin):
    listed = admin.get(reverse("admin:studio_team_changelist"), {"deleted_at__isempty": "0"})
    assert str(gone) in listed.content.decode()
    page = admin.get(reverse("admin:studio_team_change", args=[gone.pk]))
    assert str(owner) in page.content.decode()
    assert "1 of the chosen teams restored." in restore_in_the_admin(admin, gone)
    assert roles(gone) == {owner.pk: Role.OWNER, producer.pk: Role.PRODUCER}
    assert AuditEntry.objects.of(gone).filter(words=f"Restored the deleted team {gone}").exists()
    assert "0 of the chosen teams restored." in restore_in_the_admin(admin, gone)


def test_an_administrator_gives_one_without_owner_to_who_had_the_highest_role(
    gone, owner, producer, admin
):
    departing.depart(owner)
    restore_in_the_admin(admin, gone)
    assert roles(gone) == {producer.pk: Role.OWNER}


def test_one_whose_owner_is_shut_out_is_a_producers_who_can_sign_in(
    gone, project, owner, producer, admin
):
    earlier = producer
    able = UserFactory()
    FormerMembership.objects.create(
        team=gone, user=able, role=Role.PRODUCER, created_at=timezone.now()
    )
    shutting_out.disable(owner)
    shutting_out.disable(earlier)
    page = restore_in_the_admin(admin, gone)
    assert f"1 of the chosen teams restored. {able} owns {gone}." in page
    assert roles(gone) == {
        owner.pk: Role.PRODUCER,
        earlier.pk: Role.PRODUCER,
        able.pk: Role.OWNER,
    }
    words = f"Restored the deleted team {gone}, which {able} owns now"
    assert AuditEntry.objects.of(gone).filter(words=words).exists()


@pytest.mark.parametrize("left", [Role.ARTIST, Role.REVIEWER, Role.VIEWER])
def test_one_that_nobody_may_own_stays_deleted_until_somebody_can_sign_in(
    gone, owner, producer, admin, left
):
    FormerMembership.objects.create(
        team=gone, user=UserFactory(), role=left, created_at=timezone.now()
    )
    departing.depart(owner)
    shutting_out.disable(producer)
    page = restore_in_the_admin(admin, gone)
    assert "0 of the chosen teams restored." in page
    assert f"{gone} stays deleted: neither its owner nor a producer of it can sign in" in page
    assert not roles(gone)
    shutting_out.enable(producer)
    assert f"{producer} owns {gone}." in restore_in_the_admin(admin, gone)
    assert roles(gone)[producer.pk] == Role.OWNER


def test_one_that_everybody_has_left_is_nobodys_to_restore(gone, owner, producer, admin):
    departing.depart(owner)
    departing.depart(producer)
    assert "0 of the chosen teams restored." in restore_in_the_admin(admin, gone)
