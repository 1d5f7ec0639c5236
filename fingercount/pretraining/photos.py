"""Read the training sets: photos, labels, groups, landmarks, and which fingers are up."""

import csv
import zipfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fingercount.data.importing.csv_tables import read_label_map
from fingercount.data.importing.sources import FolderSource
from fingercount.errors import FingercountError
from fingercount.imaging.file_types import IMAGE_SUFFIXES
from fingercount.imaging.preprocess import Preprocess
from fingercount.imaging.read import content_hash, read_image
from fingercount.labels import NONE, canonical, count_of

RENDERED, BENT = "rendered", "bent"  # how a picture can be made that nobody photographed
FINGERTIPS = np.array([4, 8, 12, 16, 20])
# The joint that the tip must be farther out than: the thumb's IP, the other fingers' PIP.
FINGER_JOINTS = np.array([3, 6, 10, 14, 18])
WRIST, INDEX_MCP, PINKY_MCP = 0, 5, 17


@dataclass
class HandPhoto:
    """One training photo in memory.

    Attributes:
        rgb: uint8 [H, W, 3], the longer side at most a little over the network's input.
        label, source, group: its class, its set, the person or recording it belongs to.
        hash: of its file.
        landmarks: float32 [21, 2] as fractions of width and height, or None.
        fingers: five booleans from thumb to little finger, or None where not known.
        cutout: uint8 [H, W] opacity of the hand if it could be cut out, or None.
        box: (left, top, right, bottom) of the hand as fractions, where only that is known, or None.
        made: RENDERED or BENT if it is not a photo, else empty; a set may have such a name, too.
    """

    rgb: np.ndarray
    label: str
    source: str
    group: str
    hash: str
    landmarks: np.ndarray | None = None
    fingers: np.ndarray | None = None
    cutout: np.ndarray | None = None
    made: str = ""
    box: tuple[float, float, float, float] | None = None


def find_photos(root: Path, label_map: dict[str, str] | None = None) -> list[tuple]:
    """List (file, source, label) below DIR/<set>/<label>/ or DIR/<label>/.

    Args:
        root: where they are.
        label_map: {folder: label} for folders named otherwise, such as a gesture's; an empty label
            leaves the folder out.

    Raises:
        FingercountError: if no photo is in such a folder.
    """
    if not Path(root).is_dir():
        raise FingercountError(f"{root} is not a folder; check the path.")
    found, label_map = [], label_map or {}
    # Large sets are often on other disks and linked to.
    for path in sorted(Path(root, name) for name in FolderSource(root).paths()):
        if path.suffix.lower() in IMAGE_SUFFIXES and path.is_file():
            parts = path.relative_to(root).parts
            if len(parts) >= 2 and not any(part.startswith(".") for part in parts):
                source = parts[-3] if len(parts) >= 3 else Path(root).name
                label = label_map.get(parts[-2], parts[-2])
                if label:
                    found.append((path, source, canonical(label)))
    if not found:
        raise FingercountError(f"{root} has no photos in <set>/<label>/ or <label>/ folders.")
    return found


def read_groups(path: Path | None) -> dict[str, str]:
    """Return {path: group} of a CSV with the columns path and group (or just two columns)."""
    if path is None:
        return {}
    try:
        with Path(path).open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.reader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FingercountError(
            f"{path} cannot be read as a CSV of path and group: {error}"
        ) from error
    if rows and "path" in rows[0] and "group" in rows[0]:
        p, g = rows[0].index("path"), rows[0].index("group")
        rows = rows[1:]
    else:
        p, g = 0, 1
    return {row[p]: row[g] for row in rows if len(row) > max(p, g)}


def read_landmarks(path: Path | None) -> dict[str, np.ndarray]:
    """Return {path: float32 [21, 2]} of an .npz with `path` and `xy` (fractions of the photo)."""
    if path is None:
        return {}
    try:
        with np.load(path, allow_pickle=False) as file:
            paths, xy = file["path"].tolist(), file["xy"].astype(np.float32)
        if xy.shape != (len(paths), 21, 2):
            raise ValueError(f"xy has the shape {xy.shape}, not {(len(paths), 21, 2)}")
        return dict(zip(paths, xy))
    # A file that is no archive at all is something else to NumPy than an archive without an end.
    except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise FingercountError(
            f"{path} is not a landmarks file (an .npz with path and xy): {error}"
        ) from error


class _BySuffix:
    """Look up a file by as much of its path as a table names ("arda/two/1.jpg", "two/1.jpg")."""

    def __init__(self, table: dict):
        self.table = table
        self.depths = sorted({key.count("/") + 1 for key in table}, reverse=True)

    def get(self, path: Path, default=None):
        for depth in self.depths:
            value = self.table.get("/".join(path.parts[-depth:]))
            if value is not None:
                return value
        return default


def fingers_up(landmarks: np.ndarray) -> np.ndarray:
    """Return which fingers are stretched out, thumb first: bool [5], from landmarks [21, 2].

    A finger is up if its tip is clearly farther from the wrist than its middle joint; the thumb
    if its tip is farther from the root of the little finger than its own last joint.
    """
    origin = np.where(np.arange(5) == 0, PINKY_MCP, WRIST)
    tip = np.linalg.norm(landmarks[FINGERTIPS] - landmarks[origin], axis=1)
    joint = np.linalg.norm(landmarks[FINGER_JOINTS] - landmarks[origin], axis=1)
    return tip > joint * 1.08


def known_fingers(label: str, landmarks: np.ndarray | None) -> np.ndarray | None:
    """Return which fingers are up if label and landmarks agree on how many; else None."""
    count = count_of(label)
    if count == 0 or count == 5:
        return np.full(5, count == 5)
    if count is None or landmarks is None:
        return None
    up = fingers_up(landmarks)
    return up if up.sum() == count else None


def load_photos(
    root,
    *,
    groups=None,
    landmarks=None,
    label_map=None,
    size=128,
    leave_out=(),
    choose: Callable[[list[tuple]], Sequence[tuple]] = lambda entries: entries,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[HandPhoto]:
    """Read every photo into memory, scaled down to a little over the network's input.

    Args:
        root: DIR/<set>/<label>/ or DIR/<label>/.
        groups, landmarks: files as read_groups and read_landmarks take them.
        label_map: a CSV of folder, label, as `import` takes it.
        size: side of the network's input in pixels.
        leave_out: names of sets to leave out.
        choose: given all (file, source, label), returns those to read.
        progress: called with (files read, files in all).
    """
    by_group, by_landmarks = _BySuffix(read_groups(groups)), _BySuffix(read_landmarks(landmarks))
    # Turning and zooming a photo that is a quarter larger than needed keeps it sharp.
    fit = Preprocess(size=size + size // 4)

    def read(entry) -> HandPhoto | None:
        path, source, label = entry
        data = path.read_bytes()
        try:
            rgb = read_image(data)
        except FingercountError:
            return None
        if max(rgb.shape) > fit.size:
            rgb = fit.resize(rgb)
        xy = None if label == NONE else by_landmarks.get(path)
        group = by_group.get(path, f"{source}:{path.stem}")
        fingers = known_fingers(label, None if xy is None else xy * rgb.shape[1::-1])
        return HandPhoto(rgb, label, source, group, content_hash(data), xy, fingers)

    names = read_label_map(Path(label_map)) if label_map else {}
    entries = choose([e for e in find_photos(Path(root), names) if e[1] not in leave_out])
    photos = []
    with ThreadPoolExecutor(4) as pool:
        for done, photo in enumerate(pool.map(read, entries), 1):
            progress(done, len(entries))
            if photo is not None:
                photos.append(photo)
    return photos


def beside_hand(photo: HandPhoto, least: float = 0.35) -> list[HandPhoto]:
    """Return the largest part of a photo clear of the hand as square `none` photos, if any.

    What people hold their hands before (walls, rooms, shirts, arms) is what must not be counted.
    Landmarks end at the fingertips' bones, so the hand's box is widened by a fifth. The part is a
    strip; it is cut into squares, or its shape (and the padding around it) would give `none` away.

    Args:
        photo: a photo with landmarks.
        least: smallest useful width and height, as a share of the photo's.
    """
    if photo.landmarks is None:
        return []
    low, high = photo.landmarks.min(0), photo.landmarks.max(0)
    margin = 0.2 * (high - low)
    parts = squares_beside(photo.rgb, (*(low - margin), *(high + margin)), least)
    return [HandPhoto(part, NONE, photo.source, photo.group, photo.hash) for part in parts]


def squares_beside(rgb: np.ndarray, box, least: float, strips: int = 1) -> list[np.ndarray]:
    """Return square parts of a picture clear of a box, cut from the largest strips beside it.

    Args:
        rgb: uint8 [H, W, 3].
        box: (left, top, right, bottom) as fractions; may reach beyond the picture.
        least: smallest useful width and height of a strip, as a share of the picture's.
        strips: how many of the four strips (left, right, above, below) are used.
    """
    left, top, right, bottom = box
    boxes = [(0, 0, left, 1), (right, 0, 1, 1), (0, 0, 1, top), (0, bottom, 1, 1)]
    boxes.sort(key=lambda b: (b[2] - b[0]) * (b[3] - b[1]), reverse=True)
    height, width = rgb.shape[:2]
    parts = []
    for x0, y0, x1, y1 in boxes[:strips]:
        if min(x1 - x0, y1 - y0) < least:
            continue
        x0, x1, y0, y1 = int(x0 * width), int(x1 * width), int(y0 * height), int(y1 * height)
        side = min(x1 - x0, y1 - y0)
        parts += [
            np.ascontiguousarray(rgb[y : y + side, x : x + side])
            for y in range(y0, y1 - side + 1, side)
            for x in range(x0, x1 - side + 1, side)
        ]
    return parts


def real(photos: list[HandPhoto]) -> list[HandPhoto]:
    """Return those photos that were neither rendered nor bent."""
    return [photo for photo in photos if not photo.made]
