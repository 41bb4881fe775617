"""The contract: what a body may be. `openapi.json` says it, to us as to everybody."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

FILE = Path(__file__).with_name("openapi.json")
_MOST_SHOWN = 80


class WrongShape(Exception):
    """A body isn't what the contract says; the message names the place and what is wrong."""


@cache
def document() -> dict[str, Any]:
    """Return the OpenAPI document, read once."""
    found: dict[str, Any] = json.loads(FILE.read_text())
    return found


def check(shape: str, body: object) -> dict[str, Any]:
    """Return a body that has the shape of that name, without what it says nothing in.

    A null says nothing; members that nobody knows are left out, as Luma does. Raises WrongShape.
    """
    problem = best_match(_validator(shape).iter_errors(body))
    if problem:
        raise WrongShape(_words(problem))
    assert isinstance(body, dict)  # noqa: S101  (every shape is an object)
    known = document()["components"]["schemas"][shape]["properties"]
    return {name: body[name] for name in known if body.get(name) is not None}


@cache
def _validator(shape: str) -> Draft202012Validator:
    components = document()["components"]
    return Draft202012Validator(
        {"$ref": f"#/components/schemas/{shape}", "components": components},
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )


def _words(problem: ValidationError) -> str:
    where = ".".join(str(part) for part in problem.absolute_path) or "body"
    wrong = problem.message
    if len(wrong) > 2 * _MOST_SHOWN:
        wrong = f"{wrong[:_MOST_SHOWN]} … {wrong[-_MOST_SHOWN:]}"
    return f"{where}: {wrong}"
