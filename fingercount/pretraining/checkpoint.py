"""What a training run writes after each epoch, and how the next start continues from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import OneCycleLR
from torch.optim.swa_utils import AveragedModel

from fingercount.errors import FingercountError


@dataclass(frozen=True)
class TrainingState:
    """All that changes while a network learns."""

    network: nn.Module
    average: AveragedModel
    optimizer: Optimizer
    schedule: OneCycleLR


def save(path: Path, epoch: int, about: Mapping[str, Any], training: TrainingState) -> None:
    """Write a checkpoint; the last one stays until the new one is whole.

    Args:
        path: of the checkpoint.
        epoch: how many are done.
        about: what belongs to the run but not to its state.
        training: the state.

    Raises:
        FingercountError: if the disk is full.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    state = {
        "epoch": epoch,
        **about,
        "network": training.network.state_dict(),
        "average": training.average.module.state_dict(),
        # Without the copy that the average begins as.
        "average_steps": int(training.average.n_averaged) - 1,
        "optimizer": training.optimizer.state_dict(),
        "schedule": training.schedule.state_dict(),
    }
    temporary = path.with_name(path.name + ".writing")
    try:
        torch.save(state, temporary)
        temporary.replace(path)
    except (OSError, RuntimeError) as error:  # PyTorch tells a full disk as the second
        temporary.unlink(missing_ok=True)
        raise FingercountError(
            f"Could not write {path}: {error}. Free some space and start the same command again: "
            "it continues after the last epoch that was written."
        ) from error


def resume(
    path: Path, device: torch.device, about: Mapping[str, Any], training: TrainingState
) -> int:
    """Load a checkpoint if there is one; return how many epochs are done.

    Args:
        path: of the checkpoint.
        device: where its tensors go.
        about: as in `save`; a checkpoint of another run is refused.
        training: the state, which becomes the checkpoint's.

    Raises:
        FingercountError: if the file is damaged or from another run.
    """
    if not path.exists():
        return 0
    try:
        state = torch.load(path, map_location=device, weights_only=True)
        # With a teacher, or of one, there are other layers.
        others = state["network"].keys() != training.network.state_dict().keys()
        steps = state["schedule"]["total_steps"]
    except Exception as error:  # a damaged or foreign file fails in many ways
        raise FingercountError(f"{path} cannot be read; delete it to begin again.") from error
    if (
        others
        or steps != training.schedule.total_steps
        or any(state.get(key) != about[key] for key in ("recipe", "classes", "origin"))
    ):
        raise FingercountError(
            f"{path} belongs to a run with other settings; choose another --out, or delete it."
        )
    if state.get("seen") != about["seen"]:
        raise FingercountError(
            f"{path} belongs to a run on other photos: going on, it would not be known what it was "
            "trained on. Choose another --out, or delete it."
        )
    training.network.load_state_dict(state["network"])
    training.average.module.load_state_dict(state["average"])
    training.average.n_averaged.fill_(state["average_steps"] + 1)
    training.optimizer.load_state_dict(state["optimizer"])
    training.schedule.load_state_dict(state["schedule"])
    done: int = state["epoch"]
    return done
