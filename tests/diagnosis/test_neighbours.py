import numpy as np
import pytest

from fingercount.diagnosis.neighbours import nearest


def test_the_nearest_of_a_label_come_first_and_by_their_cosine(world):
    case = world.case()
    asked = int(case.at[0])
    found = nearest(case, case.paths[asked], "two", k=5)
    features = case.features(np.arange(len(case.paths)))
    cosine = features @ features[asked]
    wanted = [n for n in np.argsort(-cosine) if case.labels[n] == "two" and case.trained[n]]
    assert [suspect.path for suspect in found] == case.paths[wanted[:5]].tolist()
    assert [suspect.score for suspect in found] == pytest.approx(cosine[wanted[:5]], abs=1e-5)


def test_a_photo_is_no_neighbour_of_its_own(world):
    world.trained[:] = False  # then all others are asked
    case = world.case()
    found = nearest(case, case.paths[0], case.labels[0], k=1000)
    assert len(found) == (case.labels == case.labels[0]).sum() - 1
    assert case.paths[0] not in [suspect.path for suspect in found]


def test_a_label_without_photos_has_no_neighbours(world):
    case = world.case()
    assert nearest(case, case.paths[0], "five") == []
