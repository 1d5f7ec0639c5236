"""From folders of photos to models/hands: read, cut out, train, write, and make it fast."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeAlias

import numpy as np

from fingercount.errors import FingercountError
from fingercount.imaging.preprocess import Preprocess
from fingercount.labels import NONE, sort_labels
from fingercount.models.backbones import weights_hash
from fingercount.models.storage import compact, write_model
from fingercount.pretraining.amounts import QUANTIZATION, amounts, spread
from fingercount.pretraining.bend_fingers import bend_photos
from fingercount.pretraining.calibrate import ASKED, calibrate
from fingercount.pretraining.cutouts import cut_out_all
from fingercount.pretraining.network import HandNet
from fingercount.pretraining.origin import check_origin, mean, read_origin, read_related
from fingercount.pretraining.photos import (
    BENT,
    RENDERED,
    HandPhoto,
    beside_hand,
    load_photos,
    real,
)
from fingercount.pretraining.prepared import Prepared
from fingercount.pretraining.quantize import make_fast
from fingercount.pretraining.recipe import Recipe
from fingercount.pretraining.renders import render_photos
from fingercount.pretraining.sampling import weights
from fingercount.pretraining.scenes import load_scenes
from fingercount.pretraining.train import DistributedContext, check_start, pretrain
from fingercount.text import plural

Progress: TypeAlias = Callable[[str, int, int], None]  # stage, done, total


def _unseen(stage: str, done: int, total: int) -> None:
    """Show nobody how far it is."""


def prepare(
    data: Path,
    recipe: Recipe,
    out: Path,
    *,
    groups=None,
    landmarks=None,
    label_map=None,
    hold_out=(),
    scenes=None,
    steps: int | None = None,
    report=print,
    progress: Progress = _unseen,
):
    """Read the photos and make of them all that the recipe wants.

    Args:
        data: DIR/<set>/<label>/ or DIR/<label>/.
        recipe: the settings.
        out: the run's folder, which keeps the rendered hands.
        groups, landmarks, label_map: see load_photos.
        hold_out: names of sets that are kept for measuring.
        scenes: a folder of whole frames, see load_scenes.
        steps: of each epoch, to try it out; see amounts.
        report: called with a line of text at each stage.
        progress: called with (stage, done, total).

    Returns:
        (training photos, held-out photos, class names in order).
    """
    some = amounts(recipe, steps)

    def choose(entries: list[tuple]) -> list[tuple]:
        sides = [[e for e in entries if (e[1] in hold_out) == held] for held in (False, True)]
        few = [entry for side in sides for entry in spread(side, some.photos, lambda e: e[1:])]
        if len(few) == len(entries):
            return entries
        report(f"Trying it out: {len(few)} of {plural(len(entries), 'photo')} are read")
        return few

    everything = load_photos(
        data,
        groups=groups,
        landmarks=landmarks,
        label_map=label_map,
        size=recipe.size,
        choose=choose,
        progress=partial(progress, "reading photos"),
    )
    held_out = [photo for photo in everything if photo.source in hold_out]
    photos = [photo for photo in everything if photo.source not in hold_out]
    copies = {photo.hash for photo in held_out}
    if twice := [photo for photo in photos if photo.hash in copies]:
        photos = [photo for photo in photos if photo.hash not in copies]
        report(f"{plural(len(twice), 'photo')} left out: held out in another set")
    _check_sides(photos, held_out, hold_out)
    classes = sort_labels(photo.label for photo in photos)
    report(f"{len(photos)} photos to train on, {len(held_out)} held out")

    store = Prepared()
    hands = [p for p in photos if p.landmarks is not None and p.label != NONE]
    hands = list(spread(hands, some.cutouts, lambda photo: photo.label))
    known = [(photo.rgb, photo.landmarks) for photo in hands if photo.landmarks is not None]
    for photo, cutout in zip(
        hands, cut_out_all(known, store, partial(progress, "cutting out hands"))
    ):
        photo.cutout = cutout
    report(f"{sum(photo.cutout is not None for photo in photos)} hands cut out")
    bent = bend_photos(photos, recipe.bent, recipe.seed)
    bent = [photo for photo in bent if photo.label in classes]
    report(f"{len(bent)} photos with fingers bent away")
    if NONE in classes:
        beside = [part for photo in photos for part in beside_hand(photo)]
        report(f"{len(beside)} more photos without a hand, from beside the hands")
        photos += beside
    if scenes:
        # Frames of sets that are held out are told by those sets' names, too.
        sources = {photo.source for photo in everything}
        frames = load_scenes(scenes, sources, recipe.size, limit=some.photos)
        frames = [p for p in frames if p.source not in hold_out and p.label in classes]
        photos += frames
        report(f"{len(frames)} photos out of whole frames")
    photos += bent  # after that: what is beside their hands is beside the hands of the photos
    if recipe.renders:
        size = recipe.size + recipe.size // 4
        whole = some.renders == recipe.renders
        file = out / f"renders-{recipe.renders}-{size}-{recipe.render_seed}.npz" if whole else None
        rendered = render_photos(
            some.renders,
            size,
            recipe.render_seed,
            file,
            cache=None if whole else store,
            progress=partial(progress, "rendering hands"),
        )
        photos += [photo for photo in rendered if photo.label in classes]
        report(f"{len(rendered)} hands rendered")
    return photos, held_out, classes


def _check_sides(photos: list[HandPhoto], held_out: list[HandPhoto], names) -> None:
    sets = {photo.source for photo in [*photos, *held_out]}
    if strange := sorted(set(names) - sets):
        raise FingercountError(
            f"There is no set {', '.join(strange)} to hold out, only {', '.join(sorted(sets))}."
        )
    labels = sort_labels(photo.label for photo in photos)
    if len(labels) < 2:
        raise FingercountError(
            f"Training needs photos of two labels or more; there are {', '.join(labels) or 'none'} "
            f"({len(held_out)} photos are held out)."
        )


def pretrain_command(data: Path, out: Path, recipe: Recipe, **options) -> Path | None:
    """Read, train and write DIR: the model's three files beside the checkpoint and the log.

    Args:
        data, options: see prepare and train.pretrain; here `start` is a model's folder, or several
            whose mean is begun with (where a teacher is made, one's checkpoint). `teacher` is the
            checkpoint of one, or a model's folder; it answers together with the model that the
            training begins with, if that is another. `mean_with`: a model's folder, see mean.
        out: the run's folder; a run that was cut off goes on there.

    Returns:
        The folder of the model, or None in all processes but the first and where a teacher is made:
        that one is its checkpoint.
    """
    context = DistributedContext.here()
    report, progress = options.pop("report", print), options.pop("progress", _unseen)
    if not context.first:
        report, progress = (lambda text: None), _unseen
    reading = {
        key: options.pop(key, None) for key in ("groups", "landmarks", "label_map", "scenes")
    }
    hold_out = options.pop("hold_out", ())
    start, file = options.pop("start", None), options.pop("teacher", None)
    beginnings = [start] if isinstance(start, (str, Path)) else list(start or ())
    make_teacher: bool = options.get("make_teacher", False)
    mean_with = options.pop("mean_with", None)
    if make_teacher and mean_with:
        raise FingercountError(
            "--mean-with takes the mean of two models; a teacher is not a model."
        )
    steps = options.get("steps")
    if amounts(recipe, steps).photos is not None and context.device.type == "cpu":
        # Most processors only imitate bf16, many times slower than float32: a whole run's choice.
        options["precision"] = "float32"
    check_start(recipe, context, steps, options.get("workers", 0))
    check_origin(beginnings, file, make_teacher)
    check_origin([mean_with] if mean_with else [], None, False)
    photos, held_out, classes = prepare(
        data,
        recipe,
        out,
        **reading,
        hold_out=hold_out,
        steps=steps,
        report=report,
        progress=progress,
    )
    start, teacher, origin, seen = read_origin(beginnings, file, classes, recipe, make_teacher)
    other, seen_by_other = (
        read_related(Path(mean_with), classes, recipe) if mean_with else (None, frozenset())
    )
    seen |= seen_by_other
    if seen & {photo.hash for photo in held_out}:
        raise FingercountError(
            f"What this training starts from or learns from was trained on photos of "
            f"{', '.join(hold_out)}; held out now, these photos would measure nothing."
        )
    options |= {"start": start, "teacher": teacher, "origin": origin, "seen_before": seen}
    options |= {"held_out": held_out, "report": report, "progress": progress}
    network = pretrain(photos, classes, recipe, out, **options)
    if make_teacher:
        report(f"The teacher is {out / 'checkpoint.pt'}.")
        return None
    if not context.first:
        return None
    some = amounts(recipe, steps)
    calibrated = partial(
        calibrate,
        network,
        photos,
        classes,
        recipe,
        options.get("workers", 0),
        pictures=some.calibration,
        progress=partial(progress, "calibrating"),
    )
    temperature = calibrated()
    if other:
        assert isinstance(network, HandNet)  # it is only of teachers that none is made
        mean(network.resnet, other)
        origin["mean_with"] = weights_hash(other)
        temperature = calibrated()
    report(f"Its last layer was divided by a temperature of {temperature}.")
    origin["folded_temperature"] = temperature
    folder = write_hands(
        network, photos, classes, recipe, out / "hands", origin=origin, seen_before=seen
    )
    report(f"The model is in {folder}.")
    try:
        inputs = calibration(photos, recipe, some.quantization)
        make_fast(folder, inputs, partial(progress, "making the fast form"))
    except FingercountError as error:
        report(f"Its fast backend is missing. {error}")
    return folder


def calibration(photos: list[HandPhoto], recipe: Recipe, n: int = QUANTIZATION) -> np.ndarray:
    """Draw photos as the training does, but unchanged: float32 [n, 3, size, size]."""
    rng = np.random.default_rng(recipe.seed)
    chosen = rng.choice(len(photos), n, p=weights(photos, recipe.none_share, recipe.boosts()))
    return Preprocess(size=recipe.size).batch([photos[i].rgb for i in chosen])


def write_hands(
    network, photos, classes, recipe: Recipe, folder: Path, *, origin=None, seen_before=()
) -> Path:
    """Write the trained network without its extra tasks, with the hashes of all it has seen.

    Args:
        network, photos, classes, recipe: what was trained, on what and how.
        folder: where to.
        origin: {"begun_with": hash of the weights that the training began with, "taught_by": hash
            of its teacher's, or None, "folded_temperature": see calibrate}.
        seen_before: hashes of the photos that those have seen.
    """
    photographed = real(photos)
    # A part of a photo is not another photo.
    files = {(photo.source, photo.hash) for photo in photographed}
    card = {
        "kind": "full",
        "classes": classes,
        "preprocess": Preprocess(size=recipe.size, views=ASKED).to_json(),
        "settings": recipe.to_json(),
        **(origin or {}),
        "data": {
            "name": "hands",
            "sets": dict(Counter(source for source, _ in files)),
            "photos": {"train": len(files)},
            **{made: sum(p.made == made for p in photos) for made in (RENDERED, BENT)},
        },
        "metrics": {},
    }
    seen = dict.fromkeys([*sorted(seen_before), *(p.hash for p in photographed)], "train")
    return write_model(folder, compact(network.resnet.state_dict()), card, seen=seen, replace=True)
