"""The file that a run goes on from; what it refuses stands in test_train.py."""

import torch
from torch import nn

from fingercount.pretraining.checkpoint import TrainingState, resume, save
from fingercount.pretraining.network import moving_average

ABOUT = {"recipe": {"lr": 0.1}, "classes": ["one"], "origin": {}, "seen": ["a"]}
CPU = torch.device("cpu")


def training(seed: int) -> TrainingState:
    torch.manual_seed(seed)
    network = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2))
    optimizer = torch.optim.AdamW(network.parameters(), lr=0.1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.1, total_steps=20)
    return TrainingState(network, moving_average(network, 0.5), optimizer, schedule)


def step(state: TrainingState) -> None:
    state.optimizer.zero_grad()
    state.network(torch.randn(8, 3)).square().sum().backward()
    state.optimizer.step()
    state.schedule.step()
    state.average.update_parameters(state.network)


def weights(state: TrainingState) -> list[torch.Tensor]:
    return [*state.network.state_dict().values(), *state.average.state_dict().values()]


def test_a_state_that_was_read_again_goes_on_as_the_one_that_was_written(tmp_path):
    first, again = training(0), training(1)
    for _ in range(3):
        step(first)
    save(tmp_path / "at.pt", 4, ABOUT, first)
    assert resume(tmp_path / "at.pt", CPU, ABOUT, again) == 4
    for state in (first, again):
        torch.manual_seed(2)
        step(state)
    assert all(torch.equal(a, b) for a, b in zip(weights(first), weights(again)))


def test_the_file_holds_plain_names_so_that_old_ones_are_read_and_teachers_loaded(tmp_path):
    state = training(0)
    step(state)
    save(tmp_path / "at.pt", 1, ABOUT, state)
    written = torch.load(tmp_path / "at.pt", weights_only=True)
    assert written["average"].keys() == state.network.state_dict().keys()
    assert written["average_steps"] == 1


def test_without_a_file_a_run_begins(tmp_path):
    assert resume(tmp_path / "none.pt", CPU, ABOUT, training(0)) == 0
