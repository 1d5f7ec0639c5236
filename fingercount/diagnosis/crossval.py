"""Last layers trained on a part of the photos, to ask them about the rest."""

from dataclasses import dataclass, replace

import numpy as np
import torch
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from sklearn.model_selection import StratifiedGroupKFold

from fingercount.events import Fitted
from fingercount.head import fit_linear
from fingercount.settings import Settings

FOLDS = 5
ENOUGH_SITTINGS = 2
# Fewer passes than a training takes: these only have to tell labels apart, many times over.
QUICK = replace(Settings(), epochs=20, batch_size=128, lr=5e-3, copies=0)
SHARES = (0.25, 0.5, 1.0)
DRAWS = 3


@dataclass(frozen=True)
class Learning:
    """Recall of each label against the share of the sittings learned from.

    Attributes:
        shares: of the sittings, rising to 1.
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


def joined(*groupings: np.ndarray) -> np.ndarray:
    """Return group numbers int [N] after joining what any of several groupings [N] holds together."""
    n = len(groupings[0])
    rows, columns, offset = [], [], n
    for grouping in groupings:
        _, numbers = np.unique(grouping, return_inverse=True)
        rows.append(np.arange(n))
        columns.append(numbers + offset)
        offset += numbers.max(initial=-1) + 1
    rows, columns = np.concatenate(rows), np.concatenate(columns)
    edges = coo_matrix((np.ones(len(rows), bool), (rows, columns)), shape=(offset, offset))
    return connected_components(edges, directed=False)[1][:n]


def out_of_fold(case) -> np.ndarray:
    """Return probabilities [N, labels] of last layers that never saw the photo's sitting.

    Where all photos are one sitting, near-copies stay together instead. One label, or one photo,
    leaves nothing to learn: then every label is as likely.
    """
    n, classes = len(case.labels), len(case.classes)
    groups = case.sittings if len(set(case.sittings)) >= ENOUGH_SITTINGS else case.copy_groups
    folds = min(FOLDS, len(set(groups)))
    probabilities = np.full((n, classes), 1 / classes, np.float32)
    if classes < 2 or folds < 2:
        return probabilities
    splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=0)
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a label with fewer photos than folds is fine
        parts = list(splitter.split(case.raw_features, case.numbers, groups))
    for train, test in parts:
        if len(train) and len(test):
            probabilities[test] = _ask(case, train, test)
    return probabilities


def learning(case) -> Learning | None:
    """Train on a quarter, half and all of the sittings, and measure on the evaluated photos."""
    learned = case.learned.copy()
    learned[case.at] = False
    asked = case.at[np.isin(case.labels[case.at], case.labels[learned])]
    sittings = np.unique(case.sittings[learned])
    if not len(asked) or len(sittings) < 2:
        return None
    rng = np.random.default_rng(0)
    photos, table = [], []
    for share in SHARES:
        rows, sizes = [], []
        for _ in range(DRAWS if share < 1 else 1):
            chosen = rng.permutation(sittings)[: max(1, round(share * len(sittings)))]
            train = np.flatnonzero(learned & np.isin(case.sittings, chosen))
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
    present = set(case.labels[case.at]) & set(case.labels[case.learned])
    return [label for label in case.classes if label in present]


def _ask(case, train: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Fit a last layer to the photos at `train`; return its probabilities for those at `asked`."""
    y = torch.from_numpy(case.numbers[train])
    x = case.raw_features[train][None]
    empty, nobody = np.zeros((0, x.shape[-1]), np.float32), torch.zeros(0, dtype=torch.long)
    fit = fit_linear(x, y, empty, nobody, case.classes, case.backbone, QUICK)
    tensors = next(event for event in fit if isinstance(event, Fitted)).tensors
    logits = torch.from_numpy(case.raw_features[asked]) @ tensors["weight"].T + tensors["bias"]
    # A label that these photos did not show cannot be told from them.
    unknown = np.setdiff1d(np.arange(len(case.classes)), case.numbers[train])
    logits[:, unknown] = -torch.inf
    return torch.softmax(logits, 1).numpy()
