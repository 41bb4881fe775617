"""JSON shapes: what a body may contain, with FastAPI's way of saying what is wrong (sheet §10)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias
from urllib.parse import urlsplit

from generations.simulator.messages import Refused

Location: TypeAlias = tuple[str | int, ...]
Problems: TypeAlias = list[dict[str, Any]]


class Shape(Protocol):
    """Anything that can read a JSON value."""

    def read(self, value: Any, where: Location, problems: Problems) -> Any:
        """Return the value as it is echoed; note in `problems` what is wrong with it."""
        ...


def _wrong(problems: Problems, kind: str, where: Location, message: str, value: object) -> None:
    problems.append({"type": kind, "loc": list(where), "msg": message, "input": value})


@dataclass(frozen=True)
class Text:
    """A string; one of `choices` if there are any."""

    choices: tuple[str, ...] = ()

    def read(self, value: Any, where: Location, problems: Problems) -> Any:
        """Read a string."""
        if not isinstance(value, str):
            _wrong(problems, "string_type", where, "Input should be a valid string", value)
        elif not _is_unicode(value):
            _wrong(problems, "string_unicode", where, _NOT_UNICODE, value)
        elif self.choices and value not in self.choices:
            words = ", ".join(f"'{each}'" for each in self.choices)
            _wrong(problems, "literal_error", where, f"Input should be {words}", value)
        return value


_NOT_UNICODE = "Input should be a valid string, unable to parse raw data as a unicode string"


def _is_unicode(value: str) -> bool:
    """Tell whether it is text: JSON can escape half of a surrogate pair, which nothing encodes."""
    return not any("\ud800" <= each <= "\udfff" for each in value)


@dataclass(frozen=True)
class Url:
    """An http or https URL."""

    def read(self, value: Any, where: Location, problems: Problems) -> Any:
        """Read a URL."""
        if not isinstance(value, str) or not _is_url(value):
            _wrong(problems, "url_parsing", where, "Input should be a valid URL", value)
        return value


def _is_url(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


@dataclass(frozen=True)
class Plain:
    """A value of a Python type; a bool is no number."""

    kinds: tuple[type, ...]
    name: str

    def read(self, value: Any, where: Location, problems: Problems) -> Any:
        """Read a plain value."""
        is_bool = isinstance(value, bool)
        if not isinstance(value, self.kinds) or (is_bool and bool not in self.kinds):
            message = f"Input should be a valid {self.name}"
            _wrong(problems, f"{self.name}_type", where, message, value)
        return value


BOOLEAN = Plain((bool,), "boolean")
INTEGER = Plain((int,), "integer")
NUMBER = Plain((int, float), "number")


@dataclass(frozen=True)
class Many:
    """A list of one shape."""

    each: Shape

    def read(self, value: Any, where: Location, problems: Problems) -> Any:
        """Read a list."""
        if not isinstance(value, list):
            _wrong(problems, "list_type", where, "Input should be a valid list", value)
            return value
        return [self.each.read(one, (*where, n), problems) for n, one in enumerate(value)]


@dataclass(frozen=True)
class Field:
    """A member of an object; null counts as absent."""

    shape: Shape
    required: bool = False
    default: Any = None


@dataclass(frozen=True)
class Table:
    """An object; unknown members are dropped, absent ones are echoed as their default."""

    members: Mapping[str, Field | Shape]

    def read(self, value: Any, where: Location, problems: Problems) -> Any:
        """Read an object."""
        if not isinstance(value, dict):
            _wrong(problems, "dict_type", where, "Input should be a valid object", value)
            return value
        return {
            name: self._member(name, member, value, where, problems)
            for name, member in self.members.items()
        }

    def _member(
        self,
        name: str,
        member: "Field | Shape",
        value: dict[str, Any],
        where: Location,
        problems: Problems,
    ) -> Any:
        known = member if isinstance(member, Field) else Field(member)
        given = value.get(name)
        if given is None:
            if known.required:
                _wrong(problems, "missing", (*where, name), "Field required", value)
            return known.default
        return known.shape.read(given, (*where, name), problems)


@dataclass(frozen=True)
class Tagged:
    """An object whose member `type` says which shape it has."""

    shapes: Mapping[str, Table]

    def read(self, value: Any, where: Location, problems: Problems) -> Any:
        """Read an object by its tag."""
        if not isinstance(value, dict):
            _wrong(problems, "dict_type", where, "Input should be a valid object", value)
            return value
        shape = self.shapes.get(str(value.get("type")))
        if shape is None:
            expected = ", ".join(f"'{each}'" for each in self.shapes)
            message = f"Input tag should be one of {expected}, found by 'type'"
            _wrong(problems, "union_tag_invalid", where, message, value)
            return value
        return shape.read(value, where, problems)


def read(shape: Shape, body: object) -> dict[str, Any]:
    """Return the body as it is echoed; raises Refused (422) with a list of what is wrong."""
    problems: Problems = []
    value = shape.read(body, ("body",), problems)
    if problems:
        raise Refused(422, problems)
    assert isinstance(value, dict)  # noqa: S101  # every request is an object
    return value
