"""How a browser is called on a page, by what it sends of itself."""

from django import template

register = template.Library()

# The first that stands in it: each names those below it, too.
_BROWSERS = (
    *(("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet")),
    *(("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("CriOS/", "Chrome")),
    *(("Chrome/", "Chrome"), ("Safari/", "Safari")),
)
_SYSTEMS = (
    *(("iPhone", "an iPhone"), ("iPad", "an iPad"), ("Android", "Android")),
    *(("Windows", "Windows"), ("Mac OS X", "a Mac"), ("CrOS", "ChromeOS"), ("Linux", "Linux")),
)
_LONGEST = 60


@register.filter
def browser_words(agent: str) -> str:
    """Return a User-Agent header in words, `Chrome on Linux`; what isn't known as it is.

    Source: "Browser detection using the user agent string", MDN.
    """
    name = next((words for part, words in _BROWSERS if part in agent), "")
    system = next((words for part, words in _SYSTEMS if part in agent), "")
    if not name:
        return agent[:_LONGEST] or "An unknown browser"
    return f"{name} on {system}" if system else name
