"""The first minute: prompts that an empty project offers, each one press away from its take."""

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID, uuid4

from generations.choosing import account_for
from generations.models import Account, Generation
from generations.ordering import accept, quote_in
from generations.orders import Order, model_of
from generations.refusal import Refused
from studio.models import Project, User
from studio.spending import Terms, must_ask

WORDS = (
    "A lighthouse in a storm at night, waves breaking over the rocks",
    "Slow push in over desert dunes as the sun breaks the horizon",
    "First snow on a forest pass, fog lifting between the pines",
)


@dataclass(frozen=True)
class Starters:
    """The examples of a project, at the usual settings, with what stands between them and takes."""

    project: Project

    @property
    def words(self) -> tuple[str, ...]:
        """What each asks for."""
        return WORDS

    @cached_property
    def order(self) -> Order:
        """What any of them is, but for its words."""
        return Order(WORDS[0])

    @cached_property
    def key(self) -> UUID:
        """A name for this offer, under which each of them is ordered once."""
        return uuid4()

    @property
    def settings(self) -> str:
        """What they are made with, in a line."""
        order = self.order
        return f"{model_of(order).title}, {order.duration_s} s, {order.resolution}, {order.ratio}"

    @cached_property
    def terms(self) -> Terms:
        """What stands on the button that spends."""
        return Terms(self.project, quote_in(self.project, self.order))

    @cached_property
    def _account(self) -> tuple[Account | None, str]:
        try:
            return account_for(self.project, model_of(self.order)), ""
        except Refused as refused:
            return None, str(refused)

    @property
    def obstacle(self) -> str:
        """Why none of them can be ordered now, with the remedy, or nothing."""
        return self._account[1] or (self.terms.warning if self.terms.is_over else "")

    @property
    def remark(self) -> str:
        """What becomes of one that is ordered now, where it isn't made at once."""
        account = self._account[0]
        if account and account.trouble:
            return f"{account} {account.trouble}. What you order waits until it works again."
        return "A producer is asked first." if self.terms.needs_approval else self.terms.warning

    def run(self, user: User, asked: str, **shown: object) -> Generation:
        """Have an example generated, by the number of its words. Raises Refused.

        `shown` is the offer's key and the price that was on the button.
        """
        words = self.named(asked)
        if not words:
            raise Refused({"": "That example isn't offered any more. Write what is seen instead."})
        asks = must_ask(self.project)
        return accept(self.project, user, Order(words), asks=asks, **shown)  # type: ignore[arg-type]

    def named(self, asked: str) -> str:
        """Return the words of a number that was sent, or nothing."""
        return WORDS[int(asked)] if asked in map(str, range(len(WORDS))) else ""
