"""A small OpenID Connect server on this machine: discovery, authorize, token, userinfo, keys."""

import base64
import hashlib
import json
import secrets
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.loopback import Loopback, Quiet

CLIENT_ID = "dailies"
SECRET = "oidc-canary-0123456789abcdef"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ANOTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
JSON = "application/json"


@dataclass
class OpenIdServer:
    """Lets in whoever it is told to: `claims` are what it says of them.

    `paths` answer something else in an endpoint's place: a status, headers and a body.
    """

    claims: dict[str, Any]
    token_claims: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] = field(default_factory=dict)
    discovery: dict[str, Any] = field(default_factory=dict)
    paths: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    key: Any = KEY
    refuses: str = ""
    asked: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def __enter__(self) -> Self:
        server = self

        class Handler(Quiet, BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.answer(self)

            def do_POST(self) -> None:
                server.answer(self)

        self._loopback = Loopback(Handler).__enter__()
        self.url = self._loopback.address
        return self

    def __exit__(self, *raised: Any) -> None:
        self._loopback.__exit__(*raised)

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(request.path)
        self.asked.append(parts.path)
        length = int(request.headers.get("Content-Length") or 0)
        form = _flat(request.rfile.read(length).decode())
        if parts.path in self.paths:
            status, headers, body = self.paths[parts.path]
        elif parts.path == "/authorize":
            status, headers, body = 302, {"Location": self._let_in(_flat(parts.query))}, b""
        else:
            status, said = {
                "/.well-known/openid-configuration": self._discovered,
                "/token": lambda: self._token(request, form),
                "/userinfo": lambda: self._userinfo(request),
                "/keys": self._keys,
            }[parts.path]()
            headers, body = {"Content-Type": JSON}, json.dumps(said).encode()
        request.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(body)

    def _discovered(self) -> tuple[int, dict[str, Any]]:
        known = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        }
        return 200, known | self.discovery

    def _let_in(self, asked: dict[str, str]) -> str:
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT_ID
        assert "openid" in asked["scope"].split()
        assert asked["code_challenge_method"] == "S256"
        if self.refuses:
            said = {"error": self.refuses, "state": asked["state"]}
        else:
            code = secrets.token_urlsafe(8)
            self.codes[code] = asked
            said = {"code": code, "state": asked["state"]}
        return f"{asked['redirect_uri']}?{urlencode(said)}"

    def _token(self, request: BaseHTTPRequestHandler, form: dict[str, str]) -> tuple[int, Any]:
        basic = base64.b64decode(request.headers["Authorization"].removeprefix("Basic ")).decode()
        if [unquote(part) for part in basic.split(":")] != [CLIENT_ID, SECRET]:
            return 401, {"error": "invalid_client"}
        asked = self.codes.pop(form["code"], None)
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if (
            asked is None
            or asked["redirect_uri"] != form["redirect_uri"]
            or asked["code_challenge"] != challenge
        ):
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        said = {"iss": self.url, "aud": CLIENT_ID, "iat": now, "exp": now + 300}
        said |= {"sub": self.claims["sub"], "nonce": asked["nonce"], **self.token_claims}
        id_token = jwt.encode(said, self.key, algorithm="RS256", headers={"kid": "one"})
        return 200, {"access_token": "at-canary", "token_type": "Bearer", "id_token": id_token}

    def _userinfo(self, request: BaseHTTPRequestHandler) -> tuple[int, Any]:
        if request.headers["Authorization"] != "Bearer at-canary":
            return 401, {"error": "invalid_token"}
        return 200, self.claims | self.userinfo

    def _keys(self) -> tuple[int, Any]:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
        return 200, {"keys": [public | {"kid": "one", "use": "sig", "alg": "RS256"}]}


def _flat(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}
