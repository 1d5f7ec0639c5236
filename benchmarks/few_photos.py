"""How many photos a last layer needs: accuracy against photos of each label.

    python benchmarks/few_photos.py --data SET --groups people.csv --json few.json

A last layer is trained with the product's own defaults on features of each backbone, on photos of
one group (a person, a session), drawn anew each time; it is tested on the other photos of that
group ("same people") and on all other groups ("other people"), each as it is and changed: turned,
moved, lighter or darker, mirrored, as the sliders' defaults do. Beside it: the same from an
untrained ResNet-18, from imagenet where its weights are at hand, and hands as it ships, which
learns nothing here. SET must not be among the photos that hands was trained on.

`--copies 0 1 2` compares numbers of augmented copies; `--renamed` gives the labels names that hands
does not know, so that its own last layer is of no help.
"""

import argparse
import json
import sys
from itertools import product
from pathlib import Path

import numpy as np
import torch
from torchvision.models import resnet18

from fingercount.data.dataset import Dataset
from fingercount.errors import FingercountError
from fingercount.models.backbones import Backbone, shared_backbone, weights_hash
from fingercount.models.features import PLAIN, Features
from fingercount.models.loading import load_model
from fingercount.models.reference import without_last_layer
from fingercount.pretraining.photos import read_groups
from fingercount.training.events import Fitted
from fingercount.training.head import fit_linear, targets
from fingercount.training.settings import Settings

SIZES = (1, 2, 5, 10, 20, 50, 150)
LEFT = 5  # photos of each label that must be left to test on


def untrained(like: Backbone) -> Backbone:
    """Return a ResNet-18 with random weights that sees what `like` sees."""
    torch.manual_seed(0)
    state = resnet18().state_dict()
    network = without_last_layer(state)
    return Backbone("untrained", lambda: network, weights_hash(state), like.preprocess)


def backbones() -> list[Backbone]:
    hands = shared_backbone("hands")
    found = [hands, untrained(hands)]
    try:
        found.append(shared_backbone("imagenet"))
    except FingercountError as error:
        print(f"without imagenet: {error}", file=sys.stderr)
    return found


class Task:
    """One backbone's view of a data set, ready to draw trainings from."""

    def __init__(
        self,
        dataset: Dataset,
        groups: list[str],
        backbone: Backbone,
        settings: Settings,
        renamed: bool = False,
    ):
        self.backbone, self.settings, self.renamed = backbone, settings, renamed
        photos = dataset.photos()
        store = Features(dataset, backbone, settings.augment, settings.seed)
        changed = Features(dataset, backbone, settings.augment, settings.seed + 1)
        for features, copies in ((store, settings.copies), (changed, 1)):
            for done, total in features.compute(photos, copies):
                print(f"\r{backbone.name}: {done} of {total}", end="", file=sys.stderr)
            print(file=sys.stderr)
        kinds = (PLAIN, *range(1, settings.copies + 1))
        self.views = np.stack([store.matrix(photos, kind) for kind in kinds])
        self.tested = {"": self.views[0], ", changed": changed.matrix(photos, 1)}
        self.labels = np.array([photo.label for photo in photos])
        self.groups = np.array(groups)
        self.photos = photos

    def draw(self, group: str, k: int, seed: int) -> dict[str, float] | None:
        """Return the accuracy on the same and on other people, or None with too few photos."""
        rng = np.random.default_rng((seed, k))
        inside = self.groups == group
        chosen = []
        classes = [c for c in dict.fromkeys(self.labels) if (inside & (self.labels == c)).any()]
        for label in classes:
            mine = np.flatnonzero(inside & (self.labels == label))
            if len(mine) < k + LEFT:
                return None
            chosen.extend(rng.permutation(mine)[:k])
        y = targets([self.photos[i] for i in chosen], classes)
        empty = np.zeros((0, self.views.shape[-1]), np.float32)
        names = [f"my {label}" for label in classes] if self.renamed else classes
        fit = fit_linear(
            list(self.views[:, chosen]), y, empty, y[:0], names, self.backbone, self.settings
        )
        tensors = next(event for event in fit if isinstance(event, Fitted)).tensors
        weight, bias = tensors["weight"], tensors["bias"]
        known = np.isin(self.labels, classes)
        rest = inside & known
        rest[chosen] = False
        other = ~inside & known
        scores = dict[str, float]()
        for how, features in self.tested.items():
            said = np.array(classes)[(features @ weight.T + bias).argmax(1)]
            right = said == self.labels
            scores[f"same people{how}"] = float(right[rest].mean())
            if other.any():
                scores[f"other people{how}"] = float(right[other].mean())
        return scores


def shipped(task: Task, classes: list[str]) -> float:
    """Return the accuracy of hands as it ships on photos of these labels."""
    model = load_model("hands")
    known = np.isin(task.labels, classes)
    said = np.array(model.classes)[model.predict_features(task.views[0][known]).argmax(1)]
    return float((said == task.labels[known]).mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", required=True, help="a folder of label folders")
    parser.add_argument("--groups", required=True, help="CSV of path, group")
    parser.add_argument("--draws", type=int, default=10, help="trainings for each figure")
    parser.add_argument(
        "--copies", type=int, nargs="+", default=[Settings().copies], help="augmented copies"
    )
    parser.add_argument("--backbones", nargs="+", help="only these")
    parser.add_argument("--renamed", action="store_true", help="labels that hands does not know")
    parser.add_argument("--json", help="where the figures go")
    options = parser.parse_args()
    dataset = Dataset(options.data)
    by_path = read_groups(Path(options.groups))
    endings = {"/".join(Path(path).parts[-2:]): group for path, group in by_path.items()}
    groups = ["/".join(photo.path.split("/")[-2:]) for photo in dataset.photos()]
    groups = [endings.get(name, "?") for name in groups]
    rows = []
    wanted = [b for b in backbones() if not options.backbones or b.name in options.backbones]
    for backbone, copies in product(wanted, options.copies):
        task = Task(dataset, groups, backbone, Settings(copies=copies), options.renamed)
        for k in SIZES:
            found: dict[str, list[float]] = {}
            for group in sorted(set(groups)):
                for seed in range(options.draws):
                    if len(set(task.labels[task.groups == group])) < 2:
                        continue
                    for where, accuracy in (task.draw(group, k, seed) or {}).items():
                        found.setdefault(where, []).append(accuracy)
            for where, values in found.items():
                row = {"backbone": backbone.name, "form": backbone.backend, "photos": k}
                row |= {"copies": copies, "tested on": where, "draws": len(values)}
                row |= {"mean": float(np.mean(values)), "sd": float(np.std(values, ddof=1))}
                rows.append(row)
                print(
                    f"| {backbone.name} | {copies} | {k} | {where} | {row['mean']:.4f} "
                    f"| {row['sd']:.4f} | {len(values)} |",
                    flush=True,
                )
        if backbone.name == "hands":
            labels = {c for g in set(groups) for c in set(task.labels[task.groups == g])}
            labels = sorted(labels - {"none"})
            print(f"hands as it ships, on {', '.join(labels)}: {shipped(task, labels):.3f}")
            rows.append({"backbone": "hands as it ships", "mean": shipped(task, labels)})
    if options.json:
        Path(options.json).write_text(json.dumps(rows, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
