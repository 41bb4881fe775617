"""What a failed call says to a person: who was asked, by its name, and what that said itself."""

import json
from collections.abc import Callable

import pytest

from generations.outbound import Answer
from generations.providers import base, luma, luma_agents, openai_refusing
from generations.providers.base import ProviderError

_BRACES = "{server} and {said} and {0} and {"


@pytest.mark.parametrize(
    ("refusal", "body"),
    [
        (luma.refusing.refusal, {"detail": _BRACES}),
        (luma.refusing.refusal, {"detail": f"moderation failed: {_BRACES}"}),
        (luma_agents.refusing.refusal, {"detail": _BRACES}),
        (luma_agents.refusing.refusal, {"detail": f"moderated: {_BRACES}"}),
        (openai_refusing.refusal, {"error": {"message": _BRACES}}),
        (openai_refusing.refusal, {"error": {"message": _BRACES, "code": "content_filter"}}),
    ],
)
def test_what_a_provider_says_is_quoted_as_it_came(
    refusal: Callable[[Answer], ProviderError], body: object
) -> None:
    said = refusal(Answer(400, {}, json.dumps(body).encode())).words("the gateway")
    assert f"{_BRACES}”. Nothing was charged." in said


@pytest.mark.parametrize(
    "kind",
    [
        each
        for each in vars(base).values()
        if isinstance(each, type(ProviderError)) and issubclass(each, ProviderError)
    ],
    ids=lambda kind: kind.__name__,
)
def test_each_failure_is_told_of_whoever_was_asked(kind: type[ProviderError]) -> None:
    said = kind().words("the gateway")
    assert "Luma" not in said
    assert "{" not in said
    assert said[0].isupper()
    assert str(kind()) == kind().words("the provider")  # as a log says it
