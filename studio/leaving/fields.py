"""Reading the fields of a row: each of its kind and within its range, or refused."""

import math
from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models

from generations.placement import Placement
from generations.refusal import Refused
from studio import noting

_WIDEST = 16_384
_MOST_CONCEPTS, _LONGEST_CONCEPT = 40, 40
_MOST_TOLD, _LONGEST_TOLD = 30, 2_000
_LONGEST_CHOSEN = 40
_BIGGEST = 10**12
# Counting goes on here from what a bundle brings, and a database's integer ends at 2**31.
_MOST_COUNTED = 10**7


class Wrong(Exception):
    """A field isn't what it should be; the message says what is wrong, for a sentence."""


def read(model: type[models.Model], name: str, row: dict[str, Any]) -> Any:
    """Return a field's value of a row, as a model takes it. Raises Wrong."""
    field = model._meta.get_field(name)
    assert isinstance(field, models.Field)  # noqa: S101  (kinds name none but those)
    if name not in row and (model.__name__, name) in _LATER:
        return _LATER[model.__name__, name]
    if name not in row:
        raise Wrong(f"“{name}” is missing")
    value = row[name]
    try:
        if value is None:
            if not field.null:
                raise Wrong(f"“{name}” is empty")
            return None
        if isinstance(field, models.JSONField):
            return _SHAPES.get((model.__name__, name), _plain)(value)
        return field.clean(_typed(field, value), None)
    except Wrong:
        raise
    except (ValidationError, Refused) as error:
        words = error.messages[0] if isinstance(error, ValidationError) else str(error)
        raise Wrong(f"“{name}” can't be that: {words.rstrip('.')}") from error
    except (ValueError, TypeError, ArithmeticError, AttributeError) as error:
        raise Wrong(f"“{name}” isn't what it should be") from error


def _typed(field: models.Field, value: Any) -> Any:
    """Return a value as its field has it: nothing is guessed from another type."""
    if field.name == "size_bytes":
        return _size(value)
    for kind, typed in _TYPED.items():
        if isinstance(field, kind):
            return typed(value)
    return _of(str, value)


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(_of(str, value))
    if moment.tzinfo is None or not 1990 <= moment.year <= 2200:
        raise ValueError("no moment")
    return moment


def _number(value: Any) -> float:
    number = float(value) if type(value) in (int, float) else math.nan
    if not math.isfinite(number) or abs(number) > _BIGGEST:
        raise ValueError("no number")
    return number


def _count(value: Any, most: int = _MOST_COUNTED) -> int:
    if abs(_of(int, value)) > most:
        raise ValueError("too large")
    return int(value)


def _size(value: Any) -> int:
    return _count(value, _BIGGEST)


def _of(kind: type, value: Any) -> Any:
    if type(value) is not kind:
        raise ValueError(f"no {kind.__name__}")
    return value


def _plain(value: Any) -> Any:
    if not isinstance(value, dict):
        raise ValueError("no object")
    return value


def _concepts(value: Any) -> Any:
    if len(_of(list, value)) > _MOST_CONCEPTS:
        raise ValueError("too many")
    if any(not 0 < len(_of(str, each)) <= _LONGEST_CONCEPT for each in value):
        raise ValueError("no concept")
    return value


def _placement(value: Any) -> Any:
    placed = Placement(**{name: _of(int, it) for name, it in _of(dict, value).items()})
    if not placed.fits((_WIDEST, _WIDEST)):
        raise ValueError("no place")
    return value


def _told(value: Any) -> Any:
    """Return an event's detail: plain facts, and how a verdict stood before."""
    if len(_of(dict, value)) > _MOST_TOLD:
        raise ValueError("too much")
    before = value.get("before")
    facts = [it for name, it in value.items() if name != "before"]
    _facts([*facts, *(() if before is None else _of(dict, before).values())])
    return value


def _facts(values: Iterable[Any]) -> None:
    """Raise ValueError for what is no plain fact."""
    for each in values:
        if not isinstance(each, str | int | float | None) or len(str(each)) > _LONGEST_TOLD:
            raise ValueError("no fact")


def _options(value: Any) -> Any:
    """Return what only some models know: plain facts, and controls that have such in turn."""
    if len(_of(dict, value)) > _MOST_TOLD:
        raise ValueError("too much")
    _facts(it for name, it in value.items() if name != "controls")
    for control in _of(dict, value.get("controls") or {}).values():
        _facts(_of(dict, control).values())
    return value


def _made_with(value: Any) -> Any:
    """Return what a final is made with."""
    if set(_of(dict, value)) != {"model", "resolution", "duration_s"}:
        raise ValueError("not what a final is made with")
    for name in ("model", "resolution"):
        if len(_of(str, value[name])) > _LONGEST_CHOSEN:
            raise ValueError("too long")
    _count(value["duration_s"])
    return value


def _asked(value: Any) -> Any:
    """Return what a shot asked for."""
    size = _of(list, _of(dict, value)["size"])
    if len(size) != 3 or any(len(_of(str, each)) > _LONGEST_CHOSEN for each in size):
        raise ValueError("no size")
    _concepts(value["concepts"])
    _of(str, value["words"])
    _of(int, value["duration_s"])
    return {name: value[name] for name in _ASKED}


_TYPED: dict[type[models.Field], Callable[[Any], Any]] = {
    models.BooleanField: lambda value: _of(bool, value),
    models.UUIDField: lambda value: UUID(_of(str, value)),
    models.DateTimeField: _moment,
    models.DecimalField: lambda value: Decimal(_of(str, value)),
    models.FloatField: _number,
    models.IntegerField: _count,
}
_LATER: dict[tuple[str, str], Any] = {
    **{("Prompt", "options"): {}, ("Keyframe", "frame"): None},
    **{("Asset", "number"): 0, ("Asset", "label"): ""},
}
"""Fields that earlier bundles don't have, as they are without."""
_ASKED = ("words", "duration_s", "concepts", "start", "end", "size")
_SHAPES: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("Prompt", "concepts"): _concepts,
    ("Shot", "concepts"): _concepts,
    ("Prompt", "placed_at"): _placement,
    ("Prompt", "options"): _options,
    ("Event", "detail"): _told,
    ("Note", "drawing"): noting.checked_strokes,
    ("ShotTake", "asked"): _asked,
    ("Final", "asked"): _made_with,
}
