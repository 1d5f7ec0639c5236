"""A camera as frames with times."""

import pytest

from fingercount.errors import FingercountError
from fingercount.live.camera import camera_frames


def test_a_camera_that_is_not_there_is_advice():
    with pytest.raises(FingercountError, match="no camera 97"):
        next(camera_frames(97))
