"""Last layers trained on some of the photos, to ask them about the rest."""

import warnings
from dataclasses import dataclass, replace

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold
from threadpoolctl import threadpool_limits

from fingercount.groups import common_groups
from fingercount.imaging import near_duplicates
from fingercount.models.last_layer import answer, softmax
from fingercount.training.events import Fitted
from fingercount.training.head import fit_linear
from fingercount.training.settings import Settings

FOLDS = 5
FEW_SESSIONS = 5  # with fewer, a model without one of them knows too little to judge labels
# Fewer passes than in a training: these only have to tell labels apart, and there are many of them.
QUICK = replace(Settings(), epochs=20, batch_size=128, lr=5e-3, copies=0)
STEPS = 16  # steps in a pass, at most: many photos need larger steps, not more
SCENE = 0.12
SHARES = (0.25, 0.5, 1.0)
DRAWS = 3


@dataclass(frozen=True)
class Learning:
    """Recall of each label, by the share of the sessions in training.

    Attributes:
        shares: of the sessions, rising to 1.
        photos: trained on at each share, mean over the draws.
        recall: {label: mean recall at each share}.
        spread: {label: standard deviation over the draws at each share}.
        n: {label: photos it was measured on}.
    """

    shares: tuple[float, ...]
    photos: list[float]
    recall: dict[str, list[float]]
    spread: dict[str, list[float]]
    n: dict[str, int]


def out_of_fold(case) -> np.ndarray | None:
    """Return probabilities [N, labels] of last layers that never saw the photo's session.

    If all photos are one session, near-copies stay together instead. None if there are not two
    groups, or not two labels, so that one could be learned from and the other asked about.
    """
    many = len(set(case.session_groups)) > 1
    return _by_folds(case, case.session_groups if many else case.copy_groups)


def second_opinion(case) -> np.ndarray | None:
    """Return probabilities [N, labels], the mean over models that never saw the photo.

    One never saw a near-copy of it, one not even its session (if there are enough sessions), and
    one is the shipped model's own last layer, if it knows these labels. Together they found 92
    to 100 % of swapped labels among twice as many suspects in recordings of one or two people, and
    59 to 76 % among phone photos of many; by session alone it was 83 to 96 %, and 35 to 53 %. None
    if there is no such model.
    """
    opinions = [_by_folds(case, case.copy_groups)]
    if len(set(case.session_groups)) >= FEW_SESSIONS:
        opinions.append(case.out_of_fold)
    if (
        len(case.classes) > 1
        and case.backbone.classes
        and set(case.classes) <= set(case.backbone.classes)
    ):
        weight, bias = case.backbone.last_layer
        columns = [case.backbone.classes.index(label) for label in case.classes]
        opinions.append(answer(case.raw_features, (weight[columns], bias[columns])))
    found = [opinion for opinion in opinions if opinion is not None]
    return np.mean(found, 0) if found else None


def out_of_scene(case) -> np.ndarray | None:
    """Return probabilities [N, labels] of last layers that never saw a photo's scene.

    If sessions are not known, a looser likeness takes their place: it joins the frames of a
    recording, but also people in the same pose on plain walls.
    """
    scenes = common_groups(case.session_groups, near_duplicates.groups(case.thumbnails, near=SCENE))
    return _by_folds(case, scenes if len(set(scenes)) > 1 else case.session_groups)


def right_as_split(case) -> np.ndarray:
    """Return which evaluated photos such a last layer gets right with this split, bool [n]."""
    train = np.flatnonzero(case.learned_besides)
    return _ask(case, train, case.at).argmax(1) == case.numbers[case.at]


def _by_folds(case, groups: np.ndarray) -> np.ndarray | None:
    """Return probabilities [N, labels] of last layers trained without the photo's group."""
    n, classes = len(case.labels), len(case.classes)
    folds = min(FOLDS, len(set(groups)), int(np.bincount(case.numbers).max(initial=0)))
    probabilities = np.full((n, classes), 1 / classes, np.float32)
    if classes < 2 or folds < 2:
        return None
    splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a label with fewer photos than folds is fine
        parts = list(splitter.split(case.raw_features, case.numbers, groups))
    for train, test in parts:
        if len(train) and len(test):
            probabilities[test] = _ask(case, train, test)
    return probabilities


def learning(case) -> Learning | None:
    """Train on a quarter, half and all of the sessions, and measure on the evaluated photos."""
    learned = case.learned_besides
    asked = case.at[np.isin(case.labels[case.at], case.labels[learned])]
    session_groups = np.unique(case.session_groups[learned])
    if not len(asked) or len(session_groups) < 2:
        return None
    rng = np.random.default_rng(0)
    photos, table = [], []
    for share in SHARES:
        rows, sizes = [], []
        for _ in range(DRAWS if share < 1 else 1):
            chosen = rng.permutation(session_groups)[: max(1, round(share * len(session_groups)))]
            train = np.flatnonzero(learned & np.isin(case.session_groups, chosen))
            said = _ask(case, train, asked).argmax(1)
            right = said == case.numbers[asked]
            rows.append([right[case.labels[asked] == label].mean() for label in _labels(case)])
            sizes.append(len(train))
        photos.append(float(np.mean(sizes)))
        table.append((np.mean(rows, 0), np.std(rows, 0)))
    labels = _labels(case)
    return Learning(
        SHARES,
        photos,
        {label: [float(mean[i]) for mean, _ in table] for i, label in enumerate(labels)},
        {label: [float(sd[i]) for _, sd in table] for i, label in enumerate(labels)},
        {label: int((case.labels[asked] == label).sum()) for label in labels},
    )


def _labels(case) -> list[str]:
    present = set(case.labels[case.at]) & set(case.labels[case.trained])
    return [label for label in case.classes if label in present]


def _ask(case, train: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Fit a last layer to the photos at `train`; return its probabilities for those at `asked`."""
    y = case.numbers[train]
    x = case.raw_features[train][None]
    empty, nobody = np.zeros((0, x.shape[-1]), np.float32), np.zeros(0, np.int64)
    quick = replace(QUICK, batch_size=max(QUICK.batch_size, len(train) // STEPS))
    # A last layer is too small for several threads: on a busy machine they wait for each other.
    with threadpool_limits(1):
        fit = fit_linear(x, y, empty, nobody, case.classes, case.backbone, quick)
        tensors = next(event for event in fit if isinstance(event, Fitted)).tensors
    logits = case.raw_features[asked] @ tensors["weight"].T + tensors["bias"]
    # A label that is not in these photos cannot be learned from them.
    unknown = np.setdiff1d(np.arange(len(case.classes)), case.numbers[train])
    logits[:, unknown] = -np.inf
    return softmax(logits)
