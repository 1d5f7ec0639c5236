"""The training loop: on a CPU, on a GPU in mixed precision, or on several under torchrun."""

import csv
import os
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

from fingercount.errors import FingercountError
from fingercount.imaging.preprocess import Preprocess
from fingercount.pretraining.checkpoint import TrainingState, resume, save
from fingercount.pretraining.network import HandNet, loss, moving_average
from fingercount.pretraining.photos import HandPhoto, real
from fingercount.pretraining.recipe import Recipe
from fingercount.pretraining.sampling import ShardSampler, TrainingSet
from fingercount.pretraining.teacher import ResNetTeacher, Teacher, TeacherEnsemble


@dataclass(frozen=True)
class DistributedContext:
    """Where this process runs: its device, its number, and how many there are."""

    device: torch.device
    rank: int = 0
    world: int = 1

    @classmethod
    def here(cls) -> "DistributedContext":
        """Find the device, and join the others if torchrun started several processes."""
        rank, world = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
        local = int(os.environ.get("LOCAL_RANK", 0))
        cuda = torch.cuda.is_available()
        if world > 1 and not dist.is_initialized():
            dist.init_process_group("nccl" if cuda else "gloo")
        return cls(torch.device("cuda", local) if cuda else torch.device("cpu"), rank, world)

    @property
    def first(self) -> bool:
        return self.rank == 0


def pretrain(
    photos: list[HandPhoto],
    classes: list[str],
    recipe: Recipe,
    out: Path,
    *,
    steps: int | None = None,
    start: dict | None = None,
    teacher: Teacher | ResNetTeacher | TeacherEnsemble | None = None,
    make_teacher: bool = False,
    origin: dict | None = None,
    seen_before: frozenset[str] = frozenset(),
    held_out: Sequence[HandPhoto] = (),
    precision: str = "bf16",
    freeze_batchnorm: bool = False,
    workers: int = 2,
    report=print,
    progress: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> HandNet | Teacher:
    """Train, or continue from the last checkpoint in `out`; return the averaged network.

    Args:
        photos: the training photos in memory.
        classes: class names in the order of the network's outputs.
        recipe: the settings; a checkpoint with others is refused.
        out: folder for checkpoint.pt, log.csv and TensorBoard curves.
        steps: end each epoch after so many steps, to try it out.
        start: the tensors to begin with by name, a ResNet-18's (where a teacher is made, one's), or
            None for random ones (ImageNet's).
        teacher: a network that is asked about each picture too, and learned from.
        make_teacher: train a teacher in place of the ResNet-18.
        origin: what identifies `start` and `teacher`; a checkpoint of others is refused.
        seen_before: hashes of the photos that those have seen.
        held_out: photos to report accuracy on after each epoch; never trained on.
        precision: "bf16" (mixed) or "float32".
        freeze_batchnorm: keep BatchNorm's statistics still, so that several processes compute
            exactly what one does (except a teacher, which has random dropout).
        workers: processes that draw pictures.
        report: called with a line of text after each epoch.
        progress: called with (epoch in words, steps done, steps in all).
    """
    context = DistributedContext.here()
    if make_teacher and teacher is not None:
        raise FingercountError("Either make a teacher or learn from one, not both at once.")
    check_start(recipe, context, steps, workers)
    torch.manual_seed(recipe.seed)
    network: HandNet | Teacher
    begun: nn.Module
    if make_teacher:
        network = begun = Teacher(len(classes))
    else:
        network = HandNet(len(classes), teacher.features if teacher else 0)
        begun = network.resnet
    if start is not None:
        begun.load_state_dict(start)
    frozen = network.stages()[: recipe.frozen] if isinstance(network, HandNet) else []
    for stage in frozen:
        stage.requires_grad_(False)
    for module in (network, teacher):
        if module is not None:
            # What Module.to is said to take leaves memory_format out; it moves in place.
            module.to(context.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    per_epoch = min(steps or recipe.draws, recipe.draws // recipe.batch_size)
    optimizer, schedule = _optimizer(network, recipe, per_epoch)
    average = moving_average(network, recipe.average)
    training = TrainingState(network, average, optimizer, schedule)
    checkpoint = Path(out) / "checkpoint.pt"
    # What belongs to the run but not to its state; read by resume and by load_teacher.
    about = {
        "recipe": recipe.to_json(),
        "classes": classes,
        "origin": origin or {},
        "seen": sorted(seen_before | {photo.hash for photo in real(photos)}),
    }
    done = resume(checkpoint, context.device, about, training)
    model = DistributedDataParallel(network) if context.world > 1 else network
    autocast = (
        torch.autocast(context.device.type, torch.bfloat16)
        if precision == "bf16"
        else nullcontext()
    )
    draws, curves = TrainingSet(photos, classes, recipe), _Curves(Path(out), context.first)

    for epoch in range(done, recipe.epochs):
        began, losses, right = time.monotonic(), [], []
        model.train()
        for stage in frozen:
            stage.eval()  # BatchNorm's statistics belong to the weights
        # A teacher has random dropout: an epoch is the same whether the run was interrupted or not.
        torch.manual_seed(1000 * (recipe.seed + 1) * (epoch + 1) + context.rank)
        if freeze_batchnorm:
            _freeze_batchnorm(model)
        first = epoch * recipe.draws
        share = ShardSampler(
            first,
            first + per_epoch * recipe.batch_size,
            recipe.batch_size,
            context.rank,
            context.world,
        )
        pictures = loader(draws, share, recipe.batch_size // context.world, workers, context.device)
        title = f"epoch {epoch + 1} of {recipe.epochs}"
        for done_steps, batch in enumerate(pictures):
            progress(title, done_steps, per_epoch)
            batch = [part.to(context.device, non_blocking=True) for part in batch]
            batch[0] = batch[0].contiguous(memory_format=torch.channels_last)
            with autocast:
                outputs = model(batch[0])
                soft_targets = None if teacher is None else teacher.soft_targets(*batch[:2])
            total = loss(outputs, batch, recipe, soft_targets)
            optimizer.zero_grad(set_to_none=True)
            total.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 5.0)
            optimizer.step()
            schedule.step()
            average.update_parameters(network)
            losses.append(total.detach())
            right.append((outputs[0].argmax(1) == batch[1]).float().mean())
        progress(title, per_epoch, per_epoch)
        row = {
            "epoch": epoch + 1,
            "loss": float(torch.stack(losses).mean()),
            "accuracy": float(torch.stack(right).mean()),
            "held_out": _accuracy(average.module, held_out, classes, recipe.size, context.device),
            "photos_per_second": per_epoch * recipe.batch_size / (time.monotonic() - began),
        }
        if context.first:
            save(checkpoint, epoch + 1, about, training)
            curves.add(row)
            report("  ".join(f"{k} {v:.4g}" for k, v in row.items() if v is not None))
    curves.close()
    if context.world > 1:
        dist.barrier()
        dist.destroy_process_group()
    averaged = average.module
    assert isinstance(averaged, HandNet | Teacher)  # a copy of the network
    return averaged


def check_start(
    recipe: Recipe, context: DistributedContext, steps: int | None, workers: int
) -> None:
    """Refuse what pretrain cannot start with; see there."""
    if recipe.batch_size % context.world:
        raise FingercountError(
            f"A batch of {recipe.batch_size} cannot be shared by {context.world} processes; "
            f"choose --batch-size a multiple of {context.world}."
        )
    if steps is not None and steps < 1:
        raise FingercountError("This training cannot start: steps must be 1 or more.")
    if workers < 0:
        raise FingercountError("This training cannot start: workers must be 0 or more.")


def _optimizer(network, recipe: Recipe, per_epoch: int):
    # Weight decay is for weights; BatchNorm's scales and all biases are one-dimensional.
    trained = [p for p in network.parameters() if p.requires_grad]
    decay = [p for p in trained if p.ndim > 1]
    free = [p for p in trained if p.ndim <= 1]
    groups: list[dict[str, Any]] = [{"params": decay}, {"params": free, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=recipe.lr, weight_decay=recipe.weight_decay)
    total = recipe.epochs * per_epoch + 1
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        max_lr=recipe.lr,
        total_steps=total,
        # It divides by the steps of its rise minus one.
        pct_start=max(recipe.warmup, 1.5 / total),
    )
    return optimizer, schedule


def loader(
    draws: TrainingSet, share: ShardSampler, batch_size: int, workers: int, device: torch.device
):
    """Return batches of the pictures of a share, drawn by `workers` processes of one thread."""
    return torch.utils.data.DataLoader(
        draws,
        batch_size=batch_size,
        sampler=share,
        num_workers=workers,
        pin_memory=device.type == "cuda",
        worker_init_fn=_one_thread,
    )


def _one_thread(_worker) -> None:
    """Draw pictures with one thread a worker; the cores are for the training."""
    import cv2

    cv2.setNumThreads(0)


def _freeze_batchnorm(model: nn.Module) -> None:
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()


@torch.inference_mode()
def _accuracy(network, photos, classes, size, device) -> float | None:
    if not len(photos):
        return None
    preprocess, right = Preprocess(size=size), 0
    network.eval()
    for first in range(0, len(photos), 64):
        part = photos[first : first + 64]
        x = torch.from_numpy(preprocess.batch([photo.rgb for photo in part])).to(device)
        predicted = network(x)[0].argmax(1).tolist()
        right += sum(classes[p] == photo.label for p, photo in zip(predicted, part))
    return right / len(photos)


class _Curves:
    """log.csv always, TensorBoard curves if it is installed."""

    def __init__(self, out: Path, wanted: bool):
        self.path, self.board = out / "log.csv", None
        if wanted:
            out.mkdir(parents=True, exist_ok=True)
            try:
                from torch.utils.tensorboard import SummaryWriter
            except ImportError:  # a development tool; the run goes on without it
                return
            self.board = SummaryWriter(str(out / "tensorboard"))

    def add(self, row: dict) -> None:
        new = not self.path.exists()
        with self.path.open("a", newline="") as file:
            writer = csv.DictWriter(file, row)
            if new:
                writer.writeheader()
            writer.writerow(row)
        if self.board:
            for key, value in row.items():
                if value is not None and key != "epoch":
                    self.board.add_scalar(key, value, row["epoch"])
            self.board.flush()

    def close(self) -> None:
        """End the writer's thread."""
        if self.board:
            self.board.close()
