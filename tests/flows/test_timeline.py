"""Cutting a film in the browser: by buttons, by hand and by keys."""

from operator import itemgetter

import pytest
from django.urls import reverse
from playwright.sync_api import Page, Request, expect

from generations.models import State
from studio.editing.cut import FPS, Clip, Cut, Join
from studio.models import Sequence
from tests.factories import member, take
from tests.flows.conftest import listen

SLOWEST_MS = 84  # two frames; and as much more as the screen itself was late meanwhile
SMALL_BYTES = 80
PLAYED = """() => new Promise((done) => {
  const decks = [...document.querySelectorAll("[data-deck]")];
  const seen = new Map(decks.map((video) => [video, []]));
  const joins = [];
  let shown = null;
  let before = null;
  let late = 0;
  for (const video of decks) {
    const note = (now, { mediaTime }) => {
      seen.get(video).push({ now, frame: Math.round(mediaTime * 24) });
      video.requestVideoFrameCallback(note);
    };
    video.requestVideoFrameCallback(note);
  }
  // What comes in the refresh in which another video is put in front isn't seen any more.
  const look = (now) => {
    if (before !== null) late = Math.max(late, now - before - 1000 / 60);
    before = now;
    const front = decks.find((video) => video.style.zIndex === "1");
    if (shown && front !== shown) {
      const last = seen.get(shown).findLast((each) => each.now < now);
      joins.push({ gap: now - last.now, from: last.frame, to: Math.floor(front.currentTime * 24) });
    }
    shown = front;
    if (document.querySelector("[data-stage][data-moving]")) requestAnimationFrame(look);
    else done({ joins, late });
  };
  document.querySelector("[data-do=toggle]").click();
  requestAnimationFrame(look);
})"""
FRONT = "[...document.querySelectorAll('[data-deck]')].find(({ style }) => style.zIndex === '1')"


@pytest.fixture
def takes(project, artist):
    return [take(project, State.COMPLETED, author=artist) for _ in range(3)]


def begin(project, artist, takes, count, **how):
    clips = tuple(Clip(f"k{n}", takes[n % len(takes)].uuid, **how) for n in range(count))
    return Sequence.begin(project, artist, "Rough cut", Cut(clips))


@pytest.fixture
def timeline(studio: Page, live_server, project):
    """Opens the timeline once its scripts have laid it."""

    def open_(page: Page = studio) -> Page:
        page.goto(live_server.url + reverse("timeline", args=[project.slug]))
        page.locator("[data-tracks][data-ready]").wait_for()
        return page

    return open_


def cut_of(project) -> Cut:
    return Sequence.objects.get(project=project).cut


def numbers(page: Page) -> list[str]:
    names = page.locator("[data-clip] .clip__name").all_text_contents()
    return [name.removeprefix("Clip ") for name in names]


def saved(page: Page, version: int) -> None:
    expect(page.locator("#version")).to_have_value(str(version))


def says(page: Page, timecode: str) -> None:
    expect(page.locator("[data-time-now]")).to_have_text(timecode)


def middle(locator):
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def saves(page: Page) -> list[tuple[str, int]]:
    """What is sent to change the sequence from now on: the verb, and how many bytes."""
    sent: list[tuple[str, int]] = []

    def note(asked: Request) -> None:
        verb = asked.url.rstrip("/").rpartition("/")[2]
        if asked.method == "POST" and verb != "grow":  # which only quotes
            sent.append((verb, len(asked.post_data or "")))

    page.on("request", note)
    return sent


def drag(page: Page, start, end) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*[(a + b) / 2 for a, b in zip(start, end, strict=True)], steps=4)
    page.mouse.move(*end, steps=4)
    page.wait_for_function("() => new Promise((done) => requestAnimationFrame(() => done(true)))")
    page.mouse.up()


def test_a_film_is_cut_by_buttons_by_hand_and_by_keys(  # noqa: PLR0915  (one page load)
    studio: Page, live_server, project, takes, timeline
):
    page = studio
    page.goto(live_server.url + reverse("timeline", args=[project.slug]))
    page.get_by_role("button", name="Begin a sequence").click()
    page.locator("[data-tracks][data-ready]").wait_for()

    # add: by a button, by dragging, and by Enter behind what is chosen
    page.locator("[data-bin-take]").nth(2).hover()
    page.get_by_role("button", name="Add take 1").click()
    saved(page, 2)
    item = page.locator("[data-bin-take]").nth(1)
    clip = page.locator("[data-clip]").first
    box = clip.bounding_box()
    drag(page, middle(item), (box["x"] + box["width"] * 0.8, box["y"] + 20))
    saved(page, 3)
    page.locator("[data-clip] .clip__open").first.click()
    page.locator("[data-bin-take]").first.focus()
    page.keyboard.press("Enter")
    saved(page, 4)
    assert numbers(page) == ["1, take 1", "2, take 3", "3, take 2"]

    # move: by hand, and by keys
    sent = saves(page)
    first, last = (page.locator("[data-clip]").nth(n) for n in (0, 2))
    box = last.bounding_box()
    drag(page, middle(first), (box["x"] + box["width"] * 0.9, box["y"] + 20))
    saved(page, 5)
    assert numbers(page) == ["1, take 3", "2, take 2", "3, take 1"]
    expect(page.locator("[data-clip][data-chosen]")).to_have_count(1)
    page.keyboard.press("Alt+ArrowLeft")
    saved(page, 6)
    assert numbers(page) == ["1, take 3", "2, take 1", "3, take 2"]
    expect(page.locator("#announcer")).to_have_text("Moved clip 3.")

    # trim: by a handle, whose frame the stage shows, and by its keys
    out = page.get_by_role("slider", name="Out point")
    x, y = middle(out)
    width = page.locator("[data-clip]").nth(1).bounding_box()["width"]
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - width / 2, y, steps=5)
    expect(page.locator("[data-peek]")).to_contain_text("Out 00:00:0")
    page.mouse.up()
    saved(page, 7)
    trimmed = cut_of(project).clips[1]
    assert 20 <= trimmed.out_frame <= 28
    assert [verb for verb, _ in sent] == ["move", "move", "trim"]
    assert max(size for _, size in sent) < SMALL_BYTES
    out.focus()
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("ArrowRight")
    saved(page, 8)
    assert cut_of(project).clips[1].out_frame == trimmed.out_frame - 9

    # split at the playhead, and trim there
    page.locator("[data-clip] .clip__open").first.click()
    page.keyboard.press("Home")
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("[")
    saved(page, 9)
    assert cut_of(project).clips[0].in_frame == 6
    says(page, "00:00:00:00")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("s")
    saved(page, 10)
    assert [clip.in_frame for clip in cut_of(project).clips[:2]] == [6, 30]

    # transition, swap, duplicate, remove
    page.locator("[data-clip] .clip__open").first.click()
    page.locator("[data-inspector]").get_by_text("Clip 1, take 3").wait_for()
    page.get_by_role("radio", name="Crossfade").check()
    saved(page, 11)
    assert cut_of(project).clips[0].into.join is Join.CROSSFADE
    page.locator("[data-bin-take]").nth(1).hover()
    page.get_by_role("button", name="Swap take 2 in").click()
    saved(page, 12)
    assert (cut_of(project).clips[0].take, cut_of(project).clips[0].in_frame) == (takes[1].uuid, 6)
    page.keyboard.press("d")
    saved(page, 13)
    page.keyboard.press("Delete")
    saved(page, 14)
    assert len(cut_of(project).clips) == 4

    # undo survives a reload, in words
    timeline()
    page.get_by_role("button", name="Undo: removed clip 2").wait_for()
    page.keyboard.press("Control+z")
    saved(page, 15)
    page.keyboard.press("Control+Shift+z")
    saved(page, 16)
    assert len(cut_of(project).clips) == 4


def test_it_plays_on_from_clip_to_clip_and_winds_both_ways(  # noqa: PLR0915  (one page load)
    timeline, project, artist, takes
):
    sequence = begin(project, artist, takes, 6, in_frame=6, out_frame=30)
    page = timeline()
    page.wait_for_function("document.querySelector('[data-stage] video').readyState > 1")
    for _ in range(3):
        joins, late = itemgetter("joins", "late")(page.evaluate(PLAYED))
        worst = max(join["gap"] for join in joins)
        if worst <= SLOWEST_MS:
            break
    print(f"\ngaps in ms: {[round(join['gap']) for join in joins]}")  # noqa: T201  (the figure)
    assert len(joins) == 5
    assert all(28 <= join["from"] <= 29 and 6 <= join["to"] <= 8 for join in joins), joins
    assert worst <= SLOWEST_MS + late
    says(page, "00:00:05:23")

    # by frame, by second, by the slider, and both ways
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    says(page, "00:00:00:01")
    page.keyboard.press("Shift+ArrowRight")
    says(page, "00:00:01:01")
    slider = page.get_by_role("slider", name="Position in the sequence")
    slider.fill("71")
    expect(slider).to_have_attribute("aria-valuetext", "00:00:02:23")
    page.wait_for_function(f"Math.abs(({FRONT}).currentTime * 24 - 29.5) < 0.1")
    page.locator("#main").focus()
    page.keyboard.press("l")
    page.keyboard.press("l")
    expect(page.locator("[data-rate]")).to_have_text("2×")
    page.keyboard.press("k")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    page.keyboard.press("j")
    says(page, "00:00:00:00")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    page.keyboard.press("k")
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    page.keyboard.press("k")

    # a range is played alone; black and slates take their time
    slider.fill("4")
    page.locator("#main").focus()
    page.keyboard.press("i")
    slider.fill("11")
    page.locator("#main").focus()
    page.keyboard.press("o")
    page.keyboard.press("Space")
    says(page, "00:00:00:11")
    takes[1].discard(takes[1].created_at, artist)
    page.evaluate("htmx.trigger(document.querySelector('[data-live]'), 'live')")
    expect(page.locator(".clip--trash")).to_have_count(2)
    slider.fill("24")
    expect(page.locator("[data-slate-shown]")).to_have_text("Take 2 is in the trash")
    assert sequence.cut == cut_of(project)

    # of a cut that has become shorter than where the range begins, the whole is played
    slider.fill("100")
    page.locator("#main").focus()
    page.keyboard.press("i")
    expect(page.locator("[data-range]")).to_be_visible()
    sequence.change(sequence.version, artist, "Removed three", lambda cut: Cut(cut.clips[:3]))
    page.evaluate("htmx.trigger(document.querySelector('[data-live]'), 'live')")
    expect(page.locator("[data-clip]")).to_have_count(3)
    page.keyboard.press("Home")
    says(page, "00:00:00:00")
    expect(page.locator("[data-range]")).to_be_hidden()


def test_the_second_of_two_is_told_and_sees_what_is_there(
    browser, timeline, live_server, project, artist, takes, enter, complaints
):
    begin(project, artist, takes, 3)
    page = timeline()
    context = browser.new_context()
    enter(context, member(project))
    other = context.new_page()
    listen(other, complaints)
    timeline(other)
    other.locator("[data-clip] .clip__open").first.click()
    other.keyboard.press("Delete")
    saved(other, 2)
    page.locator("[data-clip] .clip__open").nth(1).click()
    page.keyboard.press("d")
    expect(page.locator("#notices")).to_contain_text("Your change wasn't saved")
    expect(page.locator("#notices")).to_contain_text("Removed clip 1.")
    expect(page.locator("[data-clip]")).to_have_count(2)
    assert len(cut_of(project).clips) == 2
    complaints[:] = [said for said in complaints if "409" not in said]  # the browser's own
    context.close()


def test_an_answer_that_cant_be_read_is_told_and_the_next_change_is_sent(
    timeline, project, artist, takes, complaints
):
    begin(project, artist, takes, 4)
    page = timeline()
    page.evaluate("""() => {
      document.getElementById = (id) => {
        if (id !== "version") return Document.prototype.getElementById.call(document, id);
        delete document.getElementById;
        throw new Error("the version is gone");
      };
    }""")
    first = page.locator("[data-clip] .clip__open").first
    first.click()
    page.keyboard.press("Delete")
    expect(page.locator("[data-saved]")).to_have_text("Not shown; load the page again")
    assert [said for said in complaints if "the version is gone" in said]
    first.click()
    page.keyboard.press("d")  # what the page has is an older version now
    expect(page.locator("#notices")).to_contain_text("Your change wasn't saved")
    first.click()
    page.keyboard.press("d")
    saved(page, 3)
    complaints.clear()


def test_without_scripts_it_is_a_list_whose_forms_work(
    browser, live_server, project, artist, takes, enter
):
    begin(project, artist, takes, 3)
    context = browser.new_context(java_script_enabled=False)
    enter(context, artist)
    page = context.new_page()
    page.goto(live_server.url + reverse("timeline", args=[project.slug]))
    page.get_by_role("link", name="Clip 2, take 2").click()
    page.get_by_role("button", name="Earlier").click()
    page.get_by_label("In", exact=True).fill("0:06")
    page.get_by_role("button", name="Trim").click()
    page.get_by_role("radio", name="Crossfade").check()
    page.locator(".inspector__join").get_by_role("button", name="Set").click()
    page.get_by_role("button", name="Add take 3").click()
    clips = cut_of(project).clips
    assert [clip.take for clip in clips] == [takes[n].uuid for n in (1, 0, 2, 2)]
    assert (clips[0].in_frame, clips[0].into.join, clips[0].into.frames) == (
        6,
        "crossfade",
        FPS // 2,
    )
    context.close()
