"""Drawing natural poses: which fingers show a count, and the joint angles that show it."""

from dataclasses import replace
from typing import cast

import numpy as np

from fingercount.synthetic.pose import Fingers, Pose, parse_fingers
from fingercount.synthetic.thumb import place_thumb

# How people show each count, in letters TIMRL; weights within a count. Rare ones stay possible,
# so that a network sees all 32.
VARIANTS: dict[int, dict[str, float]] = {
    0: {"": 1.0},
    1: {"I": 0.5, "T": 0.27, "L": 0.17, "M": 0.03, "R": 0.03},
    2: {
        "IM": 0.4, "TI": 0.22, "TL": 0.14, "IL": 0.12,
        "MR": 0.02, "RL": 0.03, "TM": 0.03, "IR": 0.01, "ML": 0.02, "TR": 0.01,
    },
    3: {
        "IMR": 0.3, "TIM": 0.28, "MRL": 0.22, "TIL": 0.06, "TMR": 0.02,
        "IML": 0.03, "IRL": 0.03, "TRL": 0.02, "TML": 0.02, "TIR": 0.02,
    },
    4: {"IMRL": 0.62, "TIMR": 0.16, "TIML": 0.08, "TIRL": 0.05, "TMRL": 0.09},
    5: {"TIMRL": 1.0},
}  # fmt: skip


# Sideways angles (degrees to the thumb) with fingers together and fingers apart.
TOGETHER = np.array([-1.0, 0.0, 2.0, 6.0])
APART = np.array([17.0, 4.0, -10.0, -27.0])
FLAT = 0.35  # share of open hands with the fingers closed: "stop"


def random_fingers(rng: np.random.Generator, count: int, common: bool = False) -> Fingers:
    """Draw which fingers show `count`; `common` leaves out what few people would show."""
    variants = {k: w for k, w in VARIANTS[count].items() if w >= (0.05 if common else 0)}
    weights = np.array(list(variants.values()))
    return parse_fingers(list(variants)[rng.choice(len(weights), p=weights / weights.sum())])


def _folded(rng, apart: float, together: float, tight: float, way: str, held: bool) -> np.ndarray:
    """Draw the four angles of a finger that is down.

    Few people close the others into a fist while they hold some up: the tendons pull each other
    along, and a hand gets lazy.

    Args:
        apart, together: sideways angles as the open hand has them and as a fist has them.
        tight: 0..1, how firmly it closes.
        way: "fist"; "hook", bent at the middle joint alone, so that from the back a stub stands
            out; "curl", the tip short of the palm.
        held: whether the finger next to it is up.
    """
    loose, firm = np.array([76, 104, 56]), np.array([88, 114, 80])
    bend = loose + tight * (firm - loose)
    share = rng.uniform(0.3, 1) * (1 if held else 0.6) * (way != "fist")
    aim = np.array([5, 97, 62] if way == "hook" else [62, 72, 40])
    bend = bend + share * (aim - bend) + rng.normal(0, 2.5, 3)
    sideways = together + share * (way == "hook") * (apart - together) + rng.normal(0, 1)
    return np.array([bend[0], sideways, *bend[1:]])


def random_pose(rng: np.random.Generator, fingers: Fingers, shape=None) -> Pose:
    """Draw natural joint angles for the fingers that are up; the thumb finds its own place."""

    up = cast(Fingers, tuple(bool(finger) for finger in fingers))
    angles = np.zeros((4, 4))
    flat = all(up) and rng.random() < FLAT
    spread = rng.uniform(-0.1, 0.12 if flat else 1.15)
    angles[:, 1] = TOGETHER + spread * (APART - TOGETHER) + rng.normal(0, 1.5, 4)
    tight = rng.uniform(0, 1)  # how hard a hand makes a fist: much the same for all its fingers
    # Zero as an O, and three as the OK sign: bent fingers that meet the thumb's tip.
    ring = (not any(up) and rng.random() < 0.25) or (
        up == parse_fingers("MRL") and rng.random() < 0.6
    )
    bow = rng.uniform(0, 1)
    way = rng.choice(["fist", "hook", "curl"], p=[0.5, 0.3, 0.2])
    lazy = rng.uniform(0, 1) * (rng.random() < 0.25)  # up, but not quite straight
    for i, extended in enumerate(up[1:]):
        if extended:
            straight = rng.normal([4, 4, 3], [5, 4, 3]).clip([-8, 0, -3], [16, 14, 10])
            angles[i, [0, 2, 3]] = straight + lazy * rng.uniform(0.5, 1) * np.array([18, 20, 10])
        elif ring:
            closing = np.array([52, 58, 34]) + (bow - 0.5) * np.array([16, 10, 10])
            angles[i, [0, 2, 3]] = closing + rng.normal(0, 1.5, 3) + (0, 3 * i, 0)
            angles[i, 1] = TOGETHER[i]
        else:
            neighbours = up[1:][max(0, i - 1) : i + 2]
            angles[i] = _folded(rng, angles[i, 1], TOGETHER[i], tight, way, any(neighbours))
    wrist = rng.normal(0, [12, 8]).clip(-25, 25)
    pose = Pose(up, angles, np.zeros(5), wrist)
    return replace(pose, thumb=place_thumb(rng, pose, shape, ring, flat))
