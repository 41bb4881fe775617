"""Words become a clip that plays: browser, engine and simulator, nothing pretended."""

import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from generations import sweeping
from generations.models import Asset, Generation, LedgerEntry
from tests.generations.pictures import picture


def work_until(page: Page, condition, timeout_s: float = 60) -> None:
    """Do the worker's share while the page lives on."""
    end = time.monotonic() + timeout_s
    while not condition():
        sweeping.work_once()
        assert time.monotonic() < end, list(Generation.objects.values("state", "words"))
        page.wait_for_timeout(100)


def stored() -> int:
    return Asset.objects.filter(kind="video", state="stored").count()


def test_a_prompt_with_a_start_frame_becomes_a_clip_that_plays_and_can_be_continued(
    simulator, board, tmp_path: Path
):
    page: Page = board()
    start = tmp_path / "start.jpg"
    start.write_bytes(picture(960, 540).read())
    page.locator("input[type=file][name=start]").set_input_files(start)
    page.get_by_label("Resolution").select_option("540p")
    page.get_by_label("What is seen, and how it moves").fill("A lighthouse in a storm at night")
    page.get_by_role("button", name="Generate", exact=True).click()
    money = page.locator(".money")
    expect(money).to_contain_text("$0.40 reserved")

    work_until(page, lambda: stored() == 1)
    card = page.locator(".take").first
    expect(card.locator("img")).to_be_visible(timeout=10_000)
    expect(money).to_contain_text("$0.00 reserved")
    expect(money.locator("strong")).to_have_text("$0.40")
    assert float(LedgerEntry.objects.spent_usd()) == pytest.approx(0.3981)

    card.get_by_role("link", name="lighthouse").click()
    video = page.locator("video").first
    expect(video).to_be_visible()
    assert page.evaluate(
        """async () => {
            const video = document.querySelector("video");
            video.muted = true;
            await video.play();
            await new Promise((done) => { video.onseeked = done; video.currentTime = 4; });
            return [video.videoWidth, video.videoHeight, video.duration, video.currentTime >= 4];
        }"""
    ) == [960, 540, 5, True]

    page.get_by_role("dialog").get_by_role("link", name="Extend").click()
    expect(page.get_by_role("dialog")).to_have_count(0)  # the composer is behind it
    page.get_by_label("What is seen, and how it moves").fill("The storm passes")
    page.get_by_role("button", name="Generate", exact=True).click()
    expect(page.locator(".take")).to_have_count(2)
    work_until(page, lambda: stored() == 2)
    expect(page.locator(".take").first).to_contain_text("extends take 1", timeout=10_000)
    first, second = simulator.books("luma-simulated-key")["generations"]
    assert not first["refunded"]
    assert not second["refunded"]
