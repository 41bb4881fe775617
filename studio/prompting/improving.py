"""Asking a helper, an OpenAI-compatible chat endpoint, to rewrite a prompt."""

import logging
import threading
from typing import Any

from django.conf import settings

from generations import outbound
from generations.catalogue import WORDS_MAX
from generations.refusal import Refused

TIMEOUT_S = 30.0
MOST_BYTES = 256 * 1024
# So many at once: each holds one of the web server's threads while it waits.
_PLACES = threading.BoundedSemaphore(2)
_PATH = "/chat/completions"
_ASKED = (
    "You rewrite prompts for a text-to-video model. Keep the person's subject, intent and "
    "language. Say what is seen and how it moves: subject, action, setting, camera, light, style. "
    "Keep everything between braces exactly as it is. Answer with the prompt alone, in one "
    "paragraph, without quotes or explanations."
)

_NONE = "There is no helper here. Whoever runs Dailies can name one in PROMPT_HELPER_URL."
_NO_WORDS = "There are no words to improve. Write some first."
_BUSY = "The helper is busy with others' words. Try again in a moment."
_AWAY = "The helper can't be reached. Your words are as they were; try again in a moment."
_SLOW = f"The helper gave no whole answer in {TIMEOUT_S:.0f} s. Your words are as they were."
_REFUSES = (
    "The helper refuses ({status}). Whoever runs Dailies can see to PROMPT_HELPER_URL, "
    "PROMPT_HELPER_KEY and PROMPT_HELPER_MODEL."
)
_MANY = "The helper takes no more requests now (429). Try again in a minute."
_NONSENSE = "The helper's answer holds no prompt. Your words are as they were; try again."
_LONG = f"The helper's prompt is longer than {WORDS_MAX:,} characters. Try with shorter words."

log = logging.getLogger(__name__)


def is_there() -> bool:
    """Tell whether a helper is configured."""
    return bool(settings.PROMPT_HELPER_URL)


def improve(words: str) -> str:
    """Return the helper's rewrite of words. Raises Refused."""
    if not is_there():
        raise Refused({"": _NONE})
    if not words.strip():
        raise Refused({"words": _NO_WORDS})
    if not _PLACES.acquire(blocking=False):
        raise Refused({"": _BUSY})
    try:
        answer = _ask(words)
    except outbound.NeverSent as error:
        log.warning("prompt helper away: %s", error)
        raise Refused({"": _AWAY}) from error
    except outbound.NoAnswer as error:
        log.warning("prompt helper gave no answer: %s", error)
        raise Refused({"": _SLOW}) from error
    finally:
        _PLACES.release()
    if answer.status != 200:
        log.warning("prompt helper answered %s", answer.status)
        raise Refused(
            {"": _MANY if answer.status == 429 else _REFUSES.format(status=answer.status)}
        )
    return _rewrite(answer)


def _ask(words: str) -> outbound.Answer:
    url = settings.PROMPT_HELPER_URL
    headers = {"Accept": "application/json"}
    if settings.PROMPT_HELPER_KEY:
        headers["Authorization"] = f"Bearer {settings.PROMPT_HELPER_KEY}"
    said = [{"role": "system", "content": _ASKED}, {"role": "user", "content": words}]
    body: dict[str, Any] = {"messages": said, "stream": False}
    if settings.PROMPT_HELPER_MODEL:
        body["model"] = settings.PROMPT_HELPER_MODEL
    return outbound.call(
        "POST",
        url if url.endswith(_PATH) else url + _PATH,
        headers=headers,
        timeout_s=TIMEOUT_S,
        body=body,
        most_bytes=MOST_BYTES,
        inside=True,
    )


def _rewrite(answer: outbound.Answer) -> str:
    """Return the prompt of an answer. Raises Refused."""
    try:
        said = answer.json()["choices"][0]["message"]["content"]
    except (ValueError, LookupError, TypeError) as error:
        raise Refused({"": _NONSENSE}) from error
    words = said.replace("\0", "").strip() if isinstance(said, str) else ""
    if len(words) > 1 and words[0] + words[-1] in ('""', "“”"):
        words = words[1:-1].strip()
    if not words:
        raise Refused({"": _NONSENSE})
    if len(words) > WORDS_MAX:
        raise Refused({"": _LONG})
    return words
