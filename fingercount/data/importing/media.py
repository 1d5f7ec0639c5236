"""Which files of a source are photos, clips, tables or none of these, and what to say of them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from fingercount.data.folder import is_ignored, is_readable, is_system_file
from fingercount.imaging.file_types import HEAD, kind_of_bytes, kind_of_name

TABLE_SUFFIXES = frozenset([".csv", ".tsv", ".json", ".jsonl", ".xml"])
_DETECTORS = frozenset([".yaml", ".yml", ".names"])  # YOLO's names of classes
_WORDS = frozenset(  # read by people and programs; nobody expects them among the photos
    [
        ".md",
        ".rst",
        ".html",
        ".htm",
        ".css",
        ".js",
        ".py",
        ".ipynb",
        ".r",
        ".m",
        ".sh",
        ".bat",
        ".toml",
        ".ini",
        ".cfg",
        ".log",
        ".url",
        ".lnk",
        ".desktop",
        ".bib",
        ".license",
    ]
)
_NAMES = ("readme", "license", "licence", "citation", "authors", "changelog", "notice")


@dataclass
class Media:
    """The files of a source by kind. left: (path, why it stays out)."""

    photos: list[str] = field(default_factory=list)
    videos: list[str] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)
    archives: list[str] = field(default_factory=list)
    left: list[tuple[str, str]] = field(default_factory=list)


def sort_files(paths: Iterable[str], head: Callable[[str], bytes] = lambda path: b"") -> Media:
    """Return a source's files by what they are.

    Args:
        paths: posix, relative to the source.
        head: gives the first bytes of a file whose name does not say that it is a photo.
    """
    media = Media()
    texts: list[str] = []
    for path in paths:
        place = PurePosixPath(path)
        if any(map(is_ignored, place.parts[:-1])) or is_system_file(place.name):
            continue
        if not is_readable(path):
            shown = path.encode(errors="replace").decode()
            media.left.append((shown, "its name is not in UTF-8: rename it"))
            continue
        suffix = place.suffix.lower()
        kind = kind_of_name(place.name)
        if kind is None and suffix in TABLE_SUFFIXES | _DETECTORS:
            media.tables.append(path)
            continue
        if kind is None and (suffix in _WORDS or place.name.lower().startswith(_NAMES)):
            continue
        kind = kind or kind_of_bytes(head(path)[:HEAD])
        if kind is None and suffix == ".txt":
            texts.append(path)
            continue
        if kind == "photo":
            media.photos.append(path)
        elif kind == "video":
            media.videos.append(path)
        else:
            if kind == "archive":
                media.archives.append(path)
            media.left.append((path, _why(kind, suffix)))
    stems = {PurePosixPath(path).stem for path in media.photos} | {"classes", "labels"}
    for path in texts:  # YOLO writes one beside each photo
        if PurePosixPath(path).stem in stems:
            media.tables.append(path)
        else:
            media.left.append((path, _why(None, ".txt")))
    return media


def _why(kind: str | None, suffix: str) -> str:
    name = suffix[1:].upper()
    if kind == "raw":
        return f"{article(name)} {name} photo, as cameras save it raw: save it as JPEG"
    if kind == "archive":
        return "an archive inside: unpack it, or import it by itself"
    return f"no photo ({suffix})" if suffix else "no photo"


def article(word: str) -> str:
    """Return "a" or "an", as letters are spoken: an AVIF, a HEIC, an NEF photo."""
    return "an" if word[:1].upper() in "AEFHILMNORSX" and word[:2].upper() not in ("HE",) else "a"
