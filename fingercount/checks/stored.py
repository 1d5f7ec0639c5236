"""What is stored, verified: data sets and models by their hashes, and what kills left behind.

for found in check_datasets(): print(found.name, found.problems)
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from fingercount.data.bin import BinSize, bin_size
from fingercount.data.dataset import Dataset, list_datasets, open_dataset
from fingercount.data.hashes import remembered
from fingercount.data.metadata import BIN
from fingercount.data.review_queue import Tray
from fingercount.errors import FingercountError
from fingercount.imaging.read import content_hash, read_image
from fingercount.leftovers import bring_back_all, is_link, leftovers, remove
from fingercount.models.backbones import weights_hash
from fingercount.models.bin import deleted_models
from fingercount.models.card import Card
from fingercount.models.loading import load_model
from fingercount.models.registry import find_model, list_models
from fingercount.models.storage import file_hashes, read_card, read_tensors
from fingercount.own_files import read_plain
from fingercount.paths import data_dir, is_shipped, models_dir
from fingercount.text import plural

Progress: TypeAlias = Callable[[str, int, int], None]  # what is checked, done, total


@dataclass
class Found:
    """What was found of a data set or a model.

    Attributes:
        name, path: of it.
        n: photos that were read; None of a model.
        problems: a line each; empty where all is well.
        bin: what is in a data set's bin.
    """

    name: str
    path: Path
    n: int | None = None
    problems: list[str] = field(default_factory=list)
    bin: BinSize | None = None

    def to_json(self) -> dict[str, object]:
        """Return it for --json."""
        value: dict[str, object] = {
            "name": self.name,
            "path": str(self.path),
            "problems": self.problems,
        }
        if self.n is not None:
            value["photos"] = self.n
        if self.bin is not None:
            value["bin"] = {"n": self.bin.n, "bytes": self.bin.bytes}
        return value


def _unseen(what: str, done: int, total: int) -> None:
    """Show nobody how far it is."""


def check_dataset(dataset: Dataset, progress: Progress = _unseen) -> Found:
    """Read each photo of a data set, and compare it with the hash it had when it was last read.

    Args:
        dataset: the data set.
        progress: called with (what is checked, photos done, photos in all).
    """
    found = Found(dataset.name, dataset.root, bin=bin_size(dataset.root))
    try:
        before = remembered(dataset.root)
        photos = dataset.listing().photos
    except FingercountError as error:
        found.problems.append(str(error))
        return found
    found.n = len(photos)
    for number, photo in enumerate(photos):
        progress(f"photos of {dataset.name}", number, len(photos))
        file = dataset.root / photo.path
        try:
            data = read_plain(file)
            stat = file.stat()
            row = before.get(photo.path)
            now = (stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
            if row and row[:3] == now and row[3] != content_hash(data):
                found.problems.append(
                    f"{photo.path} holds other bytes than when it was last read, though nobody "
                    "wrote it: the disk may fail. Restore it from a backup."
                )
            read_image(data)
        except (OSError, FingercountError) as error:
            reason = str(error).removeprefix("The photo ")
            found.problems.append(f"{photo.path}: {reason}")
    if photos:
        progress(f"photos of {dataset.name}", len(photos), len(photos))
    found.problems += _own_files(dataset)
    return found


def _own_files(dataset: Dataset) -> list[str]:
    problems = [
        f"{name} is a link; put the real file or folder in its place."
        for name in ("dataset.json", "edits.jsonl", ".lock", "cache", BIN)
        if is_link(dataset.root / name)
    ]
    try:
        waiting = dataset.unfinished()
    except FingercountError as error:
        return [*problems, str(error)]
    if waiting.finish:
        problems.append(
            f"{plural(waiting.finish, 'change')} was interrupted; the next change finishes it."
        )
    if waiting.refused:
        problems.append(
            f"{plural(waiting.refused, 'unfinished change')} in edits.jsonl would reach outside "
            "the data set and is not done; the data set comes from somebody else."
        )
    return problems


def check_model(name: str | Path) -> Found:
    """Load a model, and compare its files with the hashes in its card."""
    folder = find_model(name)
    found = Found(folder.resolve().name, folder)
    try:
        card = read_card(folder)
        found.problems += _exchanged(folder, card)
        if "fast" in card and card["fast"] != weights_hash(read_tensors(folder)):
            found.problems.append("its fast form was made of other weights and is not used.")
        load_model(folder)
    except (OSError, FingercountError) as error:
        found.problems.append(str(error))
    return found


def _exchanged(folder: Path, card: Card) -> list[str]:
    """Return a line for each file of a model that is not the one its card vouches for."""
    stored = card.get("files") or {}
    now = file_hashes(folder) if stored else {}
    return [
        f"{file} is not the file that was written with the card; restore it or retrain the model."
        for file, content in stored.items()
        if now.get(file) != content
    ]


def check_model_bin() -> list[Found]:
    """Verify the files of the deleted models; what they stand on need not be there any more."""
    found = []
    for model in deleted_models():
        one = Found(model.name, model.folder)
        try:
            one.problems += _exchanged(model.folder, read_card(model.folder))
        except (OSError, FingercountError) as error:
            one.problems.append(str(error))
        found.append(one)
    return found


def check_datasets(progress: Progress = _unseen) -> list[Found]:
    """Verify all data sets, each whatever is wrong with another; see check_dataset."""
    found = []
    for name in list_datasets():
        try:
            found.append(check_dataset(open_dataset(name), progress))
        except FingercountError as error:
            found.append(Found(name, data_dir() / name, problems=[str(error)]))
    return found


def check_models(progress: Progress = _unseen) -> list[Found]:
    """Verify all models, each whatever is wrong with another.

    Args:
        progress: called with (what is checked, models done, models in all).
    """
    names, found = list_models(), list[Found]()
    for name in names:
        progress("models", len(found), len(names))
        found.append(check_model(name))
    if names:
        progress("models", len(names), len(names))
    return found


def stale() -> list[Path]:
    """Return what programs that were killed have left among one's own photos and models."""
    found = leftovers(data_dir()) + leftovers(models_dir()) + Tray().lost()
    for top in _folders(data_dir()):
        if top.name == Tray().folder.name:
            found += leftovers(top)
            continue
        if is_shipped(top) or top.name.startswith("."):
            continue
        awaited = _awaited(top)
        found += [path for path in leftovers(top) if path.name not in awaited]
        for folder in _folders(top):
            if not folder.name.startswith("."):
                found += leftovers(folder)
                found += [path for inner in _folders(folder) for path in leftovers(inner)]
    for folder in _folders(models_dir()):
        if not folder.name.startswith("."):
            found += leftovers(folder)
    return found


def tidy() -> int:
    """Bring back what was being replaced, remove what kills left, and return how much that was.

    For the start of the app.
    """
    bring_back_all(models_dir())
    found = stale()
    remove(found)
    return len(found)


def _awaited(root: Path) -> set[str]:
    """Return the staging folders that an interrupted import still takes photos from."""
    try:
        dataset = Dataset(root)
        return {path.name for path in leftovers(root) if dataset.awaits(path.name)}
    except FingercountError:  # what cannot be understood is left alone
        return {path.name for path in leftovers(root)}


def _folders(parent: Path) -> list[Path]:
    try:
        return sorted(path for path in parent.iterdir() if path.is_dir() and not is_link(path))
    except OSError:
        return []
