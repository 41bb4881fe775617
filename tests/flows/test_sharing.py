"""A guest watches by a link that an artist made, with a password, and until it is revoked."""

from playwright.sync_api import Browser, Page, expect

from generations.models import State
from studio import marking
from studio.editing.cut import Clip, Cut
from studio.models import Collection, Role, Sequence, Share
from tests.factories import member, take
from tests.flows.conftest import listen
from tests.flows.test_looks import PHONE, violations
from tests.flows.test_rules import broken
from tests.studio.shared import approve, link

PLAYS = "() => document.querySelector('video:not([hidden])').currentTime > {}"

FRAME = """async (video) => {
  const told = (what) => new Promise((go) => video.addEventListener(what, go, { once: true }));
  if (video.readyState < 1) await told("loadedmetadata");
  video.currentTime = 0.5;
  await told("seeked");
  const { videoWidth: width, videoHeight: height } = video;
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  canvas.getContext("2d").drawImage(video, 0, 0);
  return [...canvas.getContext("2d").getImageData(0, 0, width, height).data];
}"""


def fresh(browser: Browser, complaints, **more) -> Page:
    """Return a page of somebody who isn't signed in."""
    page = browser.new_context(reduced_motion="reduce", **more).new_page()
    listen(page, complaints)
    return page


def test_a_guest_watches_by_the_link_until_it_is_revoked(
    studio: Page, browser: Browser, live_server, project, artist, complaints
):
    made = take(project, State.COMPLETED, author=artist)
    approve(made, member(project, Role.PRODUCER))
    studio.goto(f"{live_server.url}/generations/{made.uuid}/")
    studio.get_by_role("link", name="Share…").click()
    studio.get_by_label("Good for").select_option("30")
    studio.get_by_label("Password, if you want one").fill("open sesame")
    studio.get_by_label("Show prompts").check()
    assert broken(studio, "share") == []
    studio.get_by_role("button", name="Make the link").press("Enter")
    shown = studio.get_by_role("status").filter(has_text="Hand this link to your guests")
    address = shown.locator("code").inner_text()
    assert broken(studio, "share made") == []

    guest = fresh(browser, complaints)
    guest.goto(address)
    expect(guest.get_by_role("heading", name="Behind a password")).to_be_visible()
    guest.get_by_label("Password").fill("open barley")
    guest.keyboard.press("Enter")
    expect(guest.get_by_role("alert")).to_contain_text("isn't the password")
    assert broken(guest, "shared door") == []
    guest.get_by_label("Password").fill("open sesame")
    guest.keyboard.press("Enter")
    expect(guest.get_by_role("heading", level=1)).to_have_text("Take 1, Desert Light")
    expect(guest.get_by_text(f"Shared by {artist}")).to_be_visible()
    expect(guest.get_by_text("Fog lifts through a pine valley")).to_be_visible()
    video = guest.locator("video")
    video.evaluate("video => { video.muted = true; return video.play(); }")
    guest.wait_for_function(PLAYS.format(0))
    assert broken(guest, "shared take") == []

    studio.goto(f"{live_server.url}/generations/{made.uuid}/share/")
    expect(studio.get_by_text("1 view", exact=False).first).to_be_visible()
    studio.get_by_role("button", name="Revoke").click()
    expect(studio.get_by_text("it shows nothing any more")).to_be_visible()
    guest.reload()
    expect(guest.get_by_role("heading", name="Nothing here")).to_be_visible()
    assert broken(guest, "shared gone") == []
    guest.context.close()
    complaints[:] = [each for each in complaints if "404" not in each and "422" not in each]


def test_a_guest_says_what_they_think_of_a_moment_below_a_watermark(
    client, studio: Page, browser: Browser, live_server, project, artist, complaints
):
    made = take(project, State.COMPLETED, author=artist)
    approve(made, member(project, Role.PRODUCER))
    mark = {"watermark": "For the client only"}
    path = link(client, made, takes_notes="on", takes_verdicts="on", **mark)
    marking.mark_due()
    guest = fresh(browser, complaints)
    guest.goto(live_server.url + path)
    seen = guest.locator("video").evaluate(FRAME)
    studio.goto(f"{live_server.url}/generations/{made.uuid}/")
    plain = studio.locator("video").evaluate(FRAME)
    assert max(abs(one - other) for one, other in zip(seen, plain, strict=True)) > 40, "its words"
    guest.locator("video").evaluate("video => { video.currentTime = 1.25; }")
    guest.wait_for_function(PLAYS.format(1.24))
    guest.get_by_label("A note").fill("Hold it here")
    expect(guest.get_by_label("At second")).to_have_value("1.2")
    guest.get_by_label("What you say of it").select_option("Changes wanted")
    guest.get_by_role("button", name="Send to").click()
    expect(guest.get_by_role("alert")).to_contain_text("Say who you are")
    expect(guest.get_by_label("A note")).to_have_value("Hold it here")
    guest.get_by_label("Your name").fill("Ari Vance")
    guest.get_by_role("button", name="Send to").click()
    expect(guest.get_by_text("The team sees what you said.")).to_be_visible()
    expect(guest.locator(".guest__notes")).to_contain_text("Ari Vance (guest), 0:01.1")
    assert broken(guest, "shared said") == []
    guest.context.close()
    complaints[:] = [each for each in complaints if "422" not in each]
    studio.goto(f"{live_server.url}/generations/{made.uuid}/")
    expect(studio.get_by_label("What guests say")).to_contain_text("Changes wanted by Ari Vance")
    expect(studio.get_by_text("Hold it here")).to_be_visible()


def test_a_sequence_plays_its_clips_in_one_go(
    client, browser: Browser, live_server, project, artist, complaints
):
    first, second = (take(project, State.COMPLETED, author=artist) for _ in range(2))
    clips = (Clip("a", first.uuid, in_frame=36, out_frame=44), Clip("b", second.uuid, in_frame=24))
    sequence = Sequence.begin(project, artist, "Trailer", Cut(clips=clips))
    path = link(client, sequence, shows_unapproved="on", may_download="on", shows_prices="on")
    guest = fresh(browser, complaints)
    guest.goto(live_server.url + path)
    expect(guest.get_by_role("link", name="Download take 1 of Desert Light")).to_be_visible()
    assert broken(guest, "shared sequence") == []
    for video in guest.locator("video").all():
        video.evaluate("video => { video.muted = true; }")
    guest.keyboard.press("Space")
    # The first clip is over after a third of a second, though its take goes on.
    expect(guest.locator("[data-reel-place]")).to_have_text("2")
    guest.wait_for_function(PLAYS.format(1))
    guest.context.close()


def test_a_collection_is_watched_on_a_phone_and_without_scripts(
    client, browser: Browser, live_server, project, artist, complaints
):
    takes = [take(project, State.COMPLETED, author=artist) for _ in range(2)]
    collection = Collection.begin(project.team, artist, "Best of autumn", "For the client")
    collection.add(takes, artist)
    path = link(client, collection, shows_unapproved="on")
    guest = fresh(browser, complaints, viewport=PHONE, java_script_enabled=False)
    guest.goto(live_server.url + path)
    expect(guest.get_by_text("For the client")).to_be_visible()
    address = guest.locator("[data-reel-take]").first.get_attribute("href")
    assert guest.request.get(live_server.url + address).status == 200
    guest.context.close()
    assert Share.objects.get().views == 1


def test_what_is_not_approved_and_what_is_guessed_at_is_said_in_words(
    client, browser: Browser, live_server, project, artist, complaints
):
    path = link(client, take(project, State.COMPLETED, author=artist))
    guest = fresh(browser, complaints)
    guest.goto(live_server.url + path)
    expect(guest.get_by_role("heading", name="Nothing to see yet")).to_be_visible()
    assert violations(guest) == []
    guest.context.clear_cookies()
    for number in range(21):
        guest.goto(f"{live_server.url}/share/guess-{number}/")
    expect(guest.get_by_role("heading", name="Too many tries")).to_be_visible()
    assert violations(guest) == []
    guest.context.close()
    complaints[:] = [each for each in complaints if "404" not in each and "429" not in each]
