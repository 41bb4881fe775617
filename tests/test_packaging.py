"""The image and the composition: what they name is there, and reaches the builder."""

import re
import shlex
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSITION = (ROOT / "compose.yaml").read_text()
NGINX = (ROOT / "deploy" / "nginx.conf").read_text()


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
    mounted = re.findall(r"- \./([^:]+):", COMPOSITION)
    assert mounted == ["deploy/nginx.conf"]
    assert (ROOT / "deploy/nginx.conf").is_file()
    assert "build: ." in COMPOSITION


def test_nginx_sends_what_web_names_and_sees_nothing_else():
    said = dict(re.findall(r"^    ([A-Z_]+): (\S+)$", COMPOSITION, re.MULTILINE))
    places = re.findall(r"location (\S+) \{\s+internal;\s+alias (\S+);", NGINX)
    assert places == [(said["MEDIA_ACCEL_PREFIX"], f"{said['MEDIA_ROOT']}/")]
    nginx = re.search(r"^  nginx:\n((?:    .*\n)+)", COMPOSITION, re.MULTILINE).group(1)
    mounts = re.findall(r"^      - [^:]+:(/[^: ]+):ro", nginx, re.MULTILINE)
    assert mounts == ["/etc/nginx/nginx.conf", said["MEDIA_ROOT"]]


def test_the_image_is_of_two_stages_belongs_to_nobody_special_and_is_looked_after():
    last = DOCKERFILE.rsplit("FROM ", 1)[1]
    assert DOCKERFILE.count("\nFROM ") == 2
    assert "\nUSER dailies\n" in last
    assert "\nHEALTHCHECK " in last
    assert "pip " not in last


WHERE_DJANGO_PUTS_THEM = {
    "forms",
    "management",
    "migrations",
    "models",
    "templatetags",
    "urls",
    "views",
}


def test_every_room_is_on_the_map_and_every_place_on_the_map_is_there():
    rows = re.search(r"## Rooms\n(.*?)\n## ", README, re.DOTALL)
    assert rows
    mapped = set(re.findall(r"`([a-z_/]+/)`", rows[1]))
    rooms = {
        f"{place.parent.name}/{place.name}/"
        for place in [*ROOT.glob("studio/*"), *ROOT.glob("generations/*")]
        if (place / "__init__.py").exists() and place.name not in WHERE_DJANGO_PUTS_THEM
    }
    assert len(rooms) > 10
    assert rooms <= mapped
    places = {place for place in mapped if "/" in place.strip("/")}
    assert all((ROOT / place).is_dir() for place in places)


NAMED = re.findall(r"^#([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)


@pytest.mark.parametrize("name", NAMED)
def test_every_setting_of_the_example_is_explained(name):
    table = re.findall(r"^\| (`.*?) \|", README, re.MULTILINE)
    explained = {each for row in table for each in re.findall(r"`([A-Z_]+)`", row)}
    explained |= {"SIMULATOR_URL", "SIMULATOR_IMAGE_CONCURRENT", "SIMULATOR_IMAGE_PER_MINUTE"}
    assert name in explained or f"`{name}`" in README or name == "DB_PASSWORD"


def test_every_setting_that_is_explained_is_in_the_example():
    rows = re.findall(r"^\| (`[A-Z_`, ]+`) \|", README, re.MULTILINE)
    explained = {each for row in rows for each in re.findall(r"`([A-Z_]+)`", row)}
    assert len(explained) > 40
    assert explained <= set(NAMED)


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
