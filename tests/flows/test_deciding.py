"""A producer decides in the browser what became of a take whose answer was lost."""

from django.utils import timezone
from playwright.sync_api import expect

from generations.models import State
from generations.models.states import Reason
from studio.models import Role
from tests.factories import member, take


def test_a_decision_changes_the_card_where_it_stands(watched, enter, live_server, project):
    enter(watched.context, member(project, Role.PRODUCER))
    undecided = take(project, State.UNCONFIRMED)
    undecided.note(Reason.UNDECIDED, "A person decides.", next_at=timezone.now())
    watched.goto(f"{live_server.url}/projects/{project.slug}/")
    card = watched.locator(f"#take-{undecided.uuid}")
    its_id = card.get_by_role("textbox", name="Its id at Luma")

    its_id.fill("not an id")
    card.get_by_role("button", name="It was made").click()
    expect(card.get_by_role("alert")).to_contain_text("letters, digits and hyphens only")
    expect(its_id).to_have_value("not an id")
    its_id.fill("pasted")
    undecided.announce("noted")  # so that the card is shown anew
    expect(card).to_have_attribute("data-version", f"{undecided.last_event}.unconfirmed")
    expect(its_id).to_have_value("pasted")

    # Where a filter is set a changed card comes another way.
    watched.get_by_label("Filter by state").select_option("In the works")
    expect(its_id).to_have_value("")
    its_id.fill("pasted again")
    undecided.announce("noted")
    expect(card).to_have_attribute("data-version", f"{undecided.last_event}.unconfirmed")
    expect(its_id).to_have_value("pasted again")
    expect(its_id).to_be_focused()

    card.get_by_role("button", name="It wasn't: send again ($0.71)").click()
    expect(card).to_contain_text("it is sent again")
    expect(its_id).to_have_count(0)
    assert f"/projects/{project.slug}/?state=" in watched.url
    undecided.refresh_from_db()
    assert (undecided.state, undecided.attempts.count()) == (State.WAITING, 2)
