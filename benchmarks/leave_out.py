"""How well a training's ingredients help on sets that it has not seen: leave one set out.

    python benchmarks/leave_out.py PHOTOS/train --validation PHOTOS/validation \
        --groups PHOTOS/manifest.csv --landmarks PHOTOS/landmarks.npz --scenes PHOTOS/scenes \
        --places PLACES --ingredients photos,everything --out runs/leave-out

One set of photos, asked again and again, is soon learned by heart by whoever chooses. So every set
of strangers that the shipped model has not seen is left out once: a short training from its weights
sees all others, and is asked about those that it was not shown. Several sets are left out at a time
(FOLDS). Beside them stand the photos of validation, which the mean of the trainings is asked.

Each is asked once and with all views: the mean of what is answered to the photo, mirrored, smaller
with the edge continued, and that mirrored (imaging/preprocess.py). A run that was cut off goes on.
Each training's model stays in OUT, so that a longer one can begin with the mean of them (pretrain
--begin-with), which has seen every set.
"""

import argparse
import json
import pickle
from pathlib import Path

import cv2
import numpy as np
from scipy.special import softmax

from fingercount.imaging.preprocess import VIEWS, Preprocess
from fingercount.labels import NONE
from fingercount.models.backbones import weights_hash
from fingercount.models.quantized import graph
from fingercount.models.storage import read_full, read_seen
from fingercount.pretraining.origin import mean_of
from fingercount.pretraining.photos import HandPhoto, load_photos
from fingercount.pretraining.recipe import Recipe
from fingercount.pretraining.renders import render_photos
from fingercount.pretraining.run import prepare, write_hands
from fingercount.pretraining.scenes import load_scenes
from fingercount.pretraining.train import pretrain

# Left out together: what the same kind of camera saw, or a training would know it from another set.
FOLDS = (
    ("hagrid", "hagrid_mediapipe", "cjmills"),
    ("emre", "rumia", "asl_test", "isuranga"),
    ("szymian", "rps_sxsw", "rpscv", "karaage"),
)
# A photo each of many people counts more than its set's size says. What ships has the same.
BOOST = (
    "hagrid=4,hagrid_mediapipe=3,cjmills=3,asl_test=2,rumia=2,emre=1.5,rps_sxsw=1.5,"
    "dwivedi_lu=1.3,szymian=1.3,bent=0.6,rendered=0.7"
)
# A forty-third of what ships: 20 s on an H200 with 15 processes that draw, or half an hour on two
# cores (with --precision float32, as few CPUs are quick in bf16).
SHORT = Recipe(
    epochs=2,
    draws=20480,
    first_share=0.5,
    lr=1e-3,
    average=0.99,
    none_share=0.17,
    renders=150,
    render_seed=9,
    seed=21,
)
INGREDIENTS = {
    # (frames and places, rendered hands, boosts)
    "photos": (False, False, ""),
    "frames": (True, False, BOOST),
    "rendered": (False, True, ""),
    "everything": (True, True, BOOST),
}
ASKED = 192  # photos are kept at 1.25 times that: all that the sets have


def answers(tensors: dict, size: int, pictures: list[np.ndarray]) -> np.ndarray:
    """Return the probabilities of each view of each picture: [N, views, classes]."""
    import openvino

    network = graph(tensors, size)
    network.reshape([len(VIEWS), 3, size, size])
    compiled = openvino.Core().compile_model(network, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    weight, bias = (tensors[f"fc.{name}"].float().numpy() for name in ("weight", "bias"))
    preprocess = Preprocess(size=size, views=VIEWS)
    features = (compiled(preprocess.all_views(rgb))[0] for rgb in pictures)
    return np.stack([softmax(found @ weight.T + bias, axis=1) for found in features])


class Asked:
    """What one set of weights answers about sets of photos; kept in a file."""

    def __init__(self, path: Path):
        self.path = path
        self.known = json.loads(path.read_text()) if path.exists() else {}

    def ask(self, name: str, tensors: dict, size: int, sets: dict[str, list[HandPhoto]], classes):
        """Add rows {set: {right, right with views, photos, kept}} of a training's name."""
        rows = self.known.setdefault(name, {})
        for which, photos in sets.items():
            if which in rows or not photos:
                continue
            said = answers(tensors, size, [photo.rgb for photo in photos])
            actual = np.array([classes.index(photo.label) for photo in photos])
            right = [int((p.argmax(1) == actual).sum()) for p in (said[:, 0], said.mean(1))]
            mirrored = int((said[:, 1].argmax(1) == actual).sum())
            rows[which] = {"photos": len(photos), "right": right, "mirrored": mirrored}
            self.path.write_text(json.dumps(self.known, indent=1), encoding="utf-8")
        return rows


def split_hands(photos: list[HandPhoto], name: str) -> dict[str, list[HandPhoto]]:
    """Return {name: photos with a hand, name, none: those without}."""
    return {
        name: [photo for photo in photos if photo.label != NONE],
        f"{name}, none": [photo for photo in photos if photo.label == NONE],
    }


def table(rows: dict[str, dict], names: list[str]) -> str:
    """Return the table in Markdown: a line a set, two cells a training."""
    sets = list(dict.fromkeys(key for name in names for key in rows.get(name, {})))
    lines = ["| left out | photos | " + " | ".join(f"{n} | its views" for n in names) + " |"]
    lines.append("|---|--:|" + "--:|" * 2 * len(names))
    for which in sets:
        cells, count = [], 0
        for name in names:
            found = rows.get(name, {}).get(which)
            if not found:
                cells += ["", ""]
                continue
            count = found["photos"]
            cells += [f"{right / count:.1%}" for right in found["right"]]
        lines.append(f"| {which} | {count} | " + " | ".join(cells) + " |")
    hands = [key for key in sets if not key.startswith("validation/") and NONE not in key]
    cells = []
    for name in names:
        shares = [
            np.divide(rows[name][key]["right"], rows[name][key]["photos"])
            for key in hands
            if key in rows.get(name, {})
        ]
        cells += [f"{share:.1%}" for share in np.mean(shares, axis=0)] if shares else ["", ""]
    lines.append("| mean of the left-out sets with a hand | | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("photos", type=Path, metavar="PHOTOS")
    parser.add_argument("--validation", type=Path, metavar="DIR")
    parser.add_argument("--groups", type=Path, metavar="CSV")
    parser.add_argument("--landmarks", type=Path, metavar="NPZ")
    parser.add_argument("--scenes", type=Path, metavar="DIR")
    parser.add_argument("--places", type=Path, metavar="DIR", help="a folder with none/")
    parser.add_argument("--model", type=Path, default=Path("models/hands"), metavar="DIR")
    parser.add_argument("--ingredients", default="photos,everything", metavar="A,B,...")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument(
        "--most", type=int, default=250, metavar="N", help="photos that are asked of a set, about"
    )
    parser.add_argument("--precision", choices=("bf16", "float32"), default="bf16")
    parser.add_argument(
        "--workers", type=int, default=2, metavar="N", help="processes that draw pictures"
    )
    options = parser.parse_args()
    cv2.setNumThreads(1)
    options.out.mkdir(parents=True, exist_ok=True)
    card, start = read_full(options.model)
    classes, seen = card["classes"], frozenset(read_seen(options.model))
    read = {"groups": options.groups, "landmarks": options.landmarks}
    plain = Recipe(**{**SHORT.to_json(), "renders": 0})
    kept = options.out / "photos.pkl"  # hands are cut out for minutes
    if kept.exists():
        pool, found = pickle.loads(kept.read_bytes())
    else:
        pool, _, found = prepare(options.photos, plain, options.out, **read)
        kept.write_bytes(pickle.dumps((pool, found)))
    if found != classes:
        parser.error(f"the photos show {', '.join(found)}, the model knows {', '.join(classes)}")
    sources = {photo.source for photo in pool}
    files = {source: {p.hash for p in pool if p.source == source} for source in sources}
    asked_photos = {photo.hash: photo for photo in load_photos(options.photos, size=ASKED)}
    strangers = {}
    for name in (name for fold in FOLDS for name in fold if name in sources):
        members = [photo for photo in asked_photos.values() if photo.source == name]
        strangers |= split_hands(members[:: max(1, round(len(members) / options.most))], name)
    check = {}
    for folder in sorted(options.validation.iterdir()) if options.validation else ():
        photos = load_photos(folder, size=ASKED)
        photos = photos[:: max(1, round(len(photos) / options.most))]
        check |= split_hands(photos, f"validation/{folder.name}")
    asked = Asked(options.out / "answers.json")
    if any(photo.hash in seen for photos in strangers.values() for photo in photos):
        print("Some of the sets were seen by the model that is begun with.")
    frames = load_scenes(options.scenes, sources) if options.scenes else []
    places = load_photos(options.places) if options.places else []

    def train(name: str, fold: tuple[str, ...], run: Path) -> dict:
        """Return the weights of a short training that does not see a fold's sets."""
        more, rendered, boost = INGREDIENTS[name]
        gone = set().union(*(files.get(source, set()) for source in fold))
        photos = [photo for photo in pool if photo.hash not in gone]
        if more:
            photos += places + [photo for photo in frames if photo.source not in fold]
        if rendered:
            size = SHORT.size + SHORT.size // 4
            store = options.out / f"renders-{SHORT.renders}-{size}-{SHORT.render_seed}.npz"
            photos += render_photos(SHORT.renders, size, SHORT.render_seed, store)
        made = {"boost": boost, "renders": SHORT.renders * rendered}
        recipe = Recipe(**{**SHORT.to_json(), **made})
        about = {
            "start": start,
            "origin": {"begun_with": weights_hash(start)},
            "seen_before": seen,
            "precision": options.precision,
            "workers": options.workers,
        }
        network = pretrain(photos, classes, recipe, run, **about)
        write_hands(network, photos, classes, recipe, run / "hands", seen_before=seen)
        return network.resnet.state_dict()

    asked.ask("today", start, SHORT.size, strangers | check, classes)
    names = [name for name in options.ingredients.split(",") if name]
    for name in names:
        trained = []
        for number, fold in enumerate(FOLDS, 1):
            trained.append(train(name, fold, options.out / f"{name}-{number}"))
            own = {k: v for k, v in strangers.items() if k.split(",")[0] in fold}
            asked.ask(name, trained[-1], SHORT.size, own, classes)
            print(table(asked.known, ["today", name]), flush=True)
        asked.ask(name, mean_of(trained), SHORT.size, check, classes)
    print(table(asked.known, ["today", *names]), flush=True)


if __name__ == "__main__":
    main()
