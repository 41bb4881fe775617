"""What moves to another account or model is judged as a whole: its pictures, pins and words too."""

from decimal import Decimal

import pytest
from django.utils import timezone

from generations import stills, submitting, sweeping
from generations.models import Account, Generation, ModelFallback
from generations.ordering import accept, quote_again, retry
from generations.orders import Frame, Order, Picture, Pinned, image
from tests.factories import take as finished
from tests.generations.conftest import Studio, due_now, fresh
from tests.generations.pictures import picture as upload
from tests.generations.test_luma_agents import KEY, agents  # noqa: F401  (a fixture)
from tests.generations.test_luma_agents_kinds import BLUE, RED, picture

SPARE_KEY = "luma-api-spare"


def breaks(account: Account) -> None:
    """Its key is refused from now on, and whoever waits for it is looked at."""
    account.set_key("bad-key")
    account.save()
    for _ in range(4):
        submitting.submit_due(account.pk)
        due_now()


def painted(studio: Studio) -> Generation:
    """A picture after two others, which cost a little each."""
    after = tuple(Picture("image", picture(studio, each)) for each in (RED, BLUE))
    return accept(studio.project, studio.person, image("Alike", "uni-1", references=after))


def test_the_pictures_that_go_in_are_paid_at_the_other_account_too(agents: Studio) -> None:  # noqa: F811
    spare = Account(team=agents.project.team, provider="luma-agents", name="Spare", rank=5)
    spare.simulated, spare.base_url = True, agents.simulator.agents_url
    spare.set_key(SPARE_KEY)
    spare.save()
    take = painted(agents)
    shown_usd = take.price_usd
    breaks(agents.account)
    take = fresh(take)
    assert (take.account, take.price_usd) == (spare, shown_usd)
    while take.state != "completed":
        sweeping.work_once()
        due_now()
        take = fresh(take)
    [made] = agents.simulator.agents_books(SPARE_KEY)["generations"]
    assert take.ledger.spent_usd() == Decimal(str(made["price_cents"])) / 100


def test_what_is_tried_again_costs_what_was_said(agents: Studio) -> None:  # noqa: F811
    take = painted(agents)
    assert take.cancel(agents.person)
    quoted_usd = quote_again(fresh(take))
    assert quoted_usd == Decimal("0.0464")
    retry(fresh(take), agents.person, seen_usd=quoted_usd)
    assert fresh(take).price_usd == quoted_usd


def stands_in(studio: Studio, model: str, other: str) -> None:
    ModelFallback.objects.create(team=studio.project.team, from_model=model, to_model=other)


def test_pinned_pictures_are_not_left_out_by_a_model_that_takes_none(agents: Studio) -> None:  # noqa: F811
    stands_in(agents, "ray-3.2", "ray-flash-2")
    pins = tuple(Pinned(n, Frame(picture(agents, it))) for n, it in ((0, RED), (60, BLUE)))
    order = Order("Dunes", "ray-3.2", resolution="1080p", keyframes=pins)
    take = accept(agents.project, agents.person, order)
    breaks(agents.account)
    take = fresh(take)
    assert (take.prompt.model, take.state) == ("ray-3.2", "waiting")
    assert "can't take the place of Ray 3.2 here, so it waits." in take.notice
    assert "takes pictures at its start and end alone" in take.notice


def test_a_picture_that_was_kept_as_it_is_goes_with_it_to_another_model(agents: Studio) -> None:  # noqa: F811
    stands_in(agents, "ray-2", "ray-3.2")
    still = stills.keep_upload(agents.project, agents.person, upload(640, 480))
    order = Order("Dunes", "ray-2", resolution="720p", start=Frame(still, as_is=True))
    take = accept(agents.project, agents.person, order)
    breaks(agents.project.team.accounts.get(provider="luma"))
    assert fresh(take).prompt.model == "ray-3.2", take.notice


def test_what_keeps_it_from_another_model_is_said(agents: Studio) -> None:  # noqa: F811
    stands_in(agents, "ray-2", "ray-3.2")
    first = finished(agents.project, "completed")
    order = Order("Dunes", "ray-2", resolution="720p", start=Frame(source=first))
    take = accept(agents.project, agents.person, order)
    Generation.objects.filter(pk=first.pk).update(trashed_at=timezone.now())
    breaks(agents.project.team.accounts.get(provider="luma"))
    take = fresh(take)
    assert (take.prompt.model, take.state) == ("ray-2", "waiting")
    assert take.notice.endswith(
        "so it waits. Take 1 is in the trash. Restore it, or choose another take."
    )


@pytest.mark.parametrize(
    ("order", "says"),
    [
        ({"words": "Dunes", "loop": True}, "can't combine a loop with an end frame"),
        ({"words": ""}, "Write at least 3 characters"),
    ],
)
def test_what_the_other_model_would_refuse_is_never_sent_there(agents: Studio, order, says) -> None:  # noqa: F811
    luma = agents.project.team.accounts.get(provider="luma")
    stands_in(agents, "ray-2", "ray-3.2")
    end = Frame(picture(agents, RED))
    take = accept(
        agents.project, agents.person, Order(model="ray-2", resolution="720p", end=end, **order)
    )
    breaks(luma)
    take = fresh(take)
    assert (take.prompt.model, take.state) == ("ray-2", "waiting")
    assert says in take.notice
    assert not agents.simulator.agents_books(KEY)["generations"]
