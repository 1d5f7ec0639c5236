"""Cut a hand out of a plain wall, so that it can be put in front of any other background."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np

from fingercount.pretraining.prepared import Prepared, code_of, key_of

# Bones as pairs of landmarks; drawn thick they lie wholly inside the hand.
BONES = [(0, 1), (0, 5), (0, 9), (0, 13), (0, 17), (5, 9), (9, 13), (13, 17)]
BONES += [(j, j + 1) for root in (1, 5, 9, 13, 17) for j in range(root, root + 3)]

PLAIN = 9  # grey levels a pixel; above it GrabCut keeps pieces of the room (seen on the photos)


def border_roughness(rgb: np.ndarray, hand: np.ndarray) -> float:
    """Return how uneven the photo is away from the hand: median gradient, in grey levels."""
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32)
    gradient = cv2.magnitude(cv2.Sobel(grey, -1, 1, 0), cv2.Sobel(grey, -1, 0, 1)) / 4
    outside = gradient[hand == 0]
    return float(np.percentile(outside, 80)) if outside.size > 50 else np.inf


def cut_out(rgb: np.ndarray, landmarks: np.ndarray) -> np.ndarray | None:
    """Return the hand's opacity, uint8 [H, W], or None if the wall is not plain enough.

    The landmarks' bones seed GrabCut (Rother, Kolmogorov, Blake 2004); what it finds is kept only
    if it has a hand's share of the photo and covers the bones.
    """
    height, width = rgb.shape[:2]
    points = np.round(landmarks * (width, height)).astype(int)
    palm = max(4.0, float(np.linalg.norm(points[0] - points[9])))
    near = np.zeros((height, width), np.uint8)
    cv2.fillConvexPoly(near, cv2.convexHull(points), 1)
    wider = max(1, int(palm * 0.3))
    near[:] = cv2.dilate(near, np.ones((3, 3), np.uint8), iterations=wider)
    if border_roughness(rgb, near) > PLAIN:
        return None
    bones = np.zeros_like(near)
    for a, b in BONES:
        thick = max(1, int(palm * (0.12 if a else 0.3)))
        cv2.line(bones, points[a].tolist(), points[b].tolist(), 1, thick)
    mask = np.full((height, width), cv2.GC_PR_BGD, np.uint8)
    mask[near == 1] = cv2.GC_PR_FGD
    mask[bones == 1] = cv2.GC_FGD
    _mark_border(mask, near)
    # GrabCut's clusters start at random; a photo's must not depend on which photos came before it.
    cv2.setRNGSeed(0)
    colours = np.zeros((1, 65)), np.zeros((1, 65))
    nowhere = (0, 0, 0, 0)  # the mask says where to look, no rectangle
    try:
        cv2.grabCut(rgb, mask, nowhere, *colours, 4, cv2.GC_INIT_WITH_MASK)
    except cv2.error:
        return None
    hand = np.isin(mask, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)
    hand = _piece_with(hand, bones)
    share = hand.mean()
    if not 0.04 < share < 0.7 or hand[bones == 1].mean() < 0.9:
        return None
    return cv2.GaussianBlur(hand * 255, (0, 0), 0.8)


Hand = tuple[np.ndarray, np.ndarray]  # a photo and its landmarks
AT_ONCE = 256  # photos from one writing of the cache to the next


def cut_out_all(
    hands: Sequence[Hand],
    store: Prepared,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[np.ndarray | None]:
    """Return what cut_out does of each (photo, landmarks), as far as it can from the store.

    Args:
        hands: see cut_out.
        store: keeps what is new for the next time.
        progress: called with (done, total).
    """
    code = code_of(Path(__file__)) + cv2.__version__
    keys = [
        key_of(code, str(rgb.shape), rgb.tobytes(), landmarks.tobytes()) for rgb, landmarks in hands
    ]
    known = store.get(keys)
    missing = [number for number, key in enumerate(keys) if key not in known]
    progress(len(hands) - len(missing), len(hands))
    with ThreadPoolExecutor(2) as pool:
        for first in range(0, len(missing), AT_ONCE):
            part, new = missing[first : first + AT_ONCE], dict[str, bytes]()
            for number, found in zip(part, pool.map(lambda n: cut_out(*hands[n]), part)):
                new[keys[number]] = _pack(found)
                progress(len(hands) - len(missing) + first + len(new), len(hands))
            store.put(new)
            known |= new
    return [_unpack(known[key]) for key in keys]


def _pack(opacity: np.ndarray | None) -> bytes:
    """Return a mask as PNG, which loses nothing; no bytes where there is none."""
    return b"" if opacity is None else cv2.imencode(".png", opacity)[1].tobytes()


def _unpack(data: bytes) -> np.ndarray | None:
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED) if data else None


def _mark_border(mask: np.ndarray, near: np.ndarray) -> None:
    """The photo's top corners are wall, unless the hand reaches there."""
    strip = max(2, mask.shape[0] // 20)
    top = mask[:strip]
    top[near[:strip] == 0] = cv2.GC_BGD


def _piece_with(hand: np.ndarray, bones: np.ndarray) -> np.ndarray:
    """Keep only the connected piece that holds most of the bones."""
    _, pieces = cv2.connectedComponents(hand)
    inside = pieces[(bones == 1) & (hand == 1)]
    if not inside.size:
        return hand * 0
    return (pieces == np.bincount(inside).argmax()).astype(np.uint8)
