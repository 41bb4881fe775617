"""Queries that are put together and written out once.

Of a query with many subqueries Django takes longer over both than a database over its answer: of a
board's page they were more than half of the CPU time.
"""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, ParamSpec, TypeVar

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet, Subquery
from django.db.models.sql.compiler import SQLCompiler

_KEPT = 128

Args = ParamSpec("Args")
Rows = TypeVar("Rows", bound=QuerySet[Any])


def built_once(build: Callable[Args, Rows]) -> Callable[Args, Rows]:
    """Keep what a function builds, by its arguments, for all who ask with equal ones.

    Each gets a copy that hasn't been asked yet. So a query may depend on its arguments and on
    nothing else: not on the time, nor on what is in the database. These have to be hashable, and
    best small: the last 128 are kept. A person is given by their id: what else of them counts is
    left to the database to look up.
    """

    @lru_cache(_KEPT)
    def kept(*args: Args.args, **more: Args.kwargs) -> Rows:
        rows = build(*args, **more)
        str(rows.query)  # joins that its order needs are settled before threads share it
        return rows

    @wraps(build)
    def copied(*args: Args.args, **more: Args.kwargs) -> Rows:
        return kept(*args, **more).all()  # type: ignore[arg-type]

    return copied


class WrittenOnce(Subquery):
    """A subquery that keeps its SQL, for a query that is built once and asked often.

    Whatever changes an expression (another name for a table of the outer query, say) makes a copy
    of it, which is written anew.
    """

    def __init__(self, queryset: Any, *args: Any, **extra: Any) -> None:
        super().__init__(queryset, *args, **extra)
        self._written: dict[str, Any] = {}

    def copy(self) -> "WrittenOnce":
        """Return a copy that isn't written yet."""
        copied: WrittenOnce = super().copy()
        copied._written = {}
        return copied

    def as_sql(
        self,
        compiler: SQLCompiler,
        connection: BaseDatabaseWrapper,
        template: str | None = None,
        **extra_context: Any,
    ) -> Any:
        """Return the SQL and its parameters, as they were the first time."""
        if template or extra_context:
            return super().as_sql(compiler, connection, template, **extra_context)
        if connection.alias not in self._written:
            self._written[connection.alias] = super().as_sql(compiler, connection)
        return self._written[connection.alias]
