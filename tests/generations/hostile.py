"""Files that aren't what they say, made byte by byte."""

import struct
import zlib
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from generations import ffmpeg
from tests.factories import tiny_video


def box(kind: bytes, *parts: bytes) -> bytes:
    """Return a box of an MP4."""
    body = b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + kind + body


FTYP = box(b"ftyp", b"isom", bytes(4), b"isommp41")


def playlists(url: str) -> dict[str, bytes]:
    """Return what names other files or hosts, to be disguised as a film or a picture."""
    image = f"{url}/a.png"
    return {
        name: text.encode()
        for name, text in {
            "hls": f"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n{url}/a.ts\n#EXT-X-ENDLIST\n",
            "hls_key": f'#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="{url}"\n#EXTINF:5,\na.ts\n',
            "dash": f'<?xml version="1.0"?><MPD><Period><BaseURL>{url}</BaseURL></Period></MPD>',
            "concat": f"ffconcat version 1.0\nfile '{url}/a.mp4'\nfile '/etc/passwd'\n",
            "sdp": f"v=0\nc=IN IP4 127.0.0.1\nm=video {url[-5:]} RTP/AVP 96\n",
            "m3u": f"{url}/a.mp4\n",
            "svg": f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{image}"/></svg>',
            "postscript": "%!PS-Adobe-3.0 EPSF-3.0\n(/etc/passwd) (r) file\n",
            "html": f'<html><img src="{image}"></html>',
            "imagemagick": f"push graphic-context\nfill 'url({image})'\npop graphic-context",
        }.items()
    }


def film_elsewhere(url: str, kind: bytes = b"url ") -> bytes:
    """Return a film whose samples are said to be in another file (dref without its flag)."""
    inside = tiny_video().read_bytes()
    at = inside.index(b"dref") - 4
    size = struct.unpack(">I", inside[at : at + 4])[0]
    named = box(kind, bytes(4), url.encode() + b"\0")
    references = box(b"dref", bytes(4), struct.pack(">I", 1), named)
    changed = bytearray(inside[:at] + references + inside[at + size :])
    for name in (b"dinf", b"minf", b"mdia", b"trak", b"moov"):
        length = changed.index(name) - 4
        before = struct.unpack(">I", changed[length : length + 4])[0]
        changed[length : length + 4] = struct.pack(">I", before + len(references) - size)
    return bytes(changed)


def film_saying(table: bytes, change: bytes, offset: int) -> bytes:
    """Return a film in whose table some bytes are replaced, counted from the table's name."""
    data = bytearray(tiny_video().read_bytes())
    at = data.index(table) + offset
    data[at : at + len(change)] = change
    return bytes(data)


def film_of_a_thousand_million_samples() -> bytes:
    """Return a few hundred bytes that ask a demuxer for an index of gigabytes."""
    return film_saying(b"stsz", struct.pack(">II", 1, 0x3FFFFFFF), 8)


def fragment_of_a_thousand_million_samples() -> bytes:
    """The same in a fragment."""
    run = box(b"trun", bytes(4), struct.pack(">I", 0x3FFFFFFF))
    header = box(b"tfhd", bytes(4), struct.pack(">I", 1))
    moof = box(b"moof", box(b"mfhd", bytes(8)), box(b"traf", header, run))
    return tiny_video().read_bytes() + moof + box(b"mdat", bytes(64))


def film_of_one_huge_sample() -> bytes:
    """Return a film whose first picture is said to have 2 GB."""
    return film_saying(b"stsz", struct.pack(">I", 0x7FFFFFFF), 16)


def film_of_size(width: int, height: int) -> bytes:
    """Return a film whose container says another size than its pictures."""
    data = bytearray(tiny_video().read_bytes())
    at = data.index(b"avc1") + 28
    data[at : at + 4] = struct.pack(">HH", width, height)
    return bytes(data)


def made(*arguments: str) -> bytes:
    """Return what ffmpeg makes of these arguments."""
    with TemporaryDirectory() as name:
        file = Path(name) / "film.mp4"
        ffmpeg.run([*arguments, "-f", "mp4", str(file)], timeout_s=120)
        return file.read_bytes()


def sound_only() -> bytes:
    """Return a film without a picture."""
    return made("-f", "lavfi", "-i", "sine=duration=1", "-c:a", "aac")


def one_giant_picture(width: int, height: int) -> bytes:
    """Return a film of a single, really huge picture."""
    source = f"color=black:size={width}x{height}:rate=1"
    encode = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-threads", "1")
    return made("-f", "lavfi", "-i", source, "-frames:v", "1", *encode)


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return a chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *chunks: bytes, body: bytes = b"") -> bytes:
    """Return a PNG that says it has this size."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = chunk(b"IDAT", zlib.compress(body, 9))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + b"".join(chunks) + data + chunk(b"IEND", b"")
    )


def text_bomb() -> bytes:
    """Return a small PNG whose compressed remark has 200 MB."""
    remark = b"Comment\0\0" + zlib.compress(bytes(200_000_000), 9)
    return png(8, 8, chunk(b"zTXt", remark), body=bytes(8 * 25))


def profile_bomb() -> bytes:
    """Return a small PNG whose compressed colour profile has 200 MB."""
    return png(
        8, 8, chunk(b"iCCP", b"p\0\0" + zlib.compress(bytes(200_000_000), 9)), body=bytes(8 * 25)
    )


def saved(kind: str, frames: int = 1, **options: object) -> bytes:
    """Return a small picture in a format, moving where it has several frames."""
    shots = [Image.new("RGB", (64, 36), (40 * number, 80, 120)) for number in range(frames)]
    out = BytesIO()
    more = {"save_all": True, "append_images": shots[1:]} if frames > 1 else {}
    shots[0].save(out, kind, **more, **options)
    return out.getvalue()
