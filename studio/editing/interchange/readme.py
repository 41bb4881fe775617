"""What lies beside a cut that goes out: what is in the folder, and what opens it where."""

_WORDS = """\
{name}

{file} is the cut, {kind} at 24 frames a second, non-drop.
The folder media holds every take and sound that is in it. Keep both in one folder.

{opens}

What was asked for, with which model and for how much, is written beside each clip:
{told}

To bring the cut back, open the project in Dailies and choose Timeline, Import. Clips are known
again by their take's id, and by their file names and reels.
"""

_OPENS = {
    "otio": """\
How to open it
  DaVinci Resolve 18.5 or newer: File, Import, Timeline, and choose the file. When it asks where
  the media are, choose the folder media.
  Premiere Pro 2025 or newer: File, Import, and choose the file.
  Others that read OpenTimelineIO: see opentimelineio.readthedocs.io.
What it holds: pictures, crossfades, dips to black, the takes' own sound, music and voices, and
titles as markers. Loudness, fades and the words of title cards are kept for Dailies only.""",
    "fcpxml": """\
How to open it
  Final Cut Pro: File, Import, XML, and choose the file. If media are offline, choose File, Relink
  Files, and the folder media.
  DaVinci Resolve: File, Import, Timeline, and choose the file, then the folder media.
What it holds: pictures, crossfades, dips to black, the takes' own sound, music and voices, and
titles as markers. Loudness, fades and the words of title cards are kept for Dailies only.""",
    "edl": """\
How to open it
  Premiere Pro, Avid Media Composer, DaVinci Resolve and most others import a CMX 3600 EDL.
  Import the folder media first, so that the clips are found by their names.
What it holds: one row of pictures with cuts and dissolves. Sound isn't in an EDL: music and voices
lie in the folder media. Titles are markers (LOC).""",
}

_TOLD = {
    "otio": "look for “dailies” in a clip's metadata, and for a marker at its start.",
    "fcpxml": "look at a clip's note, at its metadata, and at the marker at its start.",
    "edl": "look for the lines that begin with “* DAILIES”.",
}

_LEFT_OUT = """
Left out, as a gap of the same length:
{lines}
"""


def readme(name: str, file: str, kind: str, left_out: list[str]) -> str:
    """Return the words for a cut in a file of a format; `left_out` is what isn't with it."""
    words = _WORDS.format(
        name=name, file=file, kind=kind.upper(), opens=_OPENS[kind], told=_TOLD[kind]
    )
    lines = "\n".join(f"  {each}" for each in left_out)
    return words + (_LEFT_OUT.format(lines=lines) if left_out else "")
