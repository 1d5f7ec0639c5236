"""Each peer's files, small ones in the form that it writes."""

import json

import numpy as np
import pytest

from fingercount.data.importing.layout import find_photos
from fingercount.data.importing.peers.yolo import names_in_yaml
from fingercount.errors import FingercountError


def labels(photos: list[str], tables: dict[str, object], **options) -> dict[str, tuple]:
    """Return {path: (label, side, session)} as read from tables: values as JSON, or text."""
    content = {
        path: (value if isinstance(value, str) else json.dumps(value)).encode()
        for path, value in tables.items()
    }
    layout = find_photos([*photos, *content], read=content.__getitem__, **options)
    return {p.path: (p.label, p.side, p.session) for p in layout.photos}


def only_labels(photos, tables, **options) -> dict[str, str]:
    return {path: found[0] for path, found in labels(photos, tables, **options).items()}


PHOTOS = ["data/a.jpg", "data/b.jpg"]
A_ONE = {"data/a.jpg": "one", "data/b.jpg": "two"}


@pytest.mark.parametrize(
    "given",
    [
        {"a": 0, "b": 1},
        {"a": "one", "b": "two"},
        {"a": {"label": "one", "confidence": 1.0}, "b": {"label": "two"}},
        {"a.jpg": [0], "b.jpg": [1]},
        {"a": 0, "b": 1, "gone": 1, "strange": 7},
    ],
)
def test_fiftyone(given):
    table = {"classes": ["one", "two"], "labels": given}
    assert only_labels(PHOTOS, {"labels.json": table}) == A_ONE


def choice(name: str) -> list:
    return [{"type": "choices", "value": {"choices": [name]}}]


@pytest.mark.parametrize(
    "tasks",
    [
        [
            {
                "data": {"image": "/data/upload/1/0123abcd-a.jpg"},
                "annotations": [{"result": choice("one")}],
            },
            {
                "file_upload": "0123abcd-b.jpg",
                "annotations": [{"result": choice("two")}],
                "data": {},
            },
        ],
        [
            {"image": "/data/local-files/?d=data/a.jpg", "choice": "one", "id": 1},
            {"image": "s3://bucket/data/b.jpg", "choice": "two", "id": 2},
        ],
        [
            {
                "data": {"img": "a.jpg"},
                "annotations": [
                    {"was_cancelled": True, "result": choice("two")},
                    {"result": choice("one")},
                ],
            },
            {"data": {"img": "b.jpg"}, "annotations": [{"result": choice("two")}]},
        ],
    ],
    ids=["uploads", "json-min", "cancelled"],
)
def test_label_studio(tasks):
    assert only_labels(PHOTOS, {"project.json": tasks}) == A_ONE


def test_cvat_tags():
    xml = (
        '<annotations><image id="0" name="a.jpg" subset="Train"><tag label="one"/></image>'
        '<image id="1" name="data/b.jpg" subset="Test"><tag label="two" source="manual"/></image>'
        "</annotations>"
    )
    found = labels(PHOTOS, {"annotations.xml": xml})
    assert found == {"data/a.jpg": ("one", "train", None), "data/b.jpg": ("two", "test", None)}
    assert labels(PHOTOS, {"annotations.xml": '<!DOCTYPE x [<!ENTITY a "b">]>' + xml}) == {}


def test_datumaro():
    table = {
        "categories": {"label": {"labels": [{"name": "one"}, {"name": "two"}]}},
        "items": [
            {
                "id": "a",
                "annotations": [{"type": "label", "label_id": 0}],
                "image": {"path": "a.jpg"},
            },
            {"id": "b", "annotations": [{"type": "label", "label_id": 1}]},
        ],
    }
    assert only_labels(PHOTOS, {"annotations/default.json": table}) == A_ONE


@pytest.mark.parametrize(
    "text",
    [
        "id,label\na.jpg,one\nb.jpg,two\n",
        "id,label\na,1\nb,2\n",
        "filename;class\ndata/a.jpg;one\ndata/b.jpg;two\n",
        "image\tcount\tbrightness\na.jpg\t1\t7\nb.jpg\t2\t9\n",
        "data\\a.jpg,one\ndata\\b.jpg,two\n",
        "filename, one, two\na.jpg, 1, 0\nb.jpg, 0, 1\n",
        "image,choice,id,annotator\n/data/upload/1/0123abcd-a.jpg,one,1,1\nx/b.jpg,two,2,1\n",
    ],
    ids=["kaggle", "stems", "semicolons", "tabs", "no-header", "roboflow", "label-studio"],
)
def test_csv(text):
    assert only_labels(PHOTOS, {"train.csv": text}) == A_ONE


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (
            "metadata.jsonl",
            '{"file_name": "a.jpg", "label": "one"}\n{"file_name": "b.jpg", "label": 2}',
        ),
        ("labels.json", [{"image": "a.jpg", "class": "one"}, {"image": "b.jpg", "class": "two"}]),
        ("labels.json", {"a.jpg": "one", "b.jpg": "2"}),
    ],
    ids=["lines", "records", "object"],
)
def test_json_of_no_program_in_particular(name, content):
    assert only_labels(PHOTOS, {name: content}) == A_ONE


def test_a_column_of_something_else_is_no_label():
    assert not labels(PHOTOS, {"t.csv": "file,camera\na.jpg,nikon\nb.jpg,canon\n"})
    assert only_labels(PHOTOS, {"t.csv": "file,shown\na.jpg,1\nb.jpg,2 fingers\n"}) == A_ONE


def test_a_folder_beside_a_table_that_is_not_understood_is_no_label():
    layout = find_photos(["hands/a.jpg", "hands/b.jpg", "x.json"], read=lambda _: b'{"a": [[1]]}')
    assert layout.flat and layout.unread == ["x.json"] and len(layout.skipped) == 2


def test_csvs_beside_their_photos_say_sides_and_sessions():
    photos = ["train/1.jpg", "train/2.jpg", "test/1.jpg"]
    tables = {
        "train/_classes.csv": "filename,one,two\n1.jpg,1,0\n2.jpg,0,1\n",
        "test/_classes.csv": "filename,one,two\n1.jpg,0,1\n",
    }
    assert labels(photos, tables) == {
        "train/1.jpg": ("one", "train", None),
        "train/2.jpg": ("two", "train", None),
        "test/1.jpg": ("two", "test", None),
    }
    rows = "path,label,split,session\ndata/a.jpg,one,val,ann\ndata/b.jpg,two,test,bob\n"
    assert labels(PHOTOS, {"photos.csv": rows}) == {
        "data/a.jpg": ("one", "val", "ann"),
        "data/b.jpg": ("two", "test", "bob"),
    }


def test_photos_that_a_table_does_not_name_stay_out():
    photos = [*PHOTOS, "test/c.jpg"]
    layout = find_photos([*photos, "t.csv"], read=lambda _: b"id,label\na,one\nb,two\n")
    assert layout.skipped == [("test/c.jpg", "t.csv does not name it")]


@pytest.mark.parametrize(
    "text",
    ["id,width,height\na,640,480\nb,640,480\n", "broken", '{"a": 1'],
    ids=["other", "text", "cut"],
)
def test_a_table_that_says_no_labels_makes_no_label_of_its_folder(text):
    assert not labels(PHOTOS, {"about.json": text})


def test_folders_named_for_counts_come_before_a_table():
    photos = ["one/a.jpg", "two/b.jpg"]
    table = {"t.csv": "id,label\na,five\nb,five\n"}
    assert only_labels(photos, table) == {"one/a.jpg": "one", "two/b.jpg": "two"}
    assert set(only_labels(photos, table, labels_from="table").values()) == {"five"}


def test_teachable_machine():
    photos = ["Class 1-!-0.jpg", "my fist-!-1.jpg", "my fist-!-2.jpg"]
    manifest = {"manifest.json": {"type": "image", "appdata": {}}}
    assert set(only_labels(photos, manifest).values()) == {"one", "my fist"}
    with pytest.raises(FingercountError, match="type audio"):
        labels([], {"manifest.json": {"type": "audio", "appdata": {}}})


COCO = {
    "images": [{"id": 7, "file_name": "a.jpg", "width": 200, "height": 100}, {"id": 8}],
    "annotations": [
        {"image_id": 7, "category_id": 2, "bbox": [20, 10, 40, 50]},
        {"image_id": 7, "category_id": 1, "bbox": [100, 10, 40, 50]},
        {"image_id": 7, "category_id": 1, "bbox": []},
        {"image_id": 8, "category_id": 1, "bbox": [1, 1, 2, 2]},
        {"image_id": 7, "category_id": 9, "bbox": [1, 1, 2, 2]},
    ],
    "categories": [{"id": 0, "name": "hands"}, {"id": 1, "name": "one"}, {"id": 2, "name": "two"}],
}


def test_cocos_boxes_are_hands_to_cut_out():
    tables = {"valid/_annotations.coco.json": COCO}
    photos = ["train/a.jpg", "valid/a.jpg"]
    layout = find_photos([*photos, *tables], read=lambda path: json.dumps(tables[path]).encode())
    assert [(p.path, p.label, p.side, p.box) for p in layout.photos] == [
        ("valid/a.jpg", "two", "val", (0.1, 0.1, 0.2, 0.5)),
        ("valid/a.jpg", "one", "val", (0.5, 0.1, 0.2, 0.5)),
    ]
    assert layout.skipped == [("train/a.jpg", "valid/_annotations.coco.json does not name it")]


@pytest.mark.parametrize(
    ("photo", "text", "names", "says"),
    [
        ("test/images/a.jpg", "test/labels/a.txt", "data.yaml", "names: ['one', \"two\"]\nnc: 2"),
        (
            "images/test/a.jpg",
            "labels/test/a.txt",
            "data.yaml",
            "names:\n  0: one\n  1: two\nnc: 2",
        ),
        ("test/a.jpg", "test/a.txt", "test/classes.txt", "one\ntwo\n"),
        ("test/a.jpg", "test/a.txt", "data.yml", "path: .\nnames:\n- one\n- two\nnc: 2\n"),
    ],
    ids=["roboflow", "ultralytics", "classes", "list"],
)
def test_yolos_boxes_are_hands_to_cut_out(photo, text, names, says):
    lines = "1 0.5 0.4 0.2 0.4\n0 0.1 0.1 0.3 0.1 0.3 0.5\n9 0.5 0.5 0.1 0.1\nnonsense\n"
    files = {text: lines, names: says}
    layout = find_photos([photo, *files], read=lambda path: files[path].encode())
    found = [(p.path, p.label, p.side, np.round(p.box, 3).tolist()) for p in layout.photos]
    assert found == [
        (photo, "two", "test", [0.4, 0.2, 0.2, 0.4]),
        (photo, "one", "test", [0.1, 0.1, 0.2, 0.4]),
    ]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("names: [no, 'two hands', \"three\"]", {0: "no", 1: "two hands", 2: "three"}),
        ("nc: 2\nnames:  # of the classes\n  0: one # up\n  7: 'two'\n", {0: "one", 7: "two"}),
        ("names: {0: one, 1: two}", {0: "one", 1: "two"}),
        ("names: [one, [two]]", {0: "one"}),
        ("names: one", {}),
        ("names: [one", {}),
        ("- names", {}),
        ("train: images", {}),
    ],
)
def test_the_names_of_a_data_yaml(text, names):
    assert names_in_yaml(text) == names


def test_boxes_that_say_only_hand_leave_the_labels_to_the_folders():
    files = {"data.yaml": "names: [hand]", "one/a.txt": "0 0.5 0.5 0.1 0.1"}
    layout = find_photos(["one/a.jpg", "two/b.jpg", *files], read=lambda path: files[path].encode())
    assert [(p.label, p.box) for p in layout.photos] == [("one", None), ("two", None)]


def test_hagrid_hands_are_cut_out_and_users_are_sessions():
    facts = {
        "bboxes": [[0.1, 0.1, 0.2, 0.3], [0.6, 0.1, 0.2, 0.3]],
        "labels": ["two_up", "no_gesture"],
        "user_id": "u7",
    }
    tables = {"annotations/test/two_up.json": {"a": facts, "gone": facts}}
    layout = find_photos(
        ["images/a.jpg", *tables], read=lambda path: json.dumps(tables[path]).encode()
    )
    assert [(p.label, p.session, p.side, p.box) for p in layout.photos] == [
        ("two", "u7", "test", (0.1, 0.1, 0.2, 0.3)),
        ("none", "u7", "test", (0.6, 0.1, 0.2, 0.3)),
    ]


@pytest.mark.parametrize(
    "names",
    [("0a_1L.png", "0b_2R.png"), ("one0.jpg", "two7.jpg"), ("one (1).jpg", "two (2).jpg")],
    ids=["kaggle-fingers", "words", "windows"],
)
def test_labels_in_names(names):
    assert list(only_labels([f"train/{n}" for n in names], {}).values()) == ["one", "two"]
    assert list(only_labels(list(names), {}).values()) == ["one", "two"]


def test_less_clear_names_count_only_if_asked():
    photos = ["1_a.jpg", "2_b.jpg"]
    assert not only_labels(photos, {})
    assert list(only_labels(photos, {}, labels_from="names").values()) == ["one", "two"]
