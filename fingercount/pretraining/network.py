"""The network that is trained: ResNet-18 with more tasks that are taken off again."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel
from torchvision.models import ResNet, resnet18

from fingercount.models.backbones import FEATURES
from fingercount.pretraining.recipe import Recipe

Tensors = tuple[Tensor, ...] | list[Tensor]
GRID = 4  # cells a side of the map that the landmarks are read from: that of 128 pixels


class HandNet(nn.Module):
    """ResNet-18 that also says where the 21 landmarks are and which fingers are up.

    One label a photo is little to learn from; the landmarks say what in the photo matters. They are
    read from the last feature map, which still has places; counts and fingers from its average.

    Args:
        classes: number of classes.
        imitated: number of a teacher's features, which are a task of their own; 0 without one.
    """

    def __init__(self, classes: int, imitated: int = 0) -> None:
        super().__init__()
        self.resnet = resnet18(num_classes=classes)
        self.fingers = nn.Linear(FEATURES, 5)
        self.landmarks = landmark_task(FEATURES)
        self.imitation = nn.Linear(FEATURES, imitated) if imitated else None

    def stages(self) -> list[nn.ModuleList]:
        """Return the ResNet's layers from the input on, in four stages; the first has the stem."""
        net = self.resnet
        stem = nn.ModuleList([net.conv1, net.bn1, net.layer1])
        return [stem, *(nn.ModuleList([part]) for part in (net.layer2, net.layer3, net.layer4))]

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        """Return (class logits [N, C], finger logits [N, 5], landmarks [N, 42]).

        With a teacher, a guess of its features [N, F] follows.
        """
        maps, features = see(self.resnet, x)
        outputs = self.resnet.fc(features), self.fingers(features), self.landmarks(maps)
        return outputs if self.imitation is None else (*outputs, self.imitation(features))


def see(net: ResNet, x: Tensor) -> tuple[Tensor, Tensor]:
    """Return a ResNet's last feature maps [N, F, H, W] and their averages, the features [N, F]."""
    x = net.maxpool(net.relu(net.bn1(net.conv1(x))))
    maps = net.layer4(net.layer3(net.layer2(net.layer1(x))))
    return maps, net.avgpool(maps).flatten(1)


def landmark_task(channels: int) -> nn.Module:
    """Return the layers that read 21 landmarks, [N, 42], off a feature map [N, channels, H, W]."""
    return nn.Sequential(
        nn.Conv2d(channels, 64, 1),
        nn.ReLU(),
        # The map has a cell for every 32 pixels; pooled to one grid, inputs may differ in size.
        nn.AdaptiveAvgPool2d(GRID),
        nn.Flatten(),
        nn.Linear(64 * GRID * GRID, 42),
    )


def loss(
    outputs: Sequence[Tensor],
    batch: Sequence[Tensor],
    recipe: Recipe,
    soft_targets: tuple[Tensor, Tensor] | None = None,
) -> Tensor:
    """Return the weighted sum of the tasks; what is not known about a photo costs nothing.

    Args:
        outputs: of the network.
        batch: (pictures, labels, landmarks, known, fingers, known), see TrainingSet.
        recipe: the weights of the tasks.
        soft_targets: a teacher's (probabilities [N, C], features [N, F]) of the pictures, or None.
    """
    logits, fingers, landmarks, *imitation = (out.float() for out in outputs)
    _, label, xy, xy_known, up, up_known = batch
    hard = F.cross_entropy(logits, label, label_smoothing=recipe.label_smoothing, reduction="none")
    total = hard.mean()
    if soft_targets is not None:
        answers, features = (out.float() for out in soft_targets)
        # A teacher that hardly believes the label has mostly not learned such hands: the label
        # counts then. The price is that a wrong label is learned, too.
        belief = answers.gather(1, label[:, None])[:, 0] / recipe.teacher_doubt
        share = recipe.teacher_share * belief.clamp(max=1)
        soft = F.cross_entropy(logits, answers, reduction="none")
        total = ((1 - share) * hard + share * soft).mean()
        apart = 1 - F.cosine_similarity(imitation[0], features)
        total = total + recipe.imitation_weight * apart.mean()
    # Weightless tasks stay in the sum: DistributedDataParallel waits for every layer's gradient.
    distance = F.smooth_l1_loss(landmarks, xy, reduction="none", beta=0.1).mean(1)
    wrong = F.binary_cross_entropy_with_logits(fingers, up, reduction="none").mean(1)
    total = total + recipe.landmark_weight * (distance * xy_known).mean()
    return total + recipe.finger_weight * (wrong * up_known).mean()


def moving_average(network: nn.Module, decay: float) -> AveragedModel:
    """Return an exponential moving average of a network's weights and statistics.

    It starts as a copy of the network, in eval mode (`.module`), and follows it with
    `update_parameters(network)`. The first steps average over fewer, so that the random start is
    soon forgotten.
    """

    def average(ours: Tensors, theirs: Tensors, averaged: Tensor | int) -> None:
        if not ours[0].is_floating_point():  # BatchNorm's count of batches
            torch._foreach_copy_(ours, theirs)
            return
        n = int(averaged)
        torch._foreach_lerp_(ours, theirs, 1 - min(decay, (1 + n) / (10 + n)))

    averaged = AveragedModel(network, multi_avg_fn=average, use_buffers=True).eval()
    # The first update only copies; spent on the start, it makes each step an average.
    averaged.update_parameters(network)
    return averaged
