"""A folder of rendered photos: a data set to try the product with, or to pretrain on."""

import io
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import cv2
import numpy as np

from fingercount.errors import FingercountError
from fingercount.files import write_atomic
from fingercount.synthetic.backgrounds import random_room
from fingercount.synthetic.person import random_person
from fingercount.synthetic.scene import LABELS, Setting, render
from fingercount.synthetic.shading import random_light


def write_photos(
    folder: Path | str,
    per_label: int = 20,
    *,
    labels: Iterable[str] = LABELS,
    sessions: int = 5,
    seed: int = 0,
    size: int = 160,
    quality: int = 90,
    common: bool = True,
    effects: float = 0.4,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Write <folder>/<label>/<session>-<number>.jpg and landmarks.npz; returns the photos written.

    Each session is one person in one room, and shows all labels, so that the set can be split by
    session. landmarks.npz: path [N], xy [N, 21, 2] as fractions of width and height, handedness
    [N], score [N]; photos without a hand are not in it, those of an earlier call are.
    progress(done, total) is called per photo.
    """
    folder, labels = Path(folder), list(labels)
    known = _read_landmarks(folder / "landmarks.npz")
    rows: list[tuple[str, np.ndarray, str]] = []
    total, done = per_label * len(labels), 0
    share = [per_label // sessions + (s < per_label % sessions) for s in range(sessions)]
    for session in range(sessions):
        rng = np.random.default_rng((seed, session))
        setting = _setting(rng, (session + 0.5) / sessions, size)
        name = f"rendered{seed:03d}{chr(ord('a') + session % 26)}{session // 26 or ''}"
        number = 0
        for label in labels:
            for _ in range(share[session]):
                number += 1
                picture = render(
                    rng,
                    size=size,
                    label=label,
                    setting=setting,
                    common=common,
                    turn_any=0.05,
                    effects=effects,
                )
                path = folder / picture.label / f"{name}-{number:04d}.jpg"
                path.parent.mkdir(parents=True, exist_ok=True)
                write_atomic(path, _jpeg(picture.image, quality))
                if picture.landmarks is not None:
                    hand = "Right" if picture.right else "Left"
                    rows.append((path.relative_to(folder).as_posix(), picture.landmarks, hand))
                done += 1
                if progress:
                    progress(done, total)
    folder.mkdir(parents=True, exist_ok=True)
    _write_landmarks(folder / "landmarks.npz", known | {row[0]: row for row in rows})
    return done


def _read_landmarks(file: Path) -> dict[str, tuple]:
    """Return {path: (path, landmarks, handedness)} of an earlier call's photos."""
    if not file.exists():
        return {}
    try:
        with np.load(file) as before:
            paths, xy, hands = (before[key] for key in ("path", "xy", "handedness"))
        if xy.shape != (len(paths), 21, 2):
            raise ValueError(f"xy has the shape {xy.shape}")
        return {str(path): (str(path), *row) for path, *row in zip(paths, xy, hands)}
    except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise FingercountError(
            f"{file} is not a landmarks file as rendering writes it ({error}); move it away, or "
            "choose another folder."
        ) from error


def _write_landmarks(file: Path, rows: dict[str, tuple]) -> None:
    paths, xy, hands = zip(*rows.values()) if rows else ((), (), ())
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        path=np.array(paths, dtype=np.str_),
        xy=np.array(xy, np.float32).reshape(-1, 21, 2),
        handedness=np.array(hands, dtype=np.str_),
        score=np.ones(len(paths), np.float32),
    )
    write_atomic(file, buffer.getvalue())


def _setting(rng: np.random.Generator, tone: float, size: int) -> Setting:
    """The sessions share out all skin tones evenly; the light never hides the hand."""
    tone = float(np.clip(tone + rng.uniform(-0.08, 0.08), 0, 1))
    room = random_room(rng, int(1.5 * size), int(1.5 * size), people=0)
    return Setting(random_person(rng, tone, gloves=0), room, random_light(rng, backlit=0))


def _jpeg(rgb: np.ndarray, quality: int) -> bytes:
    _, data = cv2.imencode(".jpg", rgb[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return data.tobytes()
