"""From folders of photos to models/hands: read, cut out, train, write, and make it fast."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from fingercount.errors import FingercountError
from fingercount.imaging.preprocess import Preprocess
from fingercount.labels import NONE, sort_labels
from fingercount.models.backbones import weights_hash
from fingercount.models.storage import compact, write_model
from fingercount.pretraining.bend_fingers import bend_photos
from fingercount.pretraining.calibrate import ASKED, calibrate
from fingercount.pretraining.cutouts import cut_out
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
from fingercount.pretraining.quantize import CALIBRATION, make_fast
from fingercount.pretraining.recipe import Recipe
from fingercount.pretraining.renders import render_photos
from fingercount.pretraining.sampling import weights
from fingercount.pretraining.scenes import load_scenes
from fingercount.pretraining.train import DistributedContext, check_start, pretrain
from fingercount.text import plural


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
    report=print,
):
    """Read the photos and make of them all that the recipe wants.

    Args:
        data: DIR/<set>/<label>/ or DIR/<label>/.
        recipe: the settings.
        out: the run's folder, which keeps the rendered hands.
        groups, landmarks, label_map: see load_photos.
        hold_out: names of sets that are kept for measuring.
        scenes: a folder of whole frames, see load_scenes.
        report: called with a line of text at each stage.

    Returns:
        (training photos, held-out photos, class names in order).
    """
    everything = load_photos(
        data, groups=groups, landmarks=landmarks, label_map=label_map, size=recipe.size
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

    def lift(photo: HandPhoto) -> None:
        if photo.landmarks is not None and photo.label != NONE:
            photo.cutout = cut_out(photo.rgb, photo.landmarks)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lift, photos))
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
        frames = load_scenes(scenes, {photo.source for photo in everything}, recipe.size)
        frames = [p for p in frames if p.source not in hold_out and p.label in classes]
        photos += frames
        report(f"{len(frames)} photos out of whole frames")
    photos += bent  # after that: what is beside their hands is beside the hands of the photos
    if recipe.renders:
        size = recipe.size + recipe.size // 4
        store = out / f"renders-{recipe.renders}-{size}-{recipe.render_seed}.npz"
        rendered = render_photos(recipe.renders, size, recipe.render_seed, store)
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
    report = options.pop("report", print)
    if not context.first:
        report = lambda text: None  # noqa: E731
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
    check_start(recipe, context, options.get("steps"), options.get("workers", 0))
    check_origin(beginnings, file, make_teacher)
    check_origin([mean_with] if mean_with else [], None, False)
    photos, held_out, classes = prepare(
        data, recipe, out, **reading, hold_out=hold_out, report=report
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
    network = pretrain(photos, classes, recipe, out, held_out=held_out, report=report, **options)
    if make_teacher:
        report(f"The teacher is {out / 'checkpoint.pt'}.")
        return None
    if not context.first:
        return None
    workers = options.get("workers", 0)
    temperature = calibrate(network, photos, classes, recipe, workers)
    if other:
        assert isinstance(network, HandNet)  # it is only of teachers that none is made
        mean(network.resnet, other)
        origin["mean_with"] = weights_hash(other)
        temperature = calibrate(network, photos, classes, recipe, workers)
    report(f"Its last layer was divided by a temperature of {temperature}.")
    origin["folded_temperature"] = temperature
    folder = write_hands(
        network, photos, classes, recipe, out / "hands", origin=origin, seen_before=seen
    )
    report(f"The model is in {folder}.")
    try:
        make_fast(folder, calibration(photos, recipe))
    except FingercountError as error:
        report(f"Its fast backend is missing. {error}")
    return folder


def calibration(photos: list[HandPhoto], recipe: Recipe) -> np.ndarray:
    """Draw photos as the training does, but unchanged: float32 [CALIBRATION, 3, size, size]."""
    rng = np.random.default_rng(recipe.seed)
    chosen = rng.choice(
        len(photos), CALIBRATION, p=weights(photos, recipe.none_share, recipe.boosts())
    )
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
