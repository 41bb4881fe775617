"""What Mozilla's Observatory asks of a site, test by test, and what it gets here: an A+.

The tests and their points are those of github.com/mdn/mdn-http-observatory (src/grader/charts.js
and src/analyzer/tests/): a site begins with 100, and 100 and more are an A+. Points above that are
given only to who lost fewer than eleven.
"""

import re
from typing import Any

import pytest
from django.test import Client

from tests.running.test_environment import read
from tests.studio.test_headers import OVER_TLS

HALF_A_YEAR_S = 15_768_000


@pytest.fixture
def front_page(settings, tmp_path, db) -> tuple[Client, Any]:
    """Return what a scanner gets that asks for `/` of a server whose PUBLIC_URL is https."""
    for name, value in read(tmp_path, *OVER_TLS, PUBLIC_URL="https://dailies.example.com").items():
        setattr(settings, name, value)
    scanner = Client(headers={"Host": "localhost"})
    sent_on = scanner.get("/", secure=True)["Location"]
    assert sent_on.startswith("/")
    return scanner, scanner.get(sent_on, secure=True)


def directives(answer: Any) -> dict[str, list[str]]:
    """Return the parts of an answer's Content-Security-Policy."""
    parts = (part.split() for part in answer["Content-Security-Policy"].split(";"))
    return {name: sources for name, *sources in filter(None, parts)}


def content_security_policy(scanner: Client, answer: Any) -> int:
    """Nothing by default, nothing inline, evaluated or from anywhere: 10."""
    policy = directives(answer)
    assert policy["default-src"] == ["'none'"]
    for name in ("script-src", "style-src"):
        assert policy[name] == ["'self'"], name
    said = {source for sources in policy.values() for source in sources}
    assert said <= {"'none'", "'self'", "blob:"}
    assert policy["base-uri"] == ["'none'"]
    assert policy["form-action"] == ["'self'"]
    return 10


def cookies(scanner: Client, answer: Any) -> int:
    """Each Secure and with SameSite, a session's HttpOnly, too: 5."""
    assert scanner.cookies, "the sign-in sets one"
    for name, cookie in scanner.cookies.items():
        assert name.startswith("__Host-")
        assert cookie["secure"], name
        assert cookie["samesite"] in ("Lax", "Strict"), name
        assert cookie["httponly"] or "sess" not in name, name
    return 5


def cross_origin_resource_sharing(scanner: Client, answer: Any) -> int:
    """No other origin reads anything: 0."""
    asked = scanner.get("/", secure=True, headers={"Origin": "https://http-observatory.example"})
    assert "Access-Control-Allow-Origin" not in asked
    return 0


def cross_origin_resource_policy(scanner: Client, answer: Any) -> int:
    """Nothing is shown within another origin's pages: 10."""
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    return 10


def redirection(scanner: Client, answer: Any) -> int:
    """Who comes over http is sent to https on the same host at once: 0."""
    first = Client(headers={"Host": "localhost"}).get("/")
    assert first.status_code == 301
    assert first["Location"] == "https://localhost/"
    return 0


def referrer_policy(scanner: Client, answer: Any) -> int:
    """No other site learns an address: 5."""
    assert answer["Referrer-Policy"] == "same-origin"
    return 5


def strict_transport_security(scanner: Client, answer: Any) -> int:
    """For six months at least: 0 (and 5 once the host is in browsers' preload list)."""
    said = answer["Strict-Transport-Security"]
    assert int(re.search(r"max-age=([0-9]+)", said)[1]) >= HALF_A_YEAR_S  # type: ignore[index]
    return 0


def subresource_integrity(scanner: Client, answer: Any) -> int:
    """Every script is of this origin, named by its path: 0."""
    scripts = re.findall(r"<script[^>]*>", answer.content.decode())
    assert scripts
    for script in scripts:
        assert re.search(r' src="/(?!/)', script), script
    return 0


def x_content_type_options(scanner: Client, answer: Any) -> int:
    """Taken as what it is said to be: 0."""
    assert answer["X-Content-Type-Options"] == "nosniff"
    return 0


def x_frame_options(scanner: Client, answer: Any) -> int:
    """In no other page's frame, by the policy: 5."""
    assert directives(answer)["frame-ancestors"] == ["'none'"]
    assert answer["X-Frame-Options"] == "DENY"  # of browsers that don't know that
    return 5


TESTS = (
    content_security_policy,
    cookies,
    cross_origin_resource_sharing,
    cross_origin_resource_policy,
    redirection,
    referrer_policy,
    strict_transport_security,
    subresource_integrity,
    x_content_type_options,
    x_frame_options,
)


def test_mozillas_observatory_would_give_an_a_plus(front_page):
    scanner, answer = front_page
    assert answer.status_code == 200
    assert 100 + sum(each(scanner, answer) for each in TESTS) == 135
