"""What a training starts from and whom it learns from: models, the mean of several, teachers."""

from dataclasses import replace
from pathlib import Path

import torch

from fingercount.errors import FingercountError
from fingercount.imaging.preprocess import Preprocess
from fingercount.models.backbones import weights_hash
from fingercount.models.storage import read_card, read_full, read_seen
from fingercount.pretraining.recipe import Recipe
from fingercount.pretraining.teacher import (
    ResNetTeacher,
    Teacher,
    TeacherEnsemble,
    lite0,
    load_teacher,
    read_teacher,
)


def check_origin(beginnings: list, file, make_teacher: bool) -> None:
    """Refuse what cannot be started from or learned from, before hours of reading and drawing.

    Args:
        beginnings, file, make_teacher: see read_origin.
    """
    if make_teacher and len(beginnings) > 1:
        raise FingercountError(
            "A teacher begins with one checkpoint, not with the mean of several."
        )
    for path in (*beginnings, file):
        if path is not None and not Path(path).exists():
            raise FingercountError(f"{path} does not exist; check the path.")
    taught_by_file = file is not None and not Path(file).is_dir()
    if make_teacher or taught_by_file:
        lite0()
    begun = [(path, make_teacher) for path in beginnings]
    for path, is_checkpoint in (*begun, (file, taught_by_file)):
        if path is None:
            continue
        if is_checkpoint:
            read_teacher(Path(path))
            continue
        if not Path(path).is_dir():
            raise FingercountError(
                f"{path} is a file; give a model's folder, such as models/hands."
            )
        if (Path(path) / "checkpoint.pt").exists():
            raise FingercountError(
                f"{path} is a run's folder: give its checkpoint.pt where it made a teacher, or the "
                "folder hands in it."
            )
        read_card(Path(path))


def read_origin(beginnings: list, file, classes: list[str], recipe: Recipe, make_teacher: bool):
    """Read what a training starts from and whom it learns from.

    Args:
        beginnings: models' folders, whose mean is begun with; where a teacher is made one's
            checkpoint; may be empty.
        file: a teacher's checkpoint, a model's folder, or None.

    Returns:
        (tensors or None, a teacher of any kind or None, {"begun_with": hash of the tensors or None,
        "taught_by": the teacher's or None}, hashes of the photos that either has seen).
    """
    start: dict[str, torch.Tensor] | None = None
    teacher: Teacher | ResNetTeacher | TeacherEnsemble | None = None
    taught_by: str | None = None
    seen: frozenset[str] = frozenset()
    if beginnings and make_teacher:
        earlier = load_teacher(Path(beginnings[0]), classes)
        start, seen = earlier.state_dict(), earlier.seen
    elif beginnings:
        read = [read_related(Path(folder), classes, recipe) for folder in beginnings]
        start, seen = mean_of([tensors for tensors, _ in read]), seen.union(*(s for _, s in read))
    if file is not None and Path(file).is_dir():
        tensors, seen_by_it = read_related(Path(file), classes, recipe)
        taught_by, seen = weights_hash(tensors), seen | seen_by_it
        teacher = model = ResNetTeacher(tensors)
        if start and weights_hash(start) != taught_by:  # otherwise it would ask the same one twice
            teacher = TeacherEnsemble(model, ResNetTeacher(start))
    elif file is not None:
        made = load_teacher(Path(file), classes)
        taught_by, seen = weights_hash(made.state_dict()), seen | made.seen
        teacher = TeacherEnsemble(made, ResNetTeacher(start)) if start else made
    origin = {"begun_with": start and weights_hash(start), "taught_by": taught_by}
    return start, teacher, origin, seen


def read_related(folder: Path, classes: list[str], recipe: Recipe) -> tuple[dict, frozenset[str]]:
    """Read (weights, hashes of its training photos) of a model to start from or learn from.

    Raises:
        FingercountError: if it has other labels, or other preprocessing.
    """
    card, tensors = read_full(folder)
    if card["classes"] != classes:
        raise FingercountError(
            f"{folder} knows {', '.join(card['classes'])}, but the photos show "
            f"{', '.join(classes)}: a training needs a model with the same labels."
        )
    ours = Preprocess(size=recipe.size)
    # Another side will do, as a network of convolutions takes any, and how often it is asked too.
    if replace(Preprocess.from_json(card["preprocess"]).one_view(), size=ours.size) != ours:
        raise FingercountError(
            f"{folder} needs other preprocessing than this training uses; choose another model."
        )
    return tensors, frozenset(read_seen(folder))


@torch.no_grad()
def mean(network: torch.nn.Module, other: dict[str, torch.Tensor]) -> None:
    """Take the mean of a network's weights and those of a related one, in place.

    Two trainings from similar starts keep what each has learned, and together do better on unlike
    photos than each alone (Wortsman and others 2022, model soups).
    """
    for key, value in network.state_dict().items():
        if value.is_floating_point():
            value.lerp_(other[key].to(value), 0.5)


def mean_of(several_tensors: list[dict]) -> dict:
    """Return the mean of networks' weights; of trainings that began alike a network, see mean."""
    if len(several_tensors) == 1:
        return several_tensors[0]
    return {
        key: torch.stack([tensors[key].float() for tensors in several_tensors]).mean(0)
        if value.is_floating_point()
        else value
        for key, value in several_tensors[0].items()
    }
