"""Every call of OpenAI's images API that its official SDK offers, unchanged."""

import base64
import inspect
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from openai import (
    APIStatusError,
    AsyncOpenAI,
    AuthenticationError,
    BadRequestError,
    InternalServerError,
    NotFoundError,
    OpenAI,
    PermissionDeniedError,
    RateLimitError,
)
from openai.resources.images import Images
from openai.types import ImagesResponse
from PIL import Image

from generations.simulator.testing import TestSimulator, running
from tests.loops import awaited

TINY = {"size": "1024x640", "output_format": "jpeg"}  # the fewest pixels there may be


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestSimulator]:
    with running(tmp_path_factory.mktemp("openai"), renderers=1) as simulator:
        yield simulator


def client(simulator: TestSimulator, key: str = "sk-test") -> OpenAI:
    """The SDK as it is installed; what is paid for must never be sent again (§5)."""
    return OpenAI(api_key=key, base_url=simulator.openai_url, max_retries=0)


def opened(response: ImagesResponse) -> Image.Image:
    assert response.data
    (made,) = response.data
    return Image.open(BytesIO(base64.b64decode(made.b64_json or "")))


def png(colour: str = "teal") -> tuple[str, bytes, str]:
    out = BytesIO()
    Image.new("RGB", (320, 200), colour).save(out, "PNG")
    return "frame.png", out.getvalue(), "image/png"


def test_no_method_of_the_images_resource_is_left_out() -> None:
    offered = {name for name, _ in inspect.getmembers(Images, inspect.isfunction) if name[0] != "_"}
    assert offered == {"generate", "edit", "create_variation"}


def test_a_picture_from_words(simulator: TestSimulator) -> None:
    answer = client(simulator).images.with_raw_response.generate(
        model="gpt-image-2", prompt="A teal lighthouse", **TINY
    )
    assert answer.headers["x-request-id"]
    response = answer.parse()
    assert opened(response).size == (1024, 640)
    assert response.usage
    assert response.usage.total_tokens > 0
    (job,) = simulator.openai_books("sk-test")["generations"]
    assert job["price_cents"] == 5.3


@pytest.mark.parametrize("form", ["png", "webp", "jpeg"])
def test_a_picture_has_the_form_that_was_asked_for(simulator: TestSimulator, form: Any) -> None:
    answer = client(simulator).images.generate(
        model="gpt-image-2", prompt="Dunes", **TINY | {"output_format": form}
    )
    assert opened(answer).format == form.upper()


def test_several_at_once_and_without_waiting_for_it(simulator: TestSimulator) -> None:
    async def run() -> ImagesResponse:
        async with AsyncOpenAI(api_key="sk-two", base_url=simulator.openai_url) as sdk:
            return await sdk.images.generate(model="gpt-image-2", prompt="Dunes", n=2, **TINY)

    assert len(awaited(run()).data or []) == 2
    assert len(simulator.openai_books("sk-two")["generations"]) == 2


def test_a_picture_after_others(simulator: TestSimulator) -> None:
    edited = client(simulator).images.edit(
        model="gpt-image-2", prompt="As a watercolour", image=[png(), png("red")], **TINY
    )
    assert opened(edited).size == (1024, 640)


@pytest.mark.parametrize("call", ["generate", "edit"])
def test_piece_by_piece(simulator: TestSimulator, call: str) -> None:
    along = {"image": png()} if call == "edit" else {}
    events: Any = getattr(client(simulator).images, call)(
        model="gpt-image-2", prompt="Dunes", stream=True, partial_images=1, **TINY, **along
    )
    first, last = list(events)
    assert first.type.endswith("partial_image")
    assert last.type.endswith("completed")
    assert base64.b64decode(last.b64_json)


def test_the_models_and_what_is_gone(simulator: TestSimulator) -> None:
    sdk = client(simulator)
    assert "gpt-image-2" in [each.id for each in sdk.models.list()]
    with pytest.raises(NotFoundError) as caught:
        sdk.images.create_variation(image=png())
    assert caught.value.code == "model_not_found"
    with pytest.raises(NotFoundError):
        sdk.images.generate(model="dall-e-3", prompt="Dunes")


def test_a_gateway_answers_old_models_with_an_address(simulator: TestSimulator) -> None:
    sdk = client(simulator, "gateway-test")
    response = sdk.images.generate(model="dall-e-3", prompt="Dunes", size="1792x1024")
    assert response.data
    assert (response.data[0].url or "").startswith(simulator.address)
    assert response.data[0].revised_prompt == "Dunes"
    inline = sdk.images.generate(model="dall-e-3", prompt="Dunes", response_format="b64_json")
    assert opened(inline).size == (1024, 1024)


@pytest.mark.parametrize(
    ("key", "said", "error", "code"),
    [
        ("bad-key", {}, AuthenticationError, "invalid_api_key"),
        ("broke", {}, RateLimitError, "insufficient_quota"),
        ("gateway-broke", {}, PermissionDeniedError, "insufficient_quota"),
        ("sk-x", {"prompt": "Nude dunes"}, BadRequestError, "moderation_blocked"),
        ("sk-x", {"size": "1000x1000"}, BadRequestError, "invalid_value"),
        ("sk-x", {"size": "320x320"}, BadRequestError, "invalid_value"),
        ("sk-x", {"size": "4096x1024"}, BadRequestError, "invalid_value"),
        ("sk-x", {"response_format": "url"}, BadRequestError, "unknown_parameter"),
        ("sk-x", {"n": 11}, BadRequestError, None),
        ("sk-x", {"prompt": ""}, BadRequestError, None),
        ("sk-x", {"prompt": "a" * 32_001}, BadRequestError, None),
        ("sk-x", {"model": "gpt-image-1"}, NotFoundError, "model_not_found"),
    ],
)
def test_what_is_refused_costs_nothing(
    simulator: TestSimulator,
    key: str,
    said: dict[str, Any],
    error: type[APIStatusError],
    code: str | None,
) -> None:
    with pytest.raises(error) as caught:
        client(simulator, key).images.generate(
            **{"model": "gpt-image-2", "prompt": "Dunes", **TINY, **said}
        )
    assert caught.value.code == code
    assert not simulator.openai_books(key)["generations"]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("too_many_requests", RateLimitError),
        ("too_many_requests_retry_after", RateLimitError),
        ("out_of_credits", RateLimitError),
        ("error_before_accept", InternalServerError),
        ("error_after_accept", InternalServerError),
    ],
)
def test_faults_can_be_switched_on(
    simulator: TestSimulator, fault: str, error: type[APIStatusError]
) -> None:
    simulator.faults(**{fault: {"times": 1}})
    key = f"sk-{fault}"
    with pytest.raises(error):
        client(simulator, key).images.generate(model="gpt-image-2", prompt="Dunes", **TINY)
    paid = fault == "error_after_accept"
    assert len(simulator.openai_books(key)["generations"]) == paid


def test_what_is_no_picture_is_refused(simulator: TestSimulator) -> None:
    with pytest.raises(BadRequestError) as caught:
        client(simulator).images.edit(
            model="gpt-image-2", prompt="Dunes", image=("a.png", b"no picture", "image/png")
        )
    assert caught.value.code == "invalid_image"
