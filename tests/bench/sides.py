"""The providers of the kill loop: how each is reached, and what is ordered there."""

import os
from dataclasses import dataclass
from decimal import Decimal
from itertools import cycle, islice
from typing import Any

WORDS = (
    "A lighthouse in a storm at night",
    "Dunes at golden hour, drifting sand",
    "Snow over a pine forest at dawn",
)


@dataclass(frozen=True)
class Side:
    """A provider with one account."""

    provider: str
    path: str
    key: str
    model: str
    resolution: str
    own_price_usd: Decimal | None = None
    """What a take costs there, where nobody publishes it."""

    @property
    def account(self) -> str:
        """The name of its account in the simulator's books."""
        from generations.simulator.agents import routes as agents
        from generations.simulator.gateway import routes as gateway
        from generations.simulator.store import account_of

        names = {"luma-agents": agents.name_of, "crazyrouter": gateway.name_of}
        return names.get(self.provider, account_of)(self.key)


SIDES = {
    side.provider: side
    for side in (
        Side("luma", "/dream-machine/v1", "bench", "ray-2", "540p"),
        Side("luma-agents", "/agents/v1", "luma-api-bench", "ray-3.2", "360p"),
        Side("crazyrouter", "/gateway", "sk-bench", "ray-v2", "540p", Decimal("0.45")),
    )
}


def project_with(sides: list[Side]) -> Any:
    """Return a project of a team with an account at each side."""
    from generations import pricing
    from generations.kinds import Kind
    from generations.models import Account
    from studio.models import Project, Team

    team = Team.objects.create(name="Bench")
    for rank, side in enumerate(sides):
        account = Account(
            team=team, provider=side.provider, name=side.provider, simulated=True, rank=rank
        )
        account.base_url = f"http://127.0.0.1:{os.environ['SIMULATOR_PORT']}{side.path}"
        account.concurrent_limit, account.per_minute_limit = 40, 100_000
        account.set_key(side.key)
        account.save()
        if side.own_price_usd:
            pricing.set_own(account, side.model, Kind.VIDEO, rate_usd=side.own_price_usd)
    return Project.objects.create(team=team, name="Bench", slug="bench")


class Orders:
    """Orders takes, one at each side in turn, and the words in turn at each."""

    def __init__(self, project: Any, sides: list[Side]) -> None:
        self._project = project
        self._next = cycle([(side, words) for words in WORDS for side in sides])
        self.all_kinds = len(WORDS) * len(sides)
        """So many takes are one of each: all that is ever rendered."""

    def order(self, takes: int) -> None:
        """Order so many takes."""
        from generations.ordering import accept
        from generations.orders import Order

        for side, words in islice(self._next, takes):
            order = Order(words=words, model=side.model, resolution=side.resolution)
            accept(self._project, None, order)
