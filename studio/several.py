"""Several prompts at once: a list becomes rows, each judged and priced by itself."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from itertools import islice
from typing import Any
from uuid import UUID

from generations.catalogue import catalogue
from generations.judging import judged_usd
from generations.kinds import Kind
from generations.models import Generation
from generations.ordering import accept_all
from generations.orders import Order
from generations.refusal import Refused, RefusedOrders
from studio.fitted import Cutter, Fitting, needs_fitting
from studio.forms import ComposerForm
from studio.models import User
from studio.prompting import lists, wildcards
from studio.spending import Terms, must_ask

MOST = wildcards.MOST_PROMPTS
_MANY = "These are more than {most} takes, the most at once. Take some out."
_NO_LENGTH = "This has no length to choose. Leave the length out."
_NOTHING = "There is no prompt in the list yet."
_CORRECT = "Nothing was made. Correct the marked rows, and then all of them are."


@dataclass(frozen=True)
class Row:
    """One prompt of a list: its order and what all its takes cost, or why it can't be made."""

    words: str
    order: Order | None = None
    price_usd: Decimal | None = None
    error: str = ""

    @property
    def settings(self) -> str:
        """What it is made with, in words."""
        if self.order is None:
            return ""
        model = catalogue().models.get(self.order.model)
        length = f"{self.order.duration_s} s" if self.order.duration_s else ""
        size = "" if self.order.kind is Kind.IMAGE else self.order.resolution
        facts = (model.title if model else self.order.model, self.order.ratio, length, size)
        return ", ".join(filter(None, facts))


class Several:
    """A list of prompts; what its rows don't say is as in the composer.

    `pictures` says what becomes of those that aren't of a row's ratio, a Fitting or nothing yet.
    `error` is what stands against the list as a whole, `takes` how many are made of each row.
    """

    def __init__(self, composer: ComposerForm, text: str, pictures: str = "") -> None:
        self.composer = composer
        self.text = text
        self.pictures = pictures
        self.asks_for_pictures = bool(pictures)
        self.error = ""
        self.takes = 1
        self.rows = self._rows()

    @property
    def wrong(self) -> list[Row]:
        """The rows that can't be made."""
        return [row for row in self.rows if row.error]

    @cached_property
    def terms(self) -> Terms:
        """What all that can be made costs, and what the budgets say to it."""
        priced = [row for row in self.rows if row.price_usd is not None]
        prompts_usd: dict[Order, Decimal] = {}
        for row in priced:
            if row.order and row.price_usd is not None:
                prompts_usd[row.order] = prompts_usd.get(row.order, Decimal(0)) + row.price_usd
        takes = len(priced) * self.takes
        prices_usd = list(prompts_usd.values())
        return Terms.of_prompts(self.composer.project, prices_usd, takes, Decimal(0))

    def submit(self, user: User, key: UUID | None, seen_usd: Decimal) -> list[Generation]:
        """Have all of it accepted: the takes, or none with the reasons at the rows."""
        if self.error or self.wrong or not self.rows:
            self.error = self.error or (_CORRECT if self.rows else _NOTHING)
            return []
        project = self.composer.project
        orders = [row.order for row in self.rows if row.order]
        how: dict[str, Any] = {"key": key, "asks": must_ask(project), "seen_usd": seen_usd}
        cutter = Cutter(project, user)
        try:
            if self.pictures == Fitting.CUT:
                orders = [cutter.cut(order) for order in orders]
            each_take = [order for order in orders for _ in range(self.takes)]
            return accept_all(project, user, each_take, **how)
        except RefusedOrders as refused:
            for place, errors in refused.by_place.items():
                at = place // self.takes
                self.rows[at] = replace(self.rows[at], error=" ".join(errors.values()))
            self.error = _CORRECT
        except Refused as refused:
            self.error = str(refused)
        cutter.undo()
        return []

    def _rows(self) -> list[Row]:
        try:
            found = (each for line in lists.read(self.text) for each in _prompts(line))
            lines = list(islice(found, MOST + 1))  # one list may make a million
            base = self._base()
        except lists.Unreadable as error:
            self.error = str(error)
            return []
        except Refused as refused:
            self.error = str(refused)
            return []
        is_judged = len(lines) * self.takes <= MOST
        if not is_judged:
            self.error = _MANY.format(most=MOST)
        return [self._row(line, base, is_judged=is_judged) for line in lines[:MOST]]

    def _base(self) -> Order:
        """Return the composer's order, which each row changes. Raises Refused."""
        if not self.composer.is_valid():
            raise Refused({field: str(found[0]) for field, found in self.composer.errors.items()})
        self.takes = self.composer.takes
        return self.composer.order()

    def _row(self, line: lists.Line, base: Order, *, is_judged: bool) -> Row:
        if line.error or not is_judged:
            return Row(line.words, error=line.error)
        order = replace(base, words=line.words, ratio=line.ratio or base.ratio)
        if line.duration_s is not None:
            if not base.duration_s or base.source:
                return Row(line.words, order, error=_NO_LENGTH)
            order = replace(order, duration_s=line.duration_s)
        judged = order.as_framed if self.pictures else order
        if self.pictures == Fitting.AS_IS:
            order = judged
        project = self.composer.project
        try:
            price_usd = judged_usd(project, judged) * self.takes
        except Refused as refused:
            self.asks_for_pictures = self.asks_for_pictures or needs_fitting(project, order)
            return Row(line.words, order, error=str(refused))
        return Row(line.words, order, price_usd)


def _prompts(line: lists.Line) -> Iterator[lists.Line]:
    """Yield the prompts that a line's words make: a choice in braces makes several."""
    if line.error:
        yield line
        return
    try:
        prompts = wildcards.expand(line.words)
    except wildcards.Unreadable as error:
        yield replace(line, error=str(error))
        return
    for words in prompts:
        yield replace(line, words=words)
