"""From folders of photos to models/hands: read, cut out, train, write, and make it fast."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from fingercount.backbones import weights_hash
from fingercount.errors import FingercountError
from fingercount.labels import NONE, sort_labels
from fingercount.model_files import compact, read_full, read_seen, write_model
from fingercount.preprocess import Preprocess
from fingercount.pretraining.calibrate import calibrate
from fingercount.pretraining.cutouts import cut_out
from fingercount.pretraining.draws import weights
from fingercount.pretraining.loop import Place, pretrain
from fingercount.pretraining.photos import HandPhoto, beside_hand, load_photos
from fingercount.pretraining.quantize import CALIBRATION, make_fast
from fingercount.pretraining.recipe import Recipe
from fingercount.pretraining.renders import real, render_photos
from fingercount.pretraining.teacher import Elder, Panel, Teacher, lite0, load_teacher


def prepare(
    data: Path,
    recipe: Recipe,
    out: Path,
    *,
    groups=None,
    landmarks=None,
    label_map=None,
    hold_out=(),
    report=print,
):
    """Read the photos and make of them all that the recipe wants.

    Args:
        data: DIR/<set>/<label>/ or DIR/<label>/.
        recipe: the settings.
        out: the run's folder, which keeps the rendered hands.
        groups, landmarks, label_map: see load_photos.
        hold_out: names of sets that are kept for measuring.
        report: called with a line of text at each stage.

    Returns:
        (training photos, held-out photos, class names in order).
    """
    everything = load_photos(
        data, groups=groups, landmarks=landmarks, label_map=label_map, size=recipe.size
    )
    held_out = [photo for photo in everything if photo.source in hold_out]
    photos = [photo for photo in everything if photo.source not in hold_out]
    _check_sides(photos, held_out, hold_out)
    classes = sort_labels(photo.label for photo in photos)
    report(f"{len(photos)} photos to train on, {len(held_out)} held out")

    def lift(photo: HandPhoto) -> None:
        if photo.landmarks is not None and photo.label != NONE:
            photo.cutout = cut_out(photo.rgb, photo.landmarks)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lift, photos))
    report(f"{sum(photo.cutout is not None for photo in photos)} hands cut out")
    if NONE in classes:
        beside = [part for photo in photos for part in beside_hand(photo)]
        report(f"{len(beside)} more photos without a hand, from beside the hands")
        photos += beside
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
        data, options: see prepare and loop.pretrain; here `start` is a model's folder (where a
            teacher is made, one's checkpoint) and `teacher` the checkpoint of one, which answers
            together with the model that the training begins with, if any.
        out: the run's folder; a run that was cut off goes on there.

    Returns:
        The folder of the model, or None in all processes but the first and where a teacher is made:
        that one is its checkpoint.
    """
    place = Place.here()
    report = options.pop("report", print)
    if not place.first:
        report = lambda text: None  # noqa: E731
    reading = {key: options.pop(key, None) for key in ("groups", "landmarks", "label_map")}
    hold_out = options.pop("hold_out", ())
    beginning, file = options.pop("start", None), options.pop("teacher", None)
    if (file is not None and not Path(file).is_dir()) or options.get("make_teacher"):
        lite0()  # what is missing is told before hours of reading and drawing
    for path in (beginning, file):
        if path is not None and not Path(path).exists():
            raise FingercountError(f"{path} does not exist; check the path.")
    photos, held_out, classes = prepare(
        data, recipe, out, **reading, hold_out=hold_out, report=report
    )
    start, teacher, seen = _beginning(beginning, file, classes, options.get("make_teacher"))
    if seen & {photo.hash for photo in held_out}:
        raise FingercountError(
            f"What this training begins with or learns from has seen photos of "
            f"{', '.join(hold_out)}; they measure nothing if they are held out now."
        )
    origin = {
        "begun_with": start and weights_hash(start),
        "taught_by": teacher
        and weights_hash(
            teacher.resnet.state_dict() if isinstance(teacher, Elder) else teacher.state_dict()
        ),
    }
    if start and isinstance(teacher, Teacher):
        teacher = Panel(teacher, Elder(start))
    options |= {"start": start, "teacher": teacher, "origin": origin, "seen_before": seen}
    network = pretrain(photos, classes, recipe, out, held_out=held_out, report=report, **options)
    if options.get("make_teacher"):
        report(f"The teacher is {out / 'checkpoint.pt'}.")
        return None
    if not place.first:
        return None
    temperature = calibrate(network, photos, classes, recipe, options.get("workers", 0))
    report(f"Its last layer was divided by a temperature of {temperature}.")
    origin["folded_temperature"] = temperature
    folder = write_hands(
        network, photos, classes, recipe, out / "hands", origin=origin, seen_before=seen
    )
    report(f"The model is in {folder}.")
    try:
        make_fast(folder, calibration(photos, recipe))
    except FingercountError as error:
        report(f"Its fast form is missing. {error}")
    return folder


def calibration(photos: list[HandPhoto], recipe: Recipe) -> np.ndarray:
    """Draw photos as the training does, but unchanged: float32 [CALIBRATION, 3, size, size]."""
    rng = np.random.default_rng(recipe.seed)
    chosen = rng.choice(len(photos), CALIBRATION, p=weights(photos, recipe.none_share))
    return Preprocess(size=recipe.size).batch([photos[i].rgb for i in chosen])


def _beginning(beginning, file, classes: list[str], make_teacher: bool):
    """Read what a training begins with and whom it learns from.

    Args:
        beginning: a model's folder, where a teacher is made one's checkpoint, or None.
        file: a teacher's checkpoint, or None.

    Returns:
        (tensors or None, teacher or None, hashes of the photos that either has seen).
    """
    teacher = None
    if file is not None and Path(file).is_dir():
        teacher = Elder(_tensors(Path(file), classes))
        teacher.seen = frozenset(read_seen(Path(file)))
    elif file is not None:
        teacher = load_teacher(Path(file), classes)
    seen = frozenset() if teacher is None else teacher.seen
    if beginning is None:
        return None, teacher, seen
    if make_teacher:
        earlier = load_teacher(Path(beginning), classes)
        return earlier.state_dict(), None, earlier.seen
    return _tensors(Path(beginning), classes), teacher, seen | read_seen(Path(beginning)).keys()


def _tensors(folder: Path, classes: list[str]) -> dict:
    """Read the weights of the model that a training begins with."""
    card, tensors = read_full(folder)
    if card["classes"] != classes:
        raise FingercountError(
            f"{folder} knows {', '.join(card['classes'])}, but the photos show "
            f"{', '.join(classes)}: a training can only begin with a model of the same labels."
        )
    return tensors


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
    # A part of a photo is no more photos.
    files = {(photo.source, photo.hash) for photo in photographed}
    card = {
        "kind": "full",
        "classes": classes,
        "preprocess": Preprocess(size=recipe.size).to_json(),
        "settings": recipe.to_json(),
        **(origin or {}),
        "data": {
            "name": "hands",
            "sets": dict(Counter(source for source, _ in files)),
            "photos": {"train": len(files)},
            "rendered": len(photos) - len(photographed),
        },
        "metrics": {},
    }
    seen = dict.fromkeys([*sorted(seen_before), *(p.hash for p in photographed)], "train")
    return write_model(folder, compact(network.resnet.state_dict()), card, seen=seen, replace=True)
