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
picture = ImageOps.exif_transpose(Image.open(sys.argv[2]))
if picture.has_transparency_data:  # what is see-through shows white
    picture = picture.convert("RGBA")
    picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
photo = np.asarray(picture.convert("RGB"))
probabilities, *hand = session.run(None, {"photo": photo})
said = dict(zip(json.loads(about["classes"]), map(float, probabilities)))

answer = best = max(said, key=said.get)
no_hand = said.get("none", 1 - float(hand[0][0]) if hand else 0.0)
sure = said[answer] * (1 - no_hand if hand else 1)
if no_hand > sure:
    answer = "none"
elif answer != "none" and (no_hand > float(about["no_hand"]) or sure < float(about["threshold"])):
    answer = "not sure"
print(f"{answer} ({best} {said[best]:.0%})")
