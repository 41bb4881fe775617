"""Pages that show one team's things lead to the other teams' as well."""

import pytest

from studio.models import Role
from tests.factories import MembershipFactory


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/queue/", "/team/accounts/"])
def test_a_page_of_one_team_names_it_and_leads_to_the_other(client, path):
    first = MembershipFactory(role=Role.OWNER)
    second = MembershipFactory(user=first.user, role=Role.OWNER)
    client.force_login(first.user)
    page = client.get(f"{path}?team={first.team.uuid}").content.decode()
    assert f"<span>{first.team}</span>" in page
    assert f'<a href="?team={second.team.uuid}">{second.team}</a>' in page
