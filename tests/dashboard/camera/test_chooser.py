"""What cameras are called, and which one is taken."""

import pytest


@pytest.fixture(autouse=True)
def path(open_page):
    """Make `components` importable."""


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        (["HD Webcam (046d:0825)", "OBS Virtual Camera"], ["HD Webcam", "OBS Virtual Camera"]),
        (["camera2 1, facing front", "camera2 0, facing back"], ["Front camera", "Back camera"]),
        (
            ["camera2 0, facing back", "camera2 2, facing back"],
            ["Back camera 1", "Back camera 2"],
        ),
        (["USB Camera (1bcf:2281)", "USB Camera (1bcf:2284)"], ["USB Camera 1", "USB Camera 2"]),
        (["(046d:0825)", "Integrated"], ["Camera", "Integrated"]),
    ],
)
def test_cameras_have_names_that_people_know_and_each_another(labels, names):
    from components.camera.chooser import camera_names

    assert camera_names(labels) == names


@pytest.mark.parametrize(
    ("answer", "cameras"),
    [
        (None, {}),
        ({"cameras": None}, {}),
        ({"cameras": [{"id": "", "label": ""}]}, {}),
        (
            {"cameras": [{"id": "a", "label": "USB"}, {"id": "b", "label": "USB"}]},
            {"a": "USB 1", "b": "USB 2"},
        ),
    ],
)
def test_cameras_without_a_name_are_not_yet_known(answer, cameras):
    from components.camera.chooser import cameras_in

    assert cameras_in(answer) == cameras


def test_the_chooser_shows_what_the_browser_opened_and_nothing_else(monkeypatch):
    from components.camera import chooser

    state = {}
    monkeypatch.setattr(chooser.st, "session_state", state)
    listed = [{"id": "a", "label": "USB"}, {"id": "b", "label": "OBS"}]
    chooser.take_answer({"cameras": listed, "picked": "b"})
    assert chooser.picked_camera() == "b"
    chooser.take_answer({"cameras": listed, "picked": "gone"})
    chooser.take_answer(None)
    assert chooser.picked_camera() == "b"
