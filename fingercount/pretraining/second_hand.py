"""Teach a model to say when two hands are in the picture.

python -m fingercount.pretraining.second_hand PHOTOS/train --groups PHOTOS/manifest.csv \
    --landmarks PHOTOS/landmarks.npz --scenes PHOTOS/scenes --model models/hands

The network stays as it is: a logistic regression reads the features that the count is read from
(see models/second_hand.py). It learns from put-together pictures (see pairs.py).
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from fingercount.errors import FingercountError
from fingercount.imaging.types import BoolArray, Float32Array
from fingercount.labels import NONE
from fingercount.models.backbones import weights_hash
from fingercount.models.loading import load_model
from fingercount.models.model import Model
from fingercount.models.registry import find_model
from fingercount.models.second_hand import SecondHand, write_second_hand
from fingercount.models.storage import read_full
from fingercount.pretraining.cutouts import cut_out_all
from fingercount.pretraining.pairs import Pairs
from fingercount.pretraining.photos import beside_hand, load_photos
from fingercount.pretraining.prepared import Prepared
from fingercount.pretraining.scenes import load_scenes

DRAWS = (
    26_000  # pictures; from 12,000 it found one second hand in a hundred fewer, from 6,000 three
)
HELD = 10  # every tenth is kept to see whether it learned
DECAY = 1e-4  # on the squares of its weights; a third and three times as much made no difference
# Log odds from which it is sure, chosen by photos of people it had not seen: of those with one hand
# it then takes under one in a hundred for two. Live it is averaged over a second besides.
SURE = 1.0
AT_ONCE = 256


def read_pairs(
    root: Path, groups: Path | None, landmarks: Path | None, scenes: Path | None
) -> Pairs:
    """Read photos and cut the hands out of them, for pictures with two hands.

    Args:
        root, groups, landmarks: as for load_photos.
        scenes: a folder of whole frames, see load_scenes.

    Raises:
        FingercountError: where no hand could be cut out, or no photo is without one.
    """
    photos = load_photos(root, groups=groups, landmarks=landmarks)
    sources = {photo.source for photo in photos}
    hands = [photo for photo in photos if photo.landmarks is not None and photo.label != NONE]
    known = [(photo.rgb, photo.landmarks) for photo in hands if photo.landmarks is not None]
    for photo, cutout in zip(hands, cut_out_all(known, Prepared())):
        photo.cutout = cutout
    around = load_scenes(scenes, sources) if scenes else []
    photos += [part for photo in photos for part in beside_hand(photo)]
    if not any(photo.cutout is not None for photo in photos):
        raise FingercountError(f"No hand in {root} could be cut out; give their --landmarks.")
    if all(photo.label != NONE for photo in [*photos, *around]):
        raise FingercountError(f"{root} has no photo without a hand; add some as none/.")
    return Pairs(photos, around)


def features_of(
    model: Model, pairs: Pairs, count: int, seed: int
) -> tuple[Float32Array, BoolArray]:
    """Return the features [count, 512] of drawn pictures, and which of them show two hands."""
    if model.extract_features is None:
        raise FingercountError(f"The model {model.name!r} has no fast form; give one that has.")
    rows, two = [], np.zeros(count, bool)
    for first in range(0, count, AT_ONCE):
        numbers = range(first, min(first + AT_ONCE, count))
        pictures = [pairs.draw(seed, number) for number in numbers]
        two[numbers.start : numbers.stop] = [picture.two for picture in pictures]
        inputs = model.preprocess.batch(picture.rgb for picture in pictures)
        rows.append(model.extract_features(inputs))
        print(f"{numbers.stop} of {count} pictures", end="\r", file=sys.stderr)
    return np.concatenate(rows), two


def fit(features: Float32Array, two: BoolArray, decay: float = DECAY) -> SecondHand:
    """Return a logistic regression (weight [1, 512], bias [1]) from features to two hands."""
    middle, spread = features.mean(0), features.std(0) + 1e-3
    x, y = (features - middle) / spread, two.astype(np.float32)

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        weight, bias = w[:-1].astype(np.float32), w[-1]
        z = x @ weight + bias
        wrong = (expit(z) - y) / len(y)
        value = np.logaddexp(0, np.where(two, -z, z)).mean() + decay * (w[:-1] ** 2).sum()
        slope = np.append(wrong.astype(np.float32) @ x + 2 * decay * w[:-1], wrong.sum())
        return float(value), slope

    start = np.zeros(features.shape[1] + 1)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 400}).x
    weight = found[:-1] / spread
    bias = found[-1] - weight @ middle
    return weight[None].astype(np.float32), np.array([bias], np.float32)


def teach(folder: Path, pairs: Pairs, count: int = DRAWS, seed: int = 0) -> str:
    """Write a check for a second hand into a model's folder; return what it does on new pictures.

    Args:
        folder: a model that holds a whole network and its fast form.
        pairs: what it learns from.
        count: pictures, a tenth of them to see whether it learned.
        seed: of the pictures.
    """
    features, two = features_of(load_model(folder), pairs, count, seed)
    new = np.arange(count) % HELD == 0
    weight, bias = fit(features[~new], two[~new])
    bias = bias - SURE
    write_second_hand(folder, (weight, bias), weights_hash(read_full(folder)[1]))
    said = features[new] @ weight[0] + bias[0] > 0
    found, wrongly = (said & two[new]).sum(), (said & ~two[new]).sum()
    return (
        f"Of {new.sum()} new pictures it finds {found} of {two[new].sum()} with two hands, "
        f"and takes {wrongly} of {(~two[new]).sum()} others for one."
    )


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("photos", type=Path, metavar="PHOTOS", help="DIR/<set>/<label>/")
    parser.add_argument("--groups", type=Path, metavar="CSV", help="path, group: who is in which")
    parser.add_argument("--landmarks", type=Path, metavar="NPZ", required=True)
    parser.add_argument("--scenes", type=Path, metavar="DIR", help="whole frames and boxes.csv")
    parser.add_argument("--model", required=True, metavar="NAME", help="a whole network; changed")
    parser.add_argument("--draws", type=int, default=DRAWS, metavar="N", help="pictures")
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    options = parser.parse_args(arguments)
    if options.draws < 2 * HELD or options.seed < 0:
        parser.error(f"--draws must be {2 * HELD} or more, --seed 0 or more")
    try:
        folder = find_model(options.model)
        pairs = read_pairs(options.photos, options.groups, options.landmarks, options.scenes)
        print(teach(folder, pairs, options.draws, options.seed))
    except FingercountError as error:
        print(error, file=sys.stderr)
        raise SystemExit(2) from error


if __name__ == "__main__":
    main()
