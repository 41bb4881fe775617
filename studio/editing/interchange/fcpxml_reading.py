"""Reading FCPXML: what a sequence's spine says is put plainly, and then read by the adapter.

The adapter knows clips of whole frame rates only, and neither transitions nor the words of gaps.
So a plain document is made first: every time in frames of ours, every part of the spine a clip.
"""

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element, SubElement, tostring

import opentimelineio as otio
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError

from studio.editing.cut import FPS, MOST_CLIPS
from studio.editing.interchange.fcpxml import ADAPTER, PREFIX, written
from studio.editing.interchange.laying import time
from studio.editing.interchange.refusing import NotReadable
from studio.editing.interchange.telling import KEY

MOST_ELEMENTS = 50_000
_PARTS = ("clip", "asset-clip")
_OPAQUE = ("ref-clip", "sync-clip", "mc-clip", "title", "video", "audio", "audition")
_YES = ("muted",)
_TIME = re.compile(r"\d{1,15}(\.\d{1,9}|/[1-9]\d{0,14})?s", re.ASCII)
_LATEST = 100 * 3600 * FPS  # a camera's timecode may begin anywhere in a day

_HOSTILE = (
    "The file defines entities or names a DTD, which FCPXML needs neither of. Nothing was read. "
    "Export it anew from the editor."
)
_NO_XML = "It isn't XML that can be read ({why}). Export it anew from the editor."
_NO_SPINE = "There is no sequence in it. Select the sequence in the editor and export that."
_TOO_MUCH = f"It has over {MOST_ELEMENTS} elements. Export a part of it."
_TOO_MANY = f"It has over {MOST_CLIPS} clips, more than a sequence holds. Export a part of it."
_BAD_TIME = "“{time}” is no time in it. Export it anew from the editor."


class _Plain(NamedTuple):
    """A document for the adapter, and what it can't tell."""

    tree: Element
    transitions: list[tuple[int, int]]
    facts: list[dict[str, Any]]


class _NoDoctype(DefusedXMLParser):
    """Lets `<!DOCTYPE fcpxml>` through, as every FCPXML has it, but nothing behind the name."""

    def defused_start_doctype_decl(
        self, name: str, sysid: str | None, pubid: str | None, has_internal_subset: bool
    ) -> None:
        """Refuse a DTD, wherever it is."""
        if sysid or pubid or has_internal_subset:
            raise DefusedXmlException


def read(data: bytes) -> tuple[otio.schema.Timeline, list[str]]:
    """Return the timeline of the first sequence, and what was left out. Raises NotReadable."""
    tree = _parsed(data)
    sequence = tree.find(".//project/sequence")
    spine = None if sequence is None else sequence.find("./spine")
    if spine is None:
        raise NotReadable(_NO_SPINE)
    project = tree.find(".//project")
    plain = _plain(tree, spine, "" if project is None else project.get("name", ""))
    timeline = otio.adapters.read_from_string(tostring(plain.tree, encoding="unicode"), ADAPTER)
    pictures = next((it for it in timeline.tracks if it.name == "0"), None)
    if pictures is None:
        raise NotReadable(_NO_SPINE)
    for item, facts in zip(_clips(pictures), plain.facts, strict=True):
        item.metadata[KEY] = facts
    _put_transitions(pictures, plain.transitions)
    return timeline, list(_left_out(spine))


def _parsed(data: bytes) -> Element:
    parser = _NoDoctype(forbid_dtd=False, forbid_entities=True, forbid_external=True)
    parser.parser.StartDoctypeDeclHandler = parser.defused_start_doctype_decl
    try:
        parser.feed(data)
        tree: Element = parser.close()
    except DefusedXmlException as error:
        raise NotReadable(_HOSTILE) from error
    except (ParseError, ValueError, LookupError) as error:
        raise NotReadable(_NO_XML.format(why=str(error)[:120])) from error
    if sum(1 for _ in tree.iter()) > MOST_ELEMENTS:
        raise NotReadable(_TOO_MUCH)
    return tree


def _plain(tree: Element, spine: Element, name: str) -> _Plain:
    made = Element("fcpxml", version="1.8")
    resources = SubElement(made, "resources")
    SubElement(resources, "format", id="f", frameDuration=f"100/{FPS}00s")
    known = {it.get("id", ""): it for it in tree.findall("./resources/asset")}
    facts_of = {it.get("ref", ""): _facts(it) for it in tree.iter("asset-clip")}
    project = SubElement(made, "project", name=name)
    row = SubElement(SubElement(project, "sequence", format="f"), "spine")
    transitions: list[tuple[int, int]] = []
    facts: list[dict[str, Any]] = []
    at = 0
    for part in spine:
        if part.tag == "transition":
            begins = _frames(part.get("offset", "0s"))
            transitions.append((begins, begins + _frames(part.get("duration", "0s"))))
        elif part.tag in (*_PARTS, *_OPAQUE, "gap"):
            asset = known.get(_ref(part))
            frames = _length(part, asset)
            if not frames:
                continue
            if len(facts) == MOST_CLIPS * 2:
                raise NotReadable(_TOO_MANY)
            at = _add(resources, row, part, asset, max(at, _frames(part.get("offset", "0s"))))
            facts.append(facts_of.get(_ref(part), {}) | _facts(part) | _standing(part))
    return _Plain(made, transitions, facts)


def _add(resources: Element, row: Element, part: Element, asset: Element | None, at: int) -> int:
    """Add a part as a clip at a frame, and return where it ends."""
    ident = f"a{len(row)}"
    found = SubElement(resources, "asset", id=ident, format="f")
    start = _frames(part.get("start", "0s" if asset is None else asset.get("start", "0s")))
    if asset is not None and part.tag in _PARTS:
        found.attrib |= {
            "src": asset.get("src", ""),
            "start": written(_frames(asset.get("start", "0s"))),
            "duration": written(_frames(asset.get("duration", "0s"))),
        }
    frames = _length(part, asset)
    times = {"offset": written(at), "start": written(start), "duration": written(frames)}
    clip = SubElement(row, "clip", {"name": part.get("name", ""), **times})
    SubElement(clip, "video", ref=ident)
    return at + frames


def _ref(part: Element) -> str:
    """Return which asset a part shows."""
    video = part if part.tag == "asset-clip" else part.find("./video")
    return "" if video is None else video.get("ref", "")


def _length(part: Element, asset: Element | None) -> int:
    whole = "0s" if asset is None else asset.get("duration", "0s")
    return _frames(part.get("duration", whole))


def _facts(part: Element) -> dict[str, Any]:
    """Return what our own export has told of a clip or a gap."""
    kept = part.findall("./metadata/md")
    told = {(it.get("key") or ""): it.get("value", "") for it in kept}
    said = {key.removeprefix(PREFIX): it for key, it in told.items() if key.startswith(PREFIX)}
    facts: dict[str, Any] = {name: it for name, it in said.items() if name not in _YES}
    facts |= {name: True for name in _YES if said.get(name)}
    if "words" in said:
        facts["card"] = {"words": said["words"], "more_words": said.get("more_words", "")}
    return facts


def _standing(part: Element) -> dict[str, bool]:
    """Return whether a part is no picture, or can't be looked into."""
    return {"black": part.tag == "gap", "opaque": part.tag in _OPAQUE}


def _frames(said: str) -> int:
    if not _TIME.fullmatch(said):
        raise NotReadable(_BAD_TIME.format(time=said[:40]))
    frames = round(Fraction(said.removesuffix("s")) * FPS)
    if not 0 <= frames <= _LATEST:
        raise NotReadable(_BAD_TIME.format(time=said[:40]))
    return frames


def _clips(track: otio.schema.Track) -> list[otio.schema.Clip]:
    return [item for item in track if isinstance(item, otio.schema.Clip)]


def _put_transitions(track: otio.schema.Track, found: list[tuple[int, int]]) -> None:
    """Put each transition at the cut that lies in it."""
    cuts = {round(it.range_in_parent().start_time.value): it for it in list(track)[1:]}
    for begins, ends in found:
        place = next((at for at in sorted(cuts) if begins <= at <= ends), None)
        if place is None or ends == begins:
            continue
        track.insert(
            track.index(cuts.pop(place)),
            otio.schema.Transition(
                transition_type=otio.schema.TransitionTypes.SMPTE_Dissolve,
                in_offset=time(place - begins),
                out_offset=time(ends - place),
            ),
        )


def _left_out(spine: Element) -> Iterator[str]:
    """Tell what hangs on the spine: a sequence of ours has one row of pictures."""
    hanging = [part for part in spine.iter() if part.get("lane") and part.tag in _PARTS]
    if hanging:
        what = "clip that is" if len(hanging) == 1 else "clips that are"
        yield f"{len(hanging)} {what} connected to others weren't brought in."
