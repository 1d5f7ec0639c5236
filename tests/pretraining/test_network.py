"""The network with its two extra tasks, what they cost, and the average of its weights."""

import pytest
import torch
from torchvision.models import resnet18

from fingercount.pretraining.network import HandNet, loss, moving_average
from fingercount.pretraining.recipe import Recipe

RECIPE = Recipe(size=32, label_smoothing=0.0)


@pytest.mark.parametrize("size", [32, 48, 64, 128])
def test_it_answers_three_questions_about_pictures_of_any_size(size):
    network = HandNet(7).eval()
    classes, fingers, landmarks = network(torch.zeros(2, 3, size, size))
    assert (classes.shape, fingers.shape, landmarks.shape) == ((2, 7), (2, 5), (2, 42))


def test_without_the_extra_tasks_it_is_a_resnet18():
    torch.manual_seed(0)
    network = HandNet(3).eval()
    plain = resnet18(num_classes=3).eval()
    plain.load_state_dict(network.resnet.state_dict())
    x = torch.randn(2, 3, 32, 32)
    assert torch.allclose(network(x)[0], plain(x), atol=1e-6)


def outputs(n=2):
    generator = torch.Generator().manual_seed(0)
    return [torch.randn(n, k, generator=generator) for k in (3, 5, 42)]


def batch(xy_known, up_known, xy=1.0):
    n = len(xy_known)
    return (
        None,
        torch.zeros(n, dtype=torch.long),
        torch.full((n, 42), xy),
        torch.tensor(xy_known),
        torch.ones(n, 5),
        torch.tensor(up_known),
    )


def test_what_is_not_known_costs_nothing():
    nothing = loss(outputs(), batch([False, False], [False, False]), RECIPE)
    assert nothing == torch.nn.functional.cross_entropy(outputs()[0], torch.zeros(2).long())
    far = loss(outputs(), batch([False, False], [False, False], xy=1000.0), RECIPE)
    assert far == nothing
    assert loss(outputs(), batch([True, False], [False, False]), RECIPE) > nothing
    assert loss(outputs(), batch([False, False], [True, False]), RECIPE) > nothing


def test_unknown_landmarks_get_no_gradient():
    parts = [part.requires_grad_() for part in outputs()]
    loss(parts, batch([True, False], [False, True]), RECIPE).backward()
    assert parts[2].grad[0].any() and not parts[2].grad[1].any()
    assert parts[1].grad[1].any() and not parts[1].grad[0].any()


def test_the_tasks_weights_scale_them():
    def cost(**weights):
        recipe = Recipe(**{**RECIPE.to_json(), **weights})
        return float(loss(outputs(), batch([True, True], [True, True]), recipe))

    alone = cost(landmark_weight=0.0, finger_weight=0.0)
    for name in ("landmark_weight", "finger_weight"):
        none = {"landmark_weight": 0.0, "finger_weight": 0.0}
        once, twice = cost(**{**none, name: 1.0}), cost(**{**none, name: 2.0})
        assert once > alone and twice - alone == pytest.approx(2 * (once - alone), rel=1e-4)


def test_a_task_without_weight_still_has_its_gradient():
    """DistributedDataParallel waits for it."""
    parts = [part.requires_grad_() for part in outputs()]
    recipe = Recipe(**{**RECIPE.to_json(), "landmark_weight": 0.0, "finger_weight": 0.0})
    loss(parts, batch([True, True], [True, True]), recipe).backward()
    assert all(part.grad is not None for part in parts)
    assert not parts[1].grad.any() and not parts[2].grad.any()


def test_the_average_follows_slowly_and_is_a_copy():
    network = torch.nn.Sequential(torch.nn.Linear(2, 1), torch.nn.BatchNorm1d(1))
    torch.nn.init.zeros_(network[0].weight)
    average = moving_average(network, decay=0.9)
    assert not average.training and not average.module.training
    torch.nn.init.ones_(network[0].weight)
    network[1].running_mean.fill_(5)
    network[1].num_batches_tracked.fill_(7)
    seen = []
    for _ in range(60):
        average.update_parameters(network)
        seen.append(float(average.module[0].weight.detach()[0, 0]))
    assert seen == sorted(seen) and 0 < seen[0] < 1
    assert seen[0] == pytest.approx(1 - 2 / 11), "the first steps forget the start"
    assert seen[-1] == pytest.approx(1, abs=1e-2)
    assert average.module[1].running_mean.item() == pytest.approx(5, abs=0.05), "statistics too"
    assert average.module[1].num_batches_tracked.item() == 7, "a count is copied, not averaged"
    late = seen[40] + 0.1 * (1 - seen[40])
    assert seen[41] == pytest.approx(late, rel=1e-4), "later ones keep nine tenths"
