"""The Collect page without a camera: what it shows, and what its buttons do."""

import numpy as np
import pytest

from fingercount.data.dataset import SAMPLE, Dataset, open_dataset
from fingercount.errors import FingercountError
from fingercount.live.burst import Burst
from fingercount.paths import data_dir
from tests.conftest import draw

SESSION = "20260102-101500"


def photo(value):
    return np.full((48, 48, 3), value, np.uint8)


@pytest.fixture
def hands(folders):
    dataset = Dataset.create(folders[0] / "my hand")
    for n in range(30):
        dataset.add(photo(8 * n), "two", SESSION)
    for n in range(3):
        dataset.add(photo(200 + n), "five", SESSION)
    return dataset


def words(app):
    return " ".join(str(element.value) for element in [*app.caption, *app.markdown, *app.error])


def test_empty_it_says_what_to_do_and_writes_nothing(open_page, folders):
    app = open_page("collect")
    assert "Two labels with twenty photos each" in words(app)
    assert app.button(key="collect_burst_start").disabled
    assert not list(folders[0].iterdir())


@pytest.mark.parametrize("label", ["Thumbs up", "2", "two"])
def test_a_label_can_be_typed(open_page, label):
    app = open_page("collect", collect_label=label)
    assert not app.error
    assert "Start the camera" in words(app)


@pytest.mark.parametrize("label", ["a/b", "..", "not sure", "train"])
def test_a_label_that_cannot_be_one_is_refused(open_page, label):
    app = open_page("collect", collect_label=label)
    assert len(app.error) == 1
    assert app.button(key="collect_burst_start").disabled


def test_a_dataset_name_that_climbs_out_is_refused(open_page):
    app = open_page("collect", collect_dataset="../elsewhere")
    assert "cannot be a folder" in app.error[0].value


def test_gallery_shows_one_page_of_one_label_the_newest_first(open_page, hands):
    app = open_page("collect")
    picks = [box for box in app.checkbox if box.key.startswith("collect_pick_two")]
    assert len(picks) == 24
    app.get("button_group")[0].set_value("five").run()
    assert [box.key for box in app.checkbox] == [
        f"collect_pick_five/{SESSION}-{n:04d}.jpg" for n in (33, 32, 31)
    ]


def test_select_delete_and_undo(open_page, hands):
    app = open_page("collect")
    app.checkbox[0].check().run()
    app.checkbox[2].check().run()
    assert app.button(key="collect_delete").label == "Delete 2"
    app.button(key="collect_delete").click().run()
    assert hands.counts() == {"two": 28, "five": 3}
    app.button(key="collect_undo").click().run()
    assert hands.counts() == {"two": 30, "five": 3}


def test_select_all_is_pressed_again_for_none(open_page, hands):
    app = open_page("collect")
    app.checkbox[0].check().run()
    app.button(key="collect_select_all").click().run()
    assert app.button(key="collect_delete").label == "Delete 30"
    app.button(key="collect_select_all").click().run()
    assert app.button(key="collect_delete").label == "Delete"
    assert not any(box.value for box in app.checkbox)


def test_the_larger_view_turns_selects_and_deletes(open_page, hands):
    app = open_page("collect")
    app.checkbox[1].check().run()
    app.button(key="collect_look").click().run()
    assert "2 of 30 · two · session 02 Jan 2026, 10:15" in words(app)
    app.button(key="collect_next").click().run()
    assert "3 of 30" in words(app)
    app.button(key="collect_large_select").click().run()
    assert app.button(key="collect_large_select").label == "Selected"
    app.button(key="collect_large_delete").click().run()
    assert "3 of 29" in words(app) and hands.counts()["two"] == 29
    app.button(key="collect_previous").click().run()
    app.button(key="collect_previous").click().run()
    app.button(key="collect_previous").click().run()
    assert "29 of 29" in words(app)
    assert app.button(key="collect_delete").label == "Delete 1"


def test_the_filter_leaves_the_photos_of_one_session_or_person(open_page, hands):
    hands.add(photo(9), "two", "20260203-101500", person="Ada")
    app = open_page("collect")
    assert len(app.checkbox) == 24
    pills = {group.key: group for group in app.get("button_group")}
    assert set(pills) == {
        "collect_gallery_label",
        "collect_filter_session",
        "collect_filter_person",
    }, "no photo has a side yet, so none is offered"
    pills["collect_filter_person"].set_value("Ada").run()
    assert [box.key for box in app.checkbox] == ["collect_pick_two/20260203-101500-0001.jpg"]
    assert app.button(key="collect_select_all").label == "Select all 1"
    assert "leaves out 30 of 31" in words(app)
    app.button(key="collect_select_all").click().run()
    app.button(key="collect_delete").click().run()
    assert hands.counts()["two"] == 30
    assert len(app.checkbox) == 24, "a person who is gone filters nothing"


def test_select_all_reaches_beyond_the_page_and_relabel_moves_it(open_page, hands):
    app = open_page("collect")
    app.button(key="collect_select_all").click().run()
    app.selectbox(key="collect_relabel_to").set_value("five").run()
    app.button(key="collect_relabel").click().run()
    assert hands.counts() == {"two": 0, "five": 33}


def test_a_photo_that_cannot_be_read_is_named_and_the_rest_is_shown(open_page, hands):
    (hands.root / "two" / f"{SESSION}-0030.jpg").write_bytes(b"broken")
    app = open_page("collect")
    assert f"two/{SESSION}-0030.jpg cannot be read" in words(app)
    assert len(app.checkbox) == 24


def test_a_new_person_or_new_session_begins_a_session(open_page):
    app = open_page("collect")
    first = app.session_state["collect_session"]
    app.button(key="collect_chip_two").click().run()
    assert app.session_state["collect_session"] == first
    app.text_input(key="collect_person").set_value("Ada").run()
    second = app.session_state["collect_session"]
    assert second.person == "Ada" and second is not first
    app.button(key="collect_new_session").click().run()
    assert app.session_state["collect_session"] is not second


def test_the_session_survives_a_reload(open_page):
    app = open_page("collect")
    app.query_params["collect_session"] = "20250101-000000"
    del app.session_state["collect_session"]
    app.run()
    assert app.session_state["collect_session"].session == "20250101-000000"
    app.query_params["collect_session"] = "../../elsewhere"
    del app.session_state["collect_session"]
    app.run()
    assert "elsewhere" not in app.session_state["collect_session"].session


def test_a_full_disk_in_a_burst_is_shown_and_what_was_saved_stays(open_page, hands):
    def save(crop):
        if len(hands.photos(label="one")) == 2:
            raise FingercountError("Could not write: No space left on device.")
        hands.add(crop, "one", SESSION)

    burst = Burst(save, count=5)
    for n in range(5):
        burst.offer(photo(n), now=n)
    assert burst.wait(10)
    app = open_page("collect", collect_burst=burst)
    assert app.error[0].value.startswith("Stopped after 2 of 5 photos. Could not write")
    assert hands.counts()["one"] == 2


def test_what_ships_is_shown_and_copied_on_demand(open_page, installed):
    app = open_page("collect", collect_dataset=SAMPLE)
    assert "ships with fingercount and cannot be changed" in words(app)
    app.checkbox[0].check().run()
    app.button(key="collect_delete").click().run()
    assert "Collect makes a copy" in app.error[0].value
    app.button(key="collect_copy").click().run()
    assert not app.exception and "ships with fingercount" not in words(app)
    assert open_dataset(SAMPLE).root == data_dir() / SAMPLE
    app.checkbox[0].check().run()
    app.button(key="collect_delete").click().run()
    assert not app.error and len(open_dataset(SAMPLE).photos()) == 47


def test_the_sample_offers_a_data_set_of_ones_own_in_place_of_recording(open_page, make_photos):
    make_photos("data/sample", labels=("one", "two"), n=2)
    make_photos("data/mine", labels=("one", "two"), n=2)
    app = open_page("collect", dataset="sample")
    assert app.selectbox(key="collect_dataset").value == SAMPLE
    keys = [button.key for button in app.button]
    assert "collect_burst_start" not in keys and "collect_one" not in keys
    assert "for trying things out" in app.info[0].value
    app.button(key="collect_own").click().run()
    assert app.selectbox(key="collect_dataset").value == "my hand"
    assert "collect_burst_start" in [button.key for button in app.button]
    assert not app.exception


def test_the_bin_says_how_large_it_is_and_is_emptied(open_page, folders):
    dataset = Dataset.create(folders[0] / "mine")
    for i in range(3):
        dataset.add(draw("two", i), "two", "x")
    dataset.delete(dataset.photos()[:2])
    app = open_page("collect")
    app.button(key="collect_empty_bin").click().run()
    assert not app.exception and not (dataset.root / ".bin").exists()
    assert not [button for button in app.button if button.key == "collect_empty_bin"]
    assert len(dataset.photos()) == 1


def test_labels_are_buttons_with_their_counts_and_keys(open_page, hands):
    app = open_page("collect")
    chips = {
        button.key.removeprefix("collect_chip_"): button
        for button in app.button
        if button.key.startswith("collect_chip_")
    }
    assert list(chips) == ["zero", "one", "two", "three", "four", "five", "none"]
    assert chips["two"].label == "two · 30" and chips["none"].label == "no hand · 0"
    assert [chip.proto.shortcut for chip in chips.values()] == [*"012345", "n"]
    chips["five"].click().run()
    assert app.session_state["collect_label"] == "five"
    assert app.query_params["collect_label"] == "five"


def test_a_new_label_is_typed_once_and_then_a_button(open_page, folders):
    app = open_page("collect")
    app.text_input(key="collect_new_label").set_value("thumb").run()
    assert app.button(key="collect_chip_thumb").label == "thumb · 0"
    assert app.session_state["collect_label"] == "thumb"
    app.button(key="collect_chip_one").click().run()
    assert not app.exception and app.session_state["collect_label"] == "one"


def test_hundreds_of_labels_do_not_become_hundreds_of_buttons(open_page, folders):
    dataset = Dataset.create(folders[0] / "many")
    for n in range(60):
        (dataset.root / f"sign {n}").mkdir()
    app = open_page("collect")
    assert sum(button.key.startswith("collect_chip_") for button in app.button) == 40
    app.selectbox(key="collect_other_label").set_value("sign 59").run()
    assert app.session_state["collect_label"] == "sign 59" and not app.exception


def test_a_recording_is_found_again_after_a_reload_and_says_why_it_ended(open_page, hands):
    from components.collect.recordings import recordings

    burst = Burst(lambda crop: None, count=20)
    burst.stop("The camera stopped after 3 of 20 photos.")
    recordings().begin("20250101-000000", burst)
    app = open_page("collect", {"collect_session": "20250101-000000"})
    assert [error.value for error in app.error] == ["The camera stopped after 3 of 20 photos."]


def test_leaving_the_page_ends_a_recording_and_says_so(open_page, hands):
    burst = Burst(lambda crop: None, count=20, patience=60)
    app = open_page("train", collect_burst=burst)
    assert burst.done
    said = "Leaving the page ended the recording: 0 of 20 photos saved."
    assert said in [info.value for info in app.info]
    app.run()
    assert said in [info.value for info in app.info], "for a while, whatever is drawn again"
