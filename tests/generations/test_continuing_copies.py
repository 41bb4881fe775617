"""A copy of a take was never made at its account: it is continued from a picture of it."""

import pytest

from generations import copying, submitting
from generations.kinds import Kind
from generations.models import Account, Generation, State
from generations.ordering import accept
from generations.orders import Frame, Order, made_from
from generations.refusal import Refused
from tests.factories import ProjectFactory, take


@pytest.fixture
def copy(project, artist) -> Generation:
    made = take(project, State.COMPLETED, author=artist)
    return copying.copy(made, ProjectFactory(team=project.team), artist)


def test_a_copy_is_extended_from_its_last_frame(copy, artist, simulator):
    Account.objects.update(base_url=simulator.url)
    order = Order(words="On through the valley", start=Frame(source=copy))
    made = accept(copy.project, artist, order)
    assert submitting.submit_due(made.account_id)
    made.refresh_from_db()
    assert made.state == State.QUEUED, (made.state, made.words)
    assert made.keyframes.get().still
    assert made.notice == (
        "Done from the last frame of take 1 as a picture: no account of this team made it."
    )


def test_what_is_made_at_the_provider_from_a_copy_is_refused_in_words(copy, artist):
    for kind, more in ((Kind.UPSCALE, {"resolution": "1080p"}), (Kind.AUDIO, {"words": "Wind"})):
        with pytest.raises(Refused, match="wasn't made by Luma"):
            accept(copy.project, artist, made_from(copy, kind, **more))
