"""Keeps secrets out of what is written down: keys, tokens, passwords, signed addresses."""

import re

_NAMES = (
    r"authorization|proxy-authorization|x-api-key|api[-_ ]?key|access[-_]?key(?:[-_]?id)?|"
    r"secret(?:[-_]?(?:access[-_]?)?key)?|[a-z]*token|pass(?:word|wd)?\d?|pwd|set-cookie|cookie|"
    r"sessionid|session|credential|x-amz-(?:signature|credential|security-token)|signature|sig|"
    r"metrics_token|encryption_keys?"
)
_RULES = (
    # https://user:password@host and postgres://user:password@host
    (re.compile(r"(?<=://)[^\s/@\"'<>]+(?=@)"), "***"),
    # a name and its value, in a header dump, a dict, JSON or a query
    (
        re.compile(
            rf"(?i)((?<![a-z])(?:[a-z]+[-_])*(?:{_NAMES})(?:\\?[\"'])?\s*(?:=>|[:=,])\s*(?:b?\\?[\"'])?)"
            r"(?:(?:bearer|basic|token)\s+)?[^\s\"'\\&;,}}\])<>]+"
        ),
        r"\1***",
    ),
    (re.compile(r"(?i)\b(bearer|basic)\s+[a-z0-9._~+/=-]{6,}"), r"\1 ***"),
    # keys and sealed keys by their look
    (re.compile(r"\b(luma|sk|pk|rk)-(?!dream-machine)[A-Za-z0-9_-]{10,}"), r"\1-***"),
    (re.compile(r"\bdailies-[A-Za-z0-9_-]{40,}"), "dailies-***"),
    (re.compile(r"\bgAAAA[A-Za-z0-9_=-]{20,}"), "***"),
    (re.compile(r"\b(AKIA|ASIA)[A-Z0-9]{12,}"), r"\1***"),
    # our own addresses that open without a sign-in
    (
        re.compile(
            r"(/media/published(?:/[a-z]+)?/|/v1/files/|/shared?/|/invitations/)[A-Za-z0-9_:.-]{16,}"
        ),
        r"\1***",
    ),
    (re.compile(r"(/callbacks/[a-z0-9-]+/)[0-9a-f-]{32,}"), r"\1***"),
)


def redact(text: str) -> str:
    """Return the text with everything that looks like a secret replaced by stars."""
    for rule, instead in _RULES:
        text = rule.sub(instead, text)
    return text
