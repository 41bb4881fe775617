"""Luma Dream Machine v1 (luma-dream-machine-v1 sheet; the section numbers here are its)."""

import logging
import math
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from generations import outbound
from generations.providers.base import (
    Blame,
    Busy,
    ContentRefused,
    Frame,
    GenerationFrame,
    ImageFrame,
    KeyRefused,
    LostAnswer,
    NotFound,
    OutOfCredits,
    Page,
    Progress,
    ProviderError,
    Refused,
    Snapshot,
    Unavailable,
    Unreachable,
    VideoRequest,
)

log = logging.getLogger(__name__)

_READ_S = 20.0
_PROGRESS = {word.value: word for word in Progress if word is not Progress.UNKNOWN}
# §10, by substring: the live texts vary.
_CONTENT_WORDS = ("moderation", "blacklisted", "contains ip")
_FRAME_WORDS = ("frames", "frame ")
_CREDIT_WORDS = ("insufficient credit", "not enough credit", "out of credit", "no credits")


class Luma:
    """The API behind one key."""

    can_list = True
    echoes_reference = True

    def __init__(self, key: str, base_url: str) -> None:
        self._key = key
        self._base = base_url.rstrip("/")

    def create_video(self, request: VideoRequest) -> Snapshot:
        """Start a video job (§3, §4); sent once. Raises ProviderError."""
        body = _body(request)
        timeout_s = settings.SUBMIT_TIMEOUT_S
        try:
            answer = self._send("POST", "/generations/video", body=body, timeout_s=timeout_s)
        except outbound.NeverSent as error:
            raise Unreachable(str(error)) from error
        except outbound.NoAnswer as error:
            raise LostAnswer(str(error)) from error
        if answer.status >= 500 or answer.status == 408:
            raise LostAnswer(f"HTTP {answer.status}")
        if not 200 <= answer.status < 300:
            raise _refusal(answer)
        try:
            return _snapshot(answer.json())
        except (ValueError, TypeError, KeyError) as error:
            raise LostAnswer("the answer to a create can't be read") from error

    def get(self, provider_id: str) -> Snapshot:
        """Look at a job. Raises ProviderError, NotFound for an unknown id."""
        data = self._ask("GET", f"/generations/{_safe_id(provider_id)}")
        try:
            return _snapshot(data)
        except (ValueError, TypeError, KeyError) as error:
            raise Unavailable("the answer can't be read") from error

    def list(self, *, limit: int = 100, offset: int = 0) -> Page:
        """List this key's jobs, in no promised order (§5). Raises ProviderError.

        A job that can't be read is passed over, counted and logged.
        """
        data = self._ask("GET", "/generations", params={"limit": limit, "offset": offset})
        if not isinstance(data, dict) or not isinstance(data.get("generations"), list):
            raise Unavailable("the list can't be read")
        snapshots, unreadable = [], 0
        for item in data["generations"]:
            try:
                snapshots.append(_snapshot(item))
            except (ValueError, TypeError, KeyError):
                log.warning("a job in the provider's list can't be read")
                unreadable += 1
        has_more = data.get("has_more")
        if has_more is None:  # only `generations` is required
            has_more = len(data["generations"]) >= limit
        return Page(tuple(snapshots), bool(has_more), unreadable)

    def concepts(self) -> tuple[str, ...]:
        """List the camera concepts (§6). Raises ProviderError."""
        data = self._ask("GET", "/generations/concepts/list")
        if not isinstance(data, list):
            raise Unavailable("the list of concepts can't be read")
        return tuple(str(item) for item in data)

    def credits_usd(self) -> Decimal:
        """Return the balance in dollars; Luma counts US cents (§2). Raises ProviderError."""
        data = self._ask("GET", "/credits")
        try:
            return Decimal(str(data["credit_balance"])) / 100
        except (KeyError, TypeError, InvalidOperation) as error:
            raise Unavailable("the balance can't be read") from error

    def ping(self) -> None:
        """Check that the API answers. Raises ProviderError."""
        self._ask("GET", "/ping")

    def delete(self, provider_id: str) -> None:
        """Delete a job at Luma; whether that stops or refunds it isn't known (§11)."""
        self._ask("DELETE", f"/generations/{_safe_id(provider_id)}")

    def _ask(self, method: str, path: str, **kwargs: Any) -> Any:
        """Make a call that moves no money. Raises ProviderError."""
        try:
            answer = self._send(method, path, timeout_s=_READ_S, **kwargs)
        except outbound.NeverSent as error:
            raise Unreachable(str(error)) from error
        except outbound.NoAnswer as error:
            raise Unavailable(str(error)) from error
        if answer.status == 404:
            raise NotFound(_detail(answer))
        if answer.status == 429:
            raise Busy(_detail(answer), retry_after_s=_retry_after(answer))
        if answer.status >= 500:
            raise Unavailable(f"HTTP {answer.status}", retry_after_s=_retry_after(answer))
        if not 200 <= answer.status < 300:
            raise _refusal(answer)
        if answer.status == 204:
            return None
        try:
            return answer.json()
        except ValueError as error:
            raise Unavailable("the answer isn't JSON") from error

    def _send(self, method: str, path: str, **kwargs: Any) -> outbound.Answer:
        started = time.monotonic()
        outcome = "no answer"
        headers = {"Authorization": f"Bearer {self._key}", "Accept": "application/json"}
        try:
            answer = outbound.call(method, self._base + path, headers=headers, **kwargs)
            outcome = str(answer.status)
            return answer
        finally:
            took_ms = (time.monotonic() - started) * 1000
            log.info("luma %s %s -> %s in %.0f ms", method, path, outcome, took_ms)


def _body(request: VideoRequest) -> dict[str, Any]:
    body: dict[str, Any] = {
        "generation_type": "video",
        "model": request.model,
        "aspect_ratio": request.ratio,
        "resolution": request.resolution,
        "duration": f"{request.duration_s}s",  # a string; an integer breaks the schema (§3)
    }
    if request.words:
        body["prompt"] = request.words
    if request.loop:
        body["loop"] = True
    if request.concepts:
        body["concepts"] = [{"key": key} for key in request.concepts]
    keyframes = {
        name: _frame(frame)
        for name, frame in (("frame0", request.start), ("frame1", request.end))
        if frame
    }
    if keyframes:
        body["keyframes"] = keyframes
    if request.callback_url:
        body["callback_url"] = request.callback_url
    return body


def _frame(frame: Frame) -> dict[str, str]:
    if isinstance(frame, ImageFrame):
        return {"type": "image", "url": frame.url}
    return {"type": "generation", "id": frame.provider_id}


def _snapshot(data: Mapping[str, Any]) -> Snapshot:
    """Read a Generation object (§5): anything may be null, unknown keys are ignored."""
    provider_id = data["id"]
    if not isinstance(provider_id, str) or not provider_id:
        raise ValueError("a job without an id")
    failure = str(data.get("failure_reason") or "")
    assets, request = _object(data.get("assets")), _object(data.get("request"))
    return Snapshot(
        provider_id=provider_id,
        progress=_PROGRESS.get(str(data.get("state")), Progress.UNKNOWN),
        failure=failure,
        blame=blame(failure),
        created_at=_time(data.get("created_at")),
        video_url=str(assets.get("video") or ""),
        image_url=str(assets.get("image") or ""),
        callback_url=str(request.get("callback_url") or ""),
        is_video=_is_video(data, request),
        echo=_echo(request),
    )


def _is_video(data: Mapping[str, Any], request: Mapping[str, Any]) -> bool:
    """Tell whether it may be a video that was made from words and frames (§5, §7, §8)."""
    kind = request.get("generation_type") or data.get("generation_type")
    return kind in (None, "video")


def _echo(request: Mapping[str, Any]) -> VideoRequest | None:
    if not request:
        return None
    keyframes = _object(request.get("keyframes"))
    duration = str(request.get("duration") or "").removesuffix("s")
    return VideoRequest(
        model=str(request.get("model") or ""),
        words=str(request.get("prompt") or ""),
        ratio=str(request.get("aspect_ratio") or ""),
        resolution=str(request.get("resolution") or ""),
        duration_s=int(duration) if duration.isdigit() else 0,
        loop=bool(request.get("loop")),
        concepts=tuple(
            str(item.get("key") if isinstance(item, dict) else item)
            for item in _list(request.get("concepts"))
        ),
        start=_echoed_frame(_object(keyframes.get("frame0"))),
        end=_echoed_frame(_object(keyframes.get("frame1"))),
        callback_url=str(request.get("callback_url") or ""),
    )


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _echoed_frame(frame: Mapping[str, Any]) -> Frame | None:
    if not frame:
        return None
    if frame.get("type") == "generation":
        return GenerationFrame(str(frame.get("id") or ""))
    return ImageFrame(str(frame.get("url") or ""))


def blame(failure: str) -> Blame:
    """Sort a failure_reason (§10): content, input frames, or the provider's own trouble."""
    lower = failure.lower()
    if any(word in lower for word in _CONTENT_WORDS):
        return Blame.CONTENT
    if any(word in lower for word in _FRAME_WORDS):
        return Blame.FRAMES
    return Blame.PROVIDER


def _refusal(answer: outbound.Answer) -> ProviderError:
    """Sort a 4xx answer (§10); statuses that the sheet marks unconfirmed are all understood."""
    detail, status = _detail(answer), answer.status
    lower = detail.lower()
    if status == 402 or any(word in lower for word in _CREDIT_WORDS):
        return OutOfCredits(detail)
    if status in (401, 403):
        return KeyRefused(detail)
    if status == 429:
        return Busy(detail, retry_after_s=_retry_after(answer))
    if blame(detail) is Blame.CONTENT:
        return ContentRefused(detail)
    words = f"Luma refused this request: {detail}" if detail else "Luma refused this request"
    return Refused(detail, message=f"{words.rstrip('.')}. Nothing was charged.")


def _detail(answer: outbound.Answer) -> str:
    """Return the error's text without the status that live answers carry in front (§10)."""
    try:
        detail = answer.json()["detail"]
    except (ValueError, KeyError, TypeError):
        return f"HTTP {answer.status}"
    if isinstance(detail, list):
        detail = "; ".join(
            str(item.get("msg", item) if isinstance(item, dict) else item) for item in detail
        )
    return str(detail).removeprefix(f"{answer.status}: ")[:400]


def _retry_after(answer: outbound.Answer) -> float | None:
    """Return Retry-After in seconds, at most an hour: a number or a date (RFC 9110 §10.2.3)."""
    header = answer.headers.get("retry-after", "")
    try:
        seconds = float(header)
    except ValueError:
        try:
            at = parsedate_to_datetime(header)
        except ValueError:
            return None
        seconds = (at.astimezone(UTC) - datetime.now(UTC)).total_seconds()
    return min(max(seconds, 0.0), 3600.0) if math.isfinite(seconds) else None


def _time(text: Any) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _safe_id(provider_id: str) -> str:
    """Return an id that is safe in a path. Raises NotFound for one that Luma can't have made."""
    try:
        return str(UUID(provider_id))
    except ValueError as error:
        raise NotFound(f"not an id of Luma's: {provider_id[:40]!r}") from error
