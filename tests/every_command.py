"""Runs each command once, and what uses every other library, in one process: for being watched.

    python tests/every_command.py FOLDER

FOLDER gets data/, models/ and out/. Prints the commands that ran, as JSON, on its last line.
"""

import json
import os
import shutil
import sys
from pathlib import Path

REPO = Path(__file__).resolve().parents[1]
# What the commands below do not reach, or reach only where there is something to find.
MORE = (
    "cleanlab.filter",
    "nncf",
    "openTSNE",
    "openvino",
    "pandas",
    "plotly.graph_objects",
    "sklearn.manifold",
    "streamlit",
    "streamlit_webrtc",
    "torch.utils.tensorboard",
)


def commands(folder: Path) -> list[list[str]]:
    """Return the words of each command, in an order that lets each find what it needs."""
    out = folder / "out"
    data, photo = folder / "data" / "few", next((folder / "data" / "few" / "two").iterdir())
    mine = ["--model", "mine", "--data", str(data)]
    learn = "--epochs 1 --steps 1 --workers 0 --renders 0 --bent 0 --batch-size 4 --draws 8"
    learn = [*learn.split(), *("--size", "32", "--first-size", "32")]
    return [
        ["where"],
        ["render", "--out", f"{out}/drawn", "--per-label", "1", "--sessions", "1", "--size", "64"],
        ["import", f"{out}/drawn", "--data", f"{folder}/data/drawn"],
        ["train", "--data", str(data), "--name", "mine", "--copies", "0", "--epochs", "1"],
        ["evaluate", *mine],
        ["diagnose", *mine, "--split", "all"],
        ["compare", "hands", "mine", "--data", str(data)],
        ["predict", "--model", "hands", str(photo)],
        [*("import-checkpoint", f"{out}/plain.pth", "--name", "foreign"), "--classes", "one,two"],
        ["export-photos", "--data", str(data), "--zip", f"{out}/photos.zip"],
        ["watch", "--video", f"{out}/clip.mjpeg"],
        ["export", "--onnx", f"{out}/hands.onnx"],
        ["parity", "--data", str(data), "--limit", "2"],
        ["check"],
        ["empty-bin", "--data", str(data)],
        ["empty-bin", "--models"],
        ["bench", "--data", str(data)],
        ["pretrain", "--data", str(data), "--out", f"{out}/learned", *learn],
    ]


def prepare(folder: Path) -> None:
    """Put the model that ships and a few of the sample's photos where the commands look."""
    import torch
    from torchvision.models import resnet18

    for name in ("data", "models", "out"):
        (folder / name).mkdir()
    shutil.copytree(REPO / "models" / "hands", folder / "models" / "hands")
    for label in ("one", "two"):
        photos = sorted((REPO / "data" / "sample" / label).glob("*.jpg"))
        (folder / "data" / "few" / label).mkdir(parents=True)
        for photo in photos[:10]:
            shutil.copy(photo, folder / "data" / "few" / label)
        with (folder / "out" / "clip.mjpeg").open("ab") as clip:
            clip.writelines(photo.read_bytes() for photo in photos[:3])
    torch.save(resnet18(num_classes=2).state_dict(), folder / "out" / "plain.pth")


def look(folder: Path) -> None:
    """Ask where the network looked, as Evaluate does; loads captum and matplotlib."""
    from fingercount import load_model
    from fingercount.diagnosis.gradcam import where_it_looked
    from fingercount.imaging.read import read_image

    photo = next((folder / "data" / "few" / "two").iterdir())
    where_it_looked(load_model("hands"), read_image(photo), "two")


def main(folder: Path) -> None:
    os.environ["FINGERCOUNT_DATA"] = str(folder / "data")
    os.environ["FINGERCOUNT_MODELS"] = str(folder / "models")
    import fingercount.cli.main
    from fingercount.checks import speed

    speed.FRAMES = 1  # how fast it is, is of no interest here
    prepare(folder)
    ran = []
    for words in commands(folder):
        code = fingercount.cli.main.main(words)
        assert code == 0, words
        ran.append(words[0])
    look(folder)
    for module in MORE:
        __import__(module)
    print(json.dumps(ran))


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
