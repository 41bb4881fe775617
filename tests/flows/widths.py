"""How wide a page really is, which a screen mustn't be narrower than."""

from playwright.sync_api import Page


def width_of(page: Page) -> int:
    """Return the width in CSS px of all that a page holds, once it is there to be measured.

    A press on a link ends while the next document has no element yet.
    """
    page.wait_for_load_state()
    return page.locator("html:has(body)").evaluate("html => html.scrollWidth")
