"""Count the fingers on a photo with an export: python count_onnx.py hands.onnx photo.jpg

Needs only onnxruntime and Pillow; the file comes from `python -m fingercount export`.
"""

import json
import sys

import numpy as np
import onnxruntime
from PIL import Image, ImageOps

session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
about = session.get_modelmeta().custom_metadata_map
photo = np.asarray(ImageOps.exif_transpose(Image.open(sys.argv[2])).convert("RGB"))
(probabilities,) = session.run(None, {"photo": photo})
said = dict(zip(json.loads(about["classes"]), map(float, probabilities)))

answer = max(said, key=said.get)
no_hand = said.get("none", 1 - sum(said.values()))
if no_hand > said[answer]:
    answer = "none"
elif answer != "none" and (
    no_hand > float(about["no_hand"]) or said[answer] < float(about["threshold"])
):
    answer = "not sure"
print(f"{answer} ({max(said.values()):.0%})")
