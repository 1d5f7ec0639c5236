"""Advice on the photos, as Collect shows it."""

import numpy as np
import pytest

from fingercount.data.dataset import Dataset
from fingercount.imaging.read import encode_jpeg


@pytest.fixture(autouse=True)
def path(open_page):
    """Make `components` importable."""


def test_it_is_found_in_a_thread_once_and_again_after_a_change(folders):
    from components.collect import advice

    dataset = Dataset.create(folders[0] / "mine")
    assert advice.advice(dataset) is None
    for n in range(16):
        rgb = np.full((48, 48, 3), (90, 110, 130), np.uint8)
        rgb[10:, 20:28] = (215, 165, 135 + n % 3)
        dataset.add(rgb, "a_b", "20260102-101500")
    said = advice.advice(dataset)
    assert said.startswith("The photos of a_b are nearly all the same picture")
    dataset.delete(dataset.photos())
    assert advice.advice(dataset) is None


def test_a_folders_name_is_no_markdown(folders):
    from components.collect import advice

    folder = folders[0] / "mine" / "~two~"
    folder.mkdir(parents=True)
    for n in range(16):
        photo = np.full((48, 48, 3), 100 + n // 4, np.uint8)
        (folder / f"20260102-101500-{n:04d}.jpg").write_bytes(encode_jpeg(photo))
    assert "\\~two\\~ are all equally bright" in advice.advice(Dataset(folders[0] / "mine"))
