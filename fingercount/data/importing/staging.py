"""Reading each photo of a source once, and laying what is stored of it into a hidden folder."""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path

import numpy as np

from fingercount.data.importing.clips import distinct_frames
from fingercount.data.importing.layout import Candidate
from fingercount.data.importing.sessions import Incoming, says_session
from fingercount.data.importing.sources import FolderSource
from fingercount.data.importing.zip_source import HostileArchiveError, ZipSource
from fingercount.errors import FingercountError
from fingercount.files import advice_on_write_errors
from fingercount.imaging.near_duplicates import thumbnail
from fingercount.imaging.read import PlainPhoto, content_hash, encode_jpeg, plain_photo
from fingercount.imaging.types import RGB
from fingercount.imaging.video import clip_frames

MARGIN = 0.35  # of a box's longer side, around a hand that is cut out: about what Collect leaves


class Stage:
    """The staging folder while it fills.

    Args:
        source: where the files are.
        folder: the hidden folder, which is there.
        videos: paths that are clips.
        groups: {path in the source: person or recording} where the person who imports said so.
        keep_location: whether the place where a photo was taken stays in its file.
    """

    def __init__(
        self,
        source: FolderSource | ZipSource,
        folder: Path,
        videos: Collection[str],
        groups: Mapping[str, str],
        keep_location: bool,
    ):
        self.source, self.folder = source, folder
        self.videos, self.groups, self.keep_location = videos, groups, keep_location
        self.photos: list[Incoming] = []
        self.skipped: list[tuple[str, str]] = []
        self.repeated = 0  # photos that are twice in the source, under one label
        self._seen: set[tuple[str, str]] = set()

    def all(
        self, candidates: list[Candidate], progress: Callable[[int, int], None] | None
    ) -> list[Incoming]:
        """Stage all that can be read, and return it; the others are in `skipped`."""
        for n, candidate in enumerate(candidates, 1):
            if progress:
                progress(n, len(candidates))
            is_clip = candidate.path in self.videos
            try:
                read = self._frames(candidate) if is_clip else [self._photo(candidate)]
            except HostileArchiveError:
                raise
            except FingercountError as error:
                reason = str(error).removeprefix(candidate.path).strip(" :")
                self.skipped.append((candidate.path, reason))
                continue
            for number, (photo, original) in enumerate(read, 1):
                self._add(candidate, photo, original, number if is_clip else None)
        return self.photos

    def _photo(self, candidate: Candidate) -> tuple[PlainPhoto, str]:
        """Return a photo as it will be stored, and the hash of its file."""
        raw = self.source.read(candidate.path)
        photo = plain_photo(raw, candidate.path, keep_location=self.keep_location)
        if candidate.box:
            rgb = cut_out(photo.rgb, candidate.box)
            photo = PlainPhoto(encode_jpeg(rgb), ".jpg", rgb)
        return photo, content_hash(raw)

    def _frames(self, candidate: Candidate) -> list[tuple[PlainPhoto, str]]:
        with self.source.open(candidate.path) as file:
            frames = distinct_frames(clip_frames(file, candidate.path))
        return [(PlainPhoto(encode_jpeg(rgb), ".jpg", rgb), "") for rgb in frames]

    def _add(
        self, candidate: Candidate, photo: PlainPhoto, original: str, number: int | None
    ) -> None:
        content = content_hash(photo.data)
        if (candidate.label, content) in self._seen:
            self.repeated += 1
            return
        self._seen.add((candidate.label, content))
        staged = self.folder / f"{len(self.photos):06d}{photo.suffix}"
        with advice_on_write_errors(self.folder.parent):
            staged.write_bytes(photo.data)
        incoming = Incoming(
            candidate.path,
            candidate.label,
            candidate.side,
            f"{self.folder.name}/{staged.name}",
            content,
            group=candidate.session,
            sure=candidate.sure,
            clip=candidate.path if number else None,
            original=content if original == content else original,  # one string, not two
            number=number,
        )
        if not says_session(incoming, self.groups):  # it is found by what the photo looks like
            incoming.thumbnail = thumbnail(photo.rgb)
        self.photos.append(incoming)


def cut_out(rgb: RGB, box: tuple[float, float, float, float], margin: float = MARGIN) -> RGB:
    """Return the square around a hand, as far as the photo reaches.

    Args:
        rgb: uint8 [H, W, 3].
        box: x, y, width and height of the hand, each from 0 to 1 of the photo.
        margin: how much is left around it, of its longer side.
    """
    height, width = rgb.shape[:2]
    x, y, w, h = box[0] * width, box[1] * height, box[2] * width, box[3] * height
    half = max(w, h) * (0.5 + margin)
    left, top = max(0, round(x + w / 2 - half)), max(0, round(y + h / 2 - half))
    right, bottom = min(width, round(x + w / 2 + half)), min(height, round(y + h / 2 + half))
    if right - left < 2 or bottom - top < 2:
        raise FingercountError("has a box outside the photo")
    return np.ascontiguousarray(rgb[top:bottom, left:right])
