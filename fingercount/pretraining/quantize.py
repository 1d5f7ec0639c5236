"""Making the fast form of a model: int8, calibrated on the photos it was trained on."""

import io
import json
import logging
import os
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path

import numpy as np

from fingercount.extras import missing
from fingercount.files import write_json
from fingercount.models.backbones import weights_hash
from fingercount.models.quantized import GRAPH, WEIGHTS, graph
from fingercount.models.storage import CARD, read_full, vouch

# Convolutions at the input that stay float: in int8 they change three times as many answers as all
# the others together, and they are few of the sums (measured on 800 training pictures).
KEPT = 3


def make_fast(
    folder: Path,
    inputs: np.ndarray,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Path:
    """Write fast.xml and fast.bin beside a model's weights, and say so in its card.

    Args:
        folder: a model of kind "full".
        inputs: float32 [N, 3, size, size], preprocessed photos such as it will see.
        progress: called with (steps done, steps in all): one for each photo and one for the rest.

    Raises:
        FingercountError: where nncf or openvino is missing.
    """
    os.environ.setdefault("NNCF_CI", "1")  # sends no usage statistics
    try:
        import nncf
        import openvino
    except ImportError as error:
        raise missing("pretrain", str(error.name)) from error
    folder = Path(folder)
    card, state = read_full(folder)
    model = graph(state, card["preprocess"]["size"])
    names = [op.get_friendly_name() for op in model.get_ordered_ops()]
    kinds = [op.get_type_name() for op in model.get_ordered_ops()]
    convolutions = [name for name, kind in zip(names, kinds) if kind == "Convolution"]
    nncf.set_log_level(logging.WARNING)
    steps, seen = len(inputs) + 1, 0

    def count(photo: np.ndarray) -> np.ndarray:
        nonlocal seen
        seen = min(seen + 1, len(inputs))  # it may ask for one twice
        progress(seen, steps)
        return photo

    progress(0, steps)
    with redirect_stdout(io.StringIO()):  # its own bars, which it also draws into a file
        small = nncf.quantize(
            model,
            nncf.Dataset([photo[None] for photo in inputs], count),
            subset_size=len(inputs),
            preset=nncf.QuantizationPreset.PERFORMANCE,
            ignored_scope=nncf.IgnoredScope(names=convolutions[:KEPT]),
        )
    openvino.save_model(small, folder / "writing.xml", compress_to_fp16=True)
    # Both or neither: the card names the weights that the form was made from, last.
    (folder / "writing.bin").replace(folder / WEIGHTS)
    (folder / "writing.xml").replace(folder / GRAPH)
    card = json.loads((folder / CARD).read_text(encoding="utf-8"))
    write_json(folder / CARD, {**card, "fast": weights_hash(state)})
    vouch(folder)
    progress(steps, steps)
    return folder / GRAPH
