"""The catalogue: a mistake in its file is told with its line, and stops the start."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from generations import catalogue as module
from generations.catalogue import CatalogueError, catalogue, read
from generations.kinds import Kind
from generations.simulator.catalogue import CONCEPTS, IMAGE_CANVASES, MODES

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "generations/catalogue.toml").read_text()


def line_of(part: str) -> int:
    return TEXT[: TEXT.index(part)].count("\n") + 1


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        ("loop = true", "lop = true", "models.video.lop is unknown here"),
        ("loop = true", 'loop = "yes"', "models.video.loop must be true or false"),
        ("durations_s = [5, 9]", 'durations_s = ["5"]', "must be a list of whole numbers"),
        ("durations_s = [5, 9]", "durations_s = [5, 5]", "has 5 twice"),
        ('"9:16"', '"9:17"', "models.video.ratios has 9:17, and there is only 1:1"),
        ('"0.0064"', "0.0064", "must be an amount in quotes"),
        ('"0.0064"', '"cheap"', "is no amount: cheap"),
        ("checked = 2026-11-22", 'checked = "today"', "checked must be a date"),
        ("checked = 2026-11-22", "checked = 2026-13-22", "Expected newline"),
        ('bucket = "photon"', 'bucket = "x"', "models.bucket is x, and there is only ray, photon"),
        ('provider = "luma"', 'provider = "x"', "models.provider is x, and there is only luma"),
        ("references = { image", "references = { imago", "references.imago is unknown here"),
        ('words = "required"', 'words = "many"', "must be required or optional"),
        ('formats = ["jpg"', 'formats = ["gif"', "formats has gif"),
        ('key = "ray-flash-2"', 'key = "ray-2"', "is ray-2, as another model's is"),
        ('title = "Ray"', 'title = ""', "buckets.ray.title is empty"),
        ("concurrent_limit = 10", "concurrent_limit = 0", "must be above zero"),
        ("https://api", "http://api", "base_url must begin with https://"),
        ("[models.upscale]", "[models.enlarge]", "models.enlarge is unknown here"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_its_reason(was, becomes, says):
    with pytest.raises(CatalogueError) as caught:
        read(TEXT.replace(was, becomes, 1))
    assert says in str(caught.value)
    line = line_of('key = "ray-flash-2"' if "ray-flash-2" in was else was)
    assert f"catalogue.toml, line {line}: " in str(caught.value)


@pytest.mark.parametrize(
    "line", ["concurrent_limit = 10\n", 'usd_per_take = "0.35"\n', 'key = "photon-1"\n']
)
def test_what_is_missing_is_told_with_the_line_of_its_table(line):
    heads = [n for n, each in enumerate(TEXT[: TEXT.index(line)].split("\n"), 1) if each[:1] == "["]
    with pytest.raises(CatalogueError, match=rf"line {heads[-1]}: .* is missing"):
        read(TEXT.replace(line, "", 1))


def test_a_mistake_stops_every_command_with_words_and_no_traceback(tmp_path):
    changed = tmp_path / "catalogue.toml"
    changed.write_text(TEXT.replace("loop = true", "lop = true", 1))
    command = (
        "import pathlib, runpy, sys\n"
        "import generations.catalogue as it\n"
        f"it._FILE = pathlib.Path({str(changed)!r})\n"
        "sys.argv = ['manage.py', 'check']\n"
        "runpy.run_path('manage.py', run_name='__main__')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert f"catalogue.toml, line {line_of('loop = true')}: models.video.lop" in done.stderr
    assert "Traceback" not in done.stderr


def test_every_kind_is_made_by_some_model():
    assert all(catalogue().making(kind) for kind in Kind)


def test_the_catalogue_knows_what_the_simulator_knows():
    assert set(catalogue().concepts) == set(CONCEPTS)
    modify = catalogue().models["ray-2"].kinds[Kind.MODIFY_VIDEO]
    assert modify.modes == MODES
    picture = catalogue().models["photon-1"].kinds[Kind.IMAGE]
    assert {ratio: picture.canvas(ratio) for ratio in picture.ratios} == IMAGE_CANVASES


def test_a_models_bucket_carries_its_limits():
    ray, photon = (catalogue().bucket_of(key) for key in ("ray-2", "photon-1"))
    assert (ray.concurrent_limit, ray.per_minute_limit) == (10, 20)
    assert (photon.concurrent_limit, photon.per_minute_limit) == (40, 80)


def test_a_model_is_offered_until_its_sunset():
    told = TEXT.replace('title = "Ray 1.6"', 'title = "Ray 1.6"\nsunset = 2027-03-01', 1)
    known = read(told)
    assert "ray-1-6" in known.making(Kind.VIDEO, date(2027, 2, 28))
    assert "ray-1-6" not in known.making(Kind.VIDEO, date(2027, 3, 1))


def test_a_new_model_is_data(monkeypatch):
    video = TEXT[TEXT.index("# Its API refuses") : TEXT.index("# Photon's price")]
    known = read(TEXT + video.replace("ray-1-6", "ray-9").replace("0.35", "1.25"))
    monkeypatch.setattr(module, "catalogue", lambda: known)
    assert list(known.making(Kind.VIDEO))[-1] == "ray-9"
    assert known.models["ray-9"].kinds[Kind.VIDEO].rate.usd == module.Decimal("1.25")
