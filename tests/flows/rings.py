"""Whether the focus can be seen wherever it comes to: no ring is missing or cut off."""

from playwright.sync_api import Page

# What has the focus has an outline, or what is around it or beside it has; no side of it lies
# outside of what hides what sticks out. What can be pushed along shows it as it is pushed.
LOST = """within => {
  const part = (value) => parseFloat(value) || 0;
  const cut = (ring, reach) => {
    const { left, top, right, bottom } = ring.getBoundingClientRect();
    for (let each = ring.parentElement; each; each = each.parentElement) {
      const { overflowX, overflowY, display, position } = getComputedStyle(each);
      if (display === "contents" || display === "inline") continue;
      const box = each.getBoundingClientRect();
      const moves = (overflow, inner, outer) => /auto|scroll/.test(overflow) && inner > outer + 1;
      const hides = (overflow) => overflow !== "visible";
      if (hides(overflowX) && !moves(overflowX, each.scrollWidth, each.clientWidth) &&
          (left - reach < box.left - 1 || right + reach > box.right + 1)) return true;
      if (hides(overflowY) && !moves(overflowY, each.scrollHeight, each.clientHeight) &&
          (top - reach < box.top - 1 || bottom + reach > box.bottom + 1)) return true;
      if (position === "fixed") return false; // nothing around it hides what it holds
    }
    return false;
  };
  const isSeen = (ring) => {
    const { outlineStyle, outlineWidth, outlineOffset } = getComputedStyle(ring);
    const reach = part(outlineWidth) + part(outlineOffset);
    return outlineStyle !== "none" && part(outlineWidth) > 0 && !cut(ring, reach);
  };
  const carriers = (each) => {
    const around = [...each.parentElement.children];
    for (let one = each; one.matches(`${within} *`); one = one.parentElement) around.push(one);
    return around;
  };
  const found = [];
  for (const each of document.querySelectorAll(`${within} :is(a[href], button, input, select, textarea, summary)`)) {
    each.focus({ preventScroll: true });
    if (document.activeElement !== each || each.id === "composer-words") continue; // whose caret is lit
    if (!carriers(each).some(isSeen)) found.push(each.outerHTML.slice(0, 120));
  }
  return found;
}"""  # noqa: E501


def lost_rings(page: Page, within: str = "main") -> list[str]:
    """Return what of a part of the page can have the focus without showing it whole."""
    page.keyboard.press("Tab")  # a ring is shown to those who use the keyboard
    return page.evaluate(LOST, within)
