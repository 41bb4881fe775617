"""A press that orders a part now and the rest later, as each of it becomes possible."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

Note = Callable[[bool, Mapping[UUID | None, Any]], None]


@dataclass(frozen=True)
class Part:
    """The orders of one press that are sent together; the others were sent before, or will be.

    `keys` name them, one each, whatever they ask for: what was accepted under one is never
    accepted again. `whole_usd`, in dollars, is what the press costs in all, which is held against
    the threshold; `later_usd` are the prices of what of it is ordered later, for which the budgets
    must have room now. `note` writes down what belongs to it, in the transaction that accepts
    them: it is given whether a producer has to approve them, and their takes by key. What it raises
    undoes all of it.
    """

    keys: Sequence[UUID]
    whole_usd: Decimal
    note: Note
    later_usd: tuple[Decimal, ...] = ()
