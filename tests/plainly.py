"""A browser that draws plainly, as a graphics card's speed would have it."""

# Without a graphics card, blurring what is behind these took nearly all that a frame cost. They
# stay what their contents are placed in, and over others, as with it.
UNBLURRED = """
  const unblurred = new CSSStyleSheet();
  unblurred.replaceSync(`.composer, .chosen, .notice, .runbar {
    backdrop-filter: none; will-change: backdrop-filter; }`);
  document.adoptedStyleSheets = [unblurred];
"""
