"""`manage.py generate` on its own and beside a running Dailies."""

import errno
import os
import pty
import re
import signal
from collections.abc import Iterator
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from PIL import Image
from pytest_django import Settings

from generations import collecting, media, pricing
from generations.kinds import Kind
from generations.models import Generation, Heartbeat, LedgerEntry, State, Still
from generations.simulator.testing import TestSimulator
from generations.simulator.testing import running as running_simulator
from studio.models import Project
from tests import factories
from tests.running.stage import Stage, wait_for

WORDS = "A lighthouse in a storm at night"


@pytest.mark.long
def test_on_its_own_it_makes_everything_and_writes_a_playable_file(
    fresh_stage: Stage,
) -> None:
    stage = fresh_stage
    out = stage.directory / "out.mp4"
    done = stage.manage("generate", WORDS, "--output", str(out), timeout_s=300)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    facts = media.probe_video(out)
    assert (facts.width, facts.height, facts.codec, facts.fps) == (960, 540, "h264", 24.0)
    assert facts.duration_s == pytest.approx(5.0, abs=0.05)
    assert "Take 1 of Launch film, $0.40." in done.stdout
    assert re.search(r"^ +\d+ s  queued\n", done.stdout, re.MULTILINE)
    assert "\r" not in done.stdout
    assert f"960 × 540, 5.0 s, h264, {out.stat().st_size / 1e6:.1f} MB: {out}" in done.stdout
    assert not list(stage.directory.glob(".out.mp4*"))

    picture = stage.directory / "start.png"
    Image.new("RGB", (960, 540), (200, 30, 30)).save(picture)
    done = stage.manage(
        *("generate", "Red gives way to dawn", "--start-image", str(picture)),
        *("--at-most", "0.40"),
        timeout_s=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    kept = Path(done.stdout.strip().splitlines()[-1].split(": ")[-1])
    assert kept.is_relative_to(stage.data / "media")
    assert media.probe_video(kept).duration_s == pytest.approx(5.0, abs=0.05)


@pytest.mark.long
def test_beside_a_running_dailies_it_only_asks_and_ends_once_the_file_is_kept(
    stage: Stage,
) -> None:
    stage.start()
    wait_for(stage.ready, 300)
    asked = stage.manage("generate", WORDS, timeout_s=300)
    assert asked.returncode == 0, asked.stderr
    page = re.search(rf"{stage.url}/generations/([0-9a-f-]+)/", asked.stdout)
    assert page
    kept = Path(asked.stdout.strip().splitlines()[-1].split(": ")[-1])
    assert kept.is_relative_to(stage.data / "media")
    assert media.probe_video(kept).duration_s == pytest.approx(5.0, abs=0.05)

    out = stage.directory / "b.mp4"
    done = stage.manage("generate", WORDS, "--output", str(out), timeout_s=300)
    assert done.returncode == 0, done.stderr
    assert media.probe_video(out).width == 960

    words = ("generate", "Dawn breaks", "--extend", page[1], "--wait")
    extended = stage.manage(*words, timeout_s=300)
    assert extended.returncode == 0, extended.stderr


def test_on_a_terminal_a_bar_fills_and_leaves_nothing_behind(stage: Stage) -> None:
    stage.env |= {"TERM": "xterm", "COLUMNS": "100"}
    out = stage.directory / "out.png"
    status, shown = on_a_terminal(stage, "generate", WORDS, "--kind", "image", "--output", str(out))
    assert status == 0, shown
    bars = re.findall(r"\r\x1b\[2K([█░]{30}) +\d+ s  ([^\r\x1b]+)", shown)
    assert ("█" * 30, "ready, the file is fetched") in bars
    assert ("░" * 30, "waits its turn") in bars
    assert "\r\x1b[2K2048 × 1152, jpeg" in shown  # the last bar was wiped before the result
    assert all(len(f"{bar}{words}") < 100 for bar, words in bars)


def on_a_terminal(stage: Stage, *words: str) -> tuple[int, str]:
    """Run a command with a terminal for its output; return its status and all that was shown."""
    ours, theirs = pty.openpty()
    making = stage.popen(*words, stdout=theirs)
    os.close(theirs)
    shown = b""
    with os.fdopen(ours, "rb", buffering=0) as screen:
        try:
            while some := screen.read(4096):
                shown += some
        except OSError as error:  # on Linux that is how a terminal ends
            if error.errno != errno.EIO:
                raise
    return making.wait(30), shown.decode()


def test_ctrl_c_says_that_the_take_goes_on(stage: Stage) -> None:
    stage.env["SIMULATOR_SPEED"] = "1000"
    making = stage.popen("generate", WORDS, "--wait")
    assert making.stdout
    said = ""
    while "queued" not in said:
        line = making.stdout.readline()
        assert line, said
        said += line
    making.send_signal(signal.SIGINT)
    rest = making.stdout.read()
    assert making.wait(10) == 130
    assert "Take 1 goes on while Dailies runs (make run)." in rest
    assert f"{stage.url}/generations/" in rest
    assert "Traceback" not in rest


def test_a_simulator_that_isnt_there_is_said_in_words(stage: Stage) -> None:
    answer = stage.manage("generate", WORDS, timeout_s=300, SIMULATOR="0")
    assert answer.returncode == 1
    assert f"No simulator answers at http://127.0.0.1:{stage.simulator_port}" in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.fixture
def running(film: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The demo's project, as a running Dailies has it: what waits is made meanwhile."""

    def makes(_: float) -> None:
        Heartbeat.beat("sweep")
        for take in Generation.objects.filter(state=State.WAITING):
            factories.bring(take, State.COMPLETED)

    Heartbeat.beat("sweep")
    monkeypatch.setattr("studio.management.commands.generate.time.sleep", makes)
    return film


def generate(*words: str) -> str:
    out = StringIO()
    call_command("generate", *words, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["ab"], "PROMPT: Write at least 3 characters"),
        (["x" * 5001], "PROMPT: These are 5,001 characters"),
        (
            [WORDS, "--duration", "7s"],
            "--duration: Ray 2 doesn't make 7 s. Choose one of: 5 s, 9 s.",
        ),
        ([WORDS, "--duration", "long"], "--duration long is no length. Write seconds"),
        ([WORDS, "--resolution", "480p"], "--resolution: Ray 2 doesn't make 480p"),
        ([WORDS, "--ratio", "2:1"], "--ratio: Ray 2 doesn't make 2:1"),
        ([WORDS, "--model", "sora"], "--model: There is no model called sora"),
        ([WORDS, "--start-image", "manage.py"], "This file isn't a picture that can be read"),
        ([WORDS, "--start-image", "no-such.png"], "--start-image can't be read"),
        ([WORDS, "--extend", "nothing"], "--extend: Launch film has no take nothing"),
        (
            [WORDS, "--project", "nowhere"],
            "There is no project called nowhere. There are: launch-film",
        ),
        ([WORDS, "--output", "no-such-folder/out.mp4"], "can't be written: No such file"),
        ([WORDS, "--output", "tests"], "is a directory. Name a file"),
    ],
)
def test_bad_input_is_refused_in_words_before_anything_is_kept(
    running: Project, words: list[str], said: str
) -> None:
    with pytest.raises(CommandError) as refusal:
        generate(*words)
    assert said in str(refusal.value)
    assert refusal.value.returncode == 1
    assert not Generation.objects.exists()
    assert not LedgerEntry.objects.exists()
    assert not Still.objects.exists()


def test_a_take_of_another_project_cannot_be_extended(running: Project) -> None:
    stranger = factories.take(factories.ProjectFactory())
    with pytest.raises(CommandError, match="has no take"):
        generate(WORDS, "--extend", str(stranger.uuid))
    assert Generation.objects.count() == 1


@pytest.mark.parametrize("wait", [[], ["--wait"]])
def test_it_ends_once_the_file_is_kept(running: Project, wait: list[str]) -> None:
    said = generate(*wait, WORDS, "--resolution", "720p", "--duration", "9s")
    take = running.generations.get()
    assert take.author == running.created_by
    assert (take.prompt.words, take.prompt.resolution, take.prompt.duration_s) == (WORDS, "720p", 9)
    assert str(take.uuid) in said
    assert "$1.28" in said
    kept = take.assets.get(kind="video")
    assert said.strip().endswith(f": {kept.file}")


def test_it_goes_to_the_project_that_is_named(running: Project) -> None:
    other = factories.ProjectFactory(name="Second film", slug="second-film", team=running.team)
    assert "Take 1 of Second film, $0.40." in generate(WORDS, "--project", "second-film")
    assert other.generations.count() == 1
    assert not running.generations.exists()


# --- what comes to no file --------------------------------------------------------------------


@pytest.fixture
def renderer(film: Project, settings: Settings, tmp_path: Path) -> Iterator[TestSimulator]:
    """The simulator, without a worker: the command does everything itself."""
    settings.POLL_AFTER_S = 0.0
    with running_simulator(tmp_path / "simulator", renderers=1) as simulator:
        settings.SIMULATOR_URL = simulator.address
        yield simulator


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("A beheading at dawn", "moderation refused this prompt"),  # refused when it is sent
        ("A nude in the fog", "moderation"),  # refused while it is queued
        ("A doomed lighthouse", "Luma failed"),  # lost while it is dreaming
    ],
)
def test_a_take_that_fails_ends_non_zero_with_the_reason_and_no_file(
    film: Project, renderer: TestSimulator, tmp_path: Path, words: str, said: str
) -> None:
    out = tmp_path / "out.mp4"
    with pytest.raises(CommandError, match=said) as failure:
        generate(words, "--output", str(out))
    assert failure.value.returncode == 1
    assert "harged" in str(failure.value)
    assert film.generations.get().state == State.FAILED
    assert not list(tmp_path.glob("*out.mp4*"))


@pytest.mark.django_db(transaction=True)
def test_a_file_that_cannot_be_fetched_ends_non_zero_and_leaves_none(
    film: Project, renderer: TestSimulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collecting, "_GIVE_UP_AFTER_TRIES", 1)  # the twentieth comes after hours
    renderer.faults(download_cut=True)
    out = tmp_path / "out.mp4"
    with pytest.raises(CommandError, match="made, but its file couldn't be fetched") as failure:
        generate(WORDS, "--output", str(out))
    assert failure.value.returncode == 1
    assert film.generations.get().state == State.COMPLETED
    assert not list(tmp_path.glob("*out.mp4*"))


# --- money is never spent unseen -------------------------------------------------------------


@pytest.fixture
def billed(running: Project) -> Project:
    """The same project with an account that somebody pays for."""
    running.team.accounts.update(simulated=False)
    return running


class Terminal(StringIO):
    """What a person types, or sees."""

    def isatty(self) -> bool:
        return True


def at_a_terminal(typed: str, monkeypatch: pytest.MonkeyPatch, *words: str) -> str:
    """Order at a terminal, and return what stood there when it was over."""
    screen = Terminal()
    monkeypatch.setattr("sys.stdin", Terminal(typed))
    try:
        call_command("generate", WORDS, *words, stdout=screen)
    except CommandError as refusal:
        screen.write(str(refusal))
    return screen.getvalue()


def test_what_nobody_is_billed_for_is_made_unasked_up_to_at_most(running: Project) -> None:
    said = generate(WORDS)
    assert "It costs $0.40 at the simulator, for which nobody is billed." in said
    assert "Take 1 of Launch film, $0.40." in said
    with pytest.raises(CommandError, match=r"more than --at-most 0\.39"):
        generate(WORDS, "--at-most", "0.39")
    assert Generation.objects.count() == 1


@pytest.mark.parametrize("typed", ["y\n", "Yes\n"])
def test_at_a_terminal_it_asks_before_it_spends(billed: Project, monkeypatch, typed: str) -> None:
    seen = at_a_terminal(typed, monkeypatch)
    before, after = seen.split("Spend $0.40? [y/N] ")
    assert "It costs $0.40." in before
    assert "Take 1 of Launch film, $0.40." in after
    assert str(billed.generations.get().price_usd) == "0.3981"


@pytest.mark.parametrize("typed", ["n\n", "\n", "", "yellow\n"])
def test_anything_but_a_yes_spends_nothing(billed: Project, monkeypatch, typed: str) -> None:
    picture = ("--start-image", "docs/board.png")
    assert at_a_terminal(typed, monkeypatch, *picture).endswith("Nothing was sent or charged.")
    assert not Generation.objects.exists()
    assert not LedgerEntry.objects.exists()
    assert not Still.objects.exists()


def test_a_script_has_to_say_what_may_be_spent(billed: Project, monkeypatch) -> None:
    for wanted, said in (
        ([], "give --yes to spend it, or --at-most 0.40 to spend no more. Nothing was sent"),
        (["--at-most", "0.39"], r"\$0.40 is more than --at-most 0.39. Nothing was sent"),
        (["--yes", "--at-most", "0.39"], "more than --at-most 0.39"),
        (["--at-most", "0"], "Write dollars above zero, such as 0.40"),
        (["--at-most", "nan"], "nan is no amount"),
    ):
        with pytest.raises(CommandError, match=said):
            generate(WORDS, *wanted)
    assert not Generation.objects.exists()
    assert not LedgerEntry.objects.exists()
    assert "Take 1 of Launch film, $0.40." in generate(WORDS, "--at-most", "$0.40")


def test_a_price_that_went_up_after_it_was_shown_isnt_spent(billed: Project, monkeypatch) -> None:
    account = billed.team.accounts.get(provider="luma")

    class Slow(Terminal):
        def readline(self, *size: int) -> str:
            pricing.set_own(account, "ray-2", Kind.VIDEO, price_usd=Decimal(2))
            return "y\n"

    monkeypatch.setattr("sys.stdin", Slow())
    with pytest.raises(CommandError, match=r"It costs \$2.00, and \$0.40 was shown"):
        call_command("generate", WORDS, stdout=Terminal())
    assert not Generation.objects.exists()


def test_a_picture_is_made_and_written(stage: Stage) -> None:
    out = stage.directory / "out.png"
    words = ("generate", "A teal lighthouse", "--kind", "image", "--format", "png")
    done = stage.manage(*words, "--ratio", "1:1", "--output", str(out), timeout_s=300)
    assert done.returncode == 0, done.stderr
    assert "Take 1 of Launch film, $0.02." in done.stdout
    assert f"1536 × 1536, png, {out.stat().st_size / 1e6:.1f} MB: {out}" in done.stdout
    with Image.open(out) as opened:
        assert (opened.format, opened.size) == ("PNG", (1536, 1536))
