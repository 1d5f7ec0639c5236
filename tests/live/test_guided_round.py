"""The guided round: who is asked to show what, and that each label gets the same."""

import numpy as np
import pytest

from fingercount.live.burst import Burst
from fingercount.live.guided_round import COUNTDOWN, STEPS, GuidedRound

LABELS = ["two", "five", "none"]


class Person:
    """Plays a round against a clock that nobody waits for."""

    def __init__(self, labels=LABELS, **options):
        self.photos = dict.fromkeys(labels, 0)
        self.cues = []
        self.now = 0.0
        self.round = GuidedRound(labels, self.begin, **options)

    def begin(self, label):
        def save(crop):
            self.photos[label] += 1

        return Burst(save, count=None, rate=2.5)

    def play(self, seconds, fps=10):
        for _ in range(round(seconds * fps)):
            taken = self.round.offer(np.zeros((8, 8, 3), np.uint8), self.now)
            self.now += 1 / fps
            if taken:  # the writer is a thread; what is tested here is the order of things
                self.wait_for_the_writer()
            if self.round.cue and (not self.cues or self.cues[-1] != self.round.cue):
                self.cues.append(self.round.cue)
            if self.round.done:
                return

    def wait_for_the_writer(self):
        burst = self.round.burst
        while burst.saved < burst._taken:
            pass


def test_each_label_gets_the_same_number_in_two_minutes():
    person = Person()
    person.play(120)
    assert person.round.done and person.round.message is None and person.round.progress == 1
    assert person.photos == {"two": 20, "five": 20, "none": 20}
    assert person.round.saved == 60
    seven = Person(["zero", "one", "two", "three", "four", "five", "none"])
    seven.play(130)
    assert seven.round.done and set(seven.photos.values()) == {20}


def test_it_counts_down_and_says_how_to_vary():
    person = Person(["two"])
    person.play(60)
    words = [cue.words for cue in person.cues]
    assert words[:COUNTDOWN] == ["two in 3", "two in 2", "two in 1"]
    assert list(dict.fromkeys(words[COUNTDOWN:])) == [f"two: {step}" for step in STEPS]
    first = next(cue for cue in person.cues if cue.recording)
    before = [cue for cue in person.cues if cue.words == first.words and not cue.recording]
    assert before, "there is time to do it before photos are taken"


def test_stopping_keeps_what_there_is():
    person = Person()
    person.play(9)
    taken = person.photos["two"]
    assert 0 < taken < 20
    person.round.stop("You left.")
    person.play(9)
    assert person.round.done and person.round.message == "You left."
    assert person.photos == {"two": taken, "five": 0, "none": 0}


def test_a_full_disk_ends_the_round():
    def begin(label):
        return Burst(lambda crop: (_ for _ in ()).throw(OSError("No space left")), count=None)

    round_ = GuidedRound(["two", "five"], begin)
    for n in range(200):
        round_.offer(np.zeros((8, 8, 3), np.uint8), n / 10)
        if round_.burst:
            round_.burst.wait(0.05)
        if round_.done:
            break
    assert round_.done and "No space left" in round_.message


def test_a_step_without_photos_is_over_in_time():
    person = Person(["two"], quota=1000)
    person.play(60)
    assert person.round.done and person.now < 45


@pytest.mark.parametrize("labels", [[]])
def test_no_labels_no_round(labels):
    assert Person(labels).round.done
