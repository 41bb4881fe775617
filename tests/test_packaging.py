"""The image and the composition: what they name is there, and reaches the builder."""

import re
import shlex
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def copied() -> list[str]:
    """Return what the Dockerfile copies from the tree, without what is of an earlier stage."""
    lines = DOCKERFILE.replace("\\\n", " ").splitlines()
    words = [shlex.split(line) for line in lines if line.startswith(("COPY ", "ADD "))]
    own = [each[1:-1] for each in words if not each[1].startswith("--from=")]
    return [source for sources in own for source in sources if not source.startswith("--")]


def is_admitted(path: str, rules: str) -> bool:
    """Tell whether .dockerignore lets a file through: the last rule that fits it decides.

    As the builder does it (docs.docker.com/build/concepts/context, .dockerignore files).
    """
    admitted = True
    for line in rules.splitlines():
        rule = line.strip()
        if not rule or rule.startswith("#"):
            continue
        if fits(path, rule.removeprefix("!").strip("/")):
            admitted = rule.startswith("!")
    return admitted


def fits(path: str, rule: str) -> bool:
    """Tell whether a rule names the path, or a directory that it is in."""
    parts = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    pattern = "".join(parts.get(it, re.escape(it)) for it in re.split(r"(\*\*/|\*\*|\*|\?)", rule))
    return re.fullmatch(f"{pattern}(?:/.*)?", path) is not None


@pytest.fixture(scope="module")
def rules() -> str:
    return (ROOT / ".dockerignore").read_text()


@pytest.mark.parametrize("source", copied())
def test_what_the_image_copies_is_there_and_reaches_the_builder(source, rules):
    assert (ROOT / source).exists()
    assert source == "." or is_admitted(source, rules)


def test_the_copies_are_found():
    assert {".", "requirements-s3.txt", "requirements-uv.txt"} <= set(copied())


@pytest.mark.parametrize(
    "needed",
    [
        *("manage.py", "LICENSE", "studio/settings.py", "generations/catalogue.toml"),
        *("templates/base.html", "static/css/base.css", "generations/simulator/server.py"),
    ],
)
def test_what_runs_reaches_the_builder(needed, rules):
    assert (ROOT / needed).is_file()
    assert is_admitted(needed, rules)


@pytest.mark.parametrize(
    "kept_out",
    [".env", "var/secret-key", ".git/config", ".venv/bin/python", "studio/__pycache__/urls.pyc"],
)
def test_secrets_data_and_leftovers_never_do(kept_out, rules):
    assert not is_admitted(kept_out, rules)


def test_what_the_composition_mounts_and_builds_is_there():
    composition = (ROOT / "compose.yaml").read_text()
    mounted = re.findall(r"- \./([^:]+):", composition)
    assert mounted == ["deploy/nginx.conf"]
    assert (ROOT / "deploy/nginx.conf").is_file()
    assert "build: ." in composition


@pytest.mark.parametrize("file", sorted(ROOT.glob("requirements*.txt")), ids=lambda file: file.name)
def test_every_requirement_is_pinned_with_hashes_and_names_no_index(file):
    pins = re.split(r"\n(?=\S)", re.sub(r"#.*", "", file.read_text()).strip())
    assert pins
    for pin in pins:
        assert re.match(r"[\w.-]+==\S+", pin), pin[:80]
        assert "--hash=sha256:" in pin, pin[:80]
        assert "://" not in pin, pin[:80]


@pytest.mark.parametrize("file", ["Makefile", "Dockerfile"])
def test_nothing_is_installed_unpinned(file):
    installs = re.findall(r"pip (?:install|sync)(?:[^\n]*\\\n)*[^\n]*", (ROOT / file).read_text())
    assert installs
    assert all("--require-hashes" in each for each in installs)
