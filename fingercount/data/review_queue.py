"""The review tray: what a person corrected while live, until it is kept as a photo or thrown away.

    tray = Tray()
    tray.add(crop, "two", answer="three", confidence=0.8, model="hands", session="20260102-101500")
    tray.keep(dataset, [entry.id for entry in tray.entries()])

An entry is a picture and a JSON file of the same name in data/.tray/.
"""

import contextlib
import io
import time
import uuid
import zipfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from fingercount.data.dataset import Dataset
from fingercount.errors import FingercountError
from fingercount.files import advice_on_write_errors, writer
from fingercount.imaging.read import content_hash, encode_jpeg, read_image
from fingercount.imaging.types import RGB
from fingercount.json_files import COUNT, SHARE, fault, read_json
from fingercount.labels import clean_label
from fingercount.own_files import write_own, write_own_json
from fingercount.paths import check_name, data_dir
from fingercount.text import plural

FOLDER = ".tray"
YOUNG = 60.0  # seconds, between writing a picture and its entry
_SHAPE = {
    **dict.fromkeys(("id!", "label!", "answer!", "model!", "session!"), str),
    "confidence!": SHARE,
    "order!": COUNT,
}


@dataclass(frozen=True)
class Entry:
    """One corrected frame.

    Attributes:
        id: its files' name.
        label: what it really shows.
        answer, confidence, model: what the model said, how confident it was, and its name.
        session: the session it belongs to.
    """

    id: str
    label: str
    answer: str
    confidence: float
    model: str
    session: str


class Tray:
    """The tray on disk; several windows may use it at once.

    Args:
        folder: data/.tray/ if None.
    """

    def __init__(self, folder: Path | None = None):
        self.folder = data_dir() / FOLDER if folder is None else Path(folder)

    def add(
        self,
        crop: RGB,
        label: str,
        *,
        answer: str,
        confidence: float,
        model: str,
        session: str,
    ) -> Entry:
        """Put a crop into the tray: uint8 RGB [side, side, 3].

        Raises:
            FingercountError: for a name that is not possible, or if the disk is full.
        """
        label, session = clean_label(label), check_name(session, "session")
        entry = Entry(
            f"{session}-{uuid.uuid4().hex[:8]}", label, answer, float(confidence), model, session
        )
        buffer = io.BytesIO()
        Image.fromarray(crop).save(buffer, "PNG")  # it becomes a JPEG once, when it is kept
        write_own(self.folder, self._picture(entry.id).name, buffer.getvalue())
        facts = {**entry.__dict__, "order": time.time_ns()}
        write_own_json(self.folder, self._facts(entry.id).name, facts)
        return entry

    def entries(self) -> list[Entry]:
        """Return what is in the tray, newest first; what cannot be read is left out."""
        found = []
        for path in self.folder.glob("*.json"):
            try:
                facts = read_json(path)
                if fault(facts, _SHAPE) is not None:
                    continue
                order = facts.pop("order")
                entry = Entry(**facts)
            except (OSError, ValueError, TypeError):
                continue  # another window has just taken it, or a person wrote here
            if entry.id == path.stem and self._picture(entry.id).is_file():
                found.append((order, entry))
        return [entry for _, entry in sorted(found, key=lambda pair: -pair[0])]

    def image(self, entry: Entry) -> RGB:
        """Return an entry's crop as uint8 RGB [side, side, 3]."""
        return read_image(self._picture(entry.id))

    def keep(self, dataset: Dataset, ids: Iterable[str]) -> int:
        """Move entries into a data set, under the sessions they belong to; return how many.

        Each becomes a photo there before it leaves the tray, so that none is lost.

        Raises:
            FingercountError: if one cannot be read; the others are kept first.
        """
        wanted, kept, broken = set(ids), 0, []
        with writer(self.folder):  # another window that also keeps them waits, then finds none
            snapshot = dataset.snapshot()
            there = {(photo.label, snapshot.hashes.get(photo.path)) for photo in snapshot.photos}
            # Oldest first, so that photos are numbered as they were taken.
            for entry in reversed([entry for entry in self.entries() if entry.id in wanted]):
                try:
                    rgb = self.image(entry)
                except FingercountError:
                    broken.append(entry.id)
                    continue
                # After a crash one may have become a photo and not left the tray yet.
                if (entry.label, content_hash(encode_jpeg(rgb))) not in there:
                    # For training: the model was wrong on them, so any test would look worse.
                    dataset.add(rgb, entry.label, f"live-{entry.session}", split="train")
                self._remove(entry.id)
                kept += 1
        if broken:
            raise FingercountError(
                f"{plural(kept, 'frame')} became photos; {broken[0]}.png cannot be read and stays "
                "in the tray: discard it."
            )
        return kept

    def as_zip(self) -> bytes:
        """Return all entries as a zip of label/session-number.jpg, which an import takes.

        So who may not, or does not want to, keep them here can send them to somebody who trains.
        What cannot be read is left out.
        """
        buffer, numbers = io.BytesIO(), Counter[str]()
        with zipfile.ZipFile(buffer, "w") as file:  # stored: photos do not get smaller
            for entry in reversed(self.entries()):
                with contextlib.suppress(FingercountError):
                    photo = encode_jpeg(self.image(entry))
                    numbers[entry.session] += 1
                    name = f"live-{entry.session}-{numbers[entry.session]:04d}.jpg"
                    file.writestr(f"{entry.label}/{name}", photo)
        return buffer.getvalue()

    def relabel(self, name: str, label: str) -> None:
        """Change what an entry really shows; one that is gone meanwhile stays gone.

        Raises:
            FingercountError: for a label that is not possible, or if the disk is full.
        """
        label = clean_label(label)
        with writer(self.folder):  # nobody keeps it meanwhile under the label of before
            try:
                facts = read_json(self._facts(name))
            except (OSError, ValueError):
                return
            if fault(facts, _SHAPE) is None:
                write_own_json(self.folder, self._facts(name).name, {**facts, "label": label})

    def discard(self, ids: Iterable[str]) -> None:
        """Throw entries away."""
        known = {entry.id for entry in self.entries()}
        for name in set(ids) & known:
            self._remove(name)

    def lost(self) -> list[Path]:
        """Return pictures without an entry, as a program that was killed may leave them."""
        pictures = [
            path for path in self.folder.glob("*.png") if not self._facts(path.stem).exists()
        ]
        return [path for path in pictures if time.time() - path.lstat().st_mtime > YOUNG]

    def _remove(self, name: str) -> None:
        with advice_on_write_errors(self.folder):
            self._facts(name).unlink(missing_ok=True)
            self._picture(name).unlink(missing_ok=True)

    def _picture(self, name: str) -> Path:
        return self.folder / f"{name}.png"

    def _facts(self, name: str) -> Path:
        return self.folder / f"{name}.json"
