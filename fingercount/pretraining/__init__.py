"""How models/hands was made: a ResNet-18 learns hands, taught by a network that knows ImageNet.

python -m fingercount pretrain --data PHOTOS --landmarks landmarks.npz --out runs/hands

photos.py reads the sets and scenes.py the frames they came from, cutouts.py lifts hands off plain
walls, backgrounds.py makes pictures without a hand, scene.py draws each training picture,
teacher.py is the network that teaches, recipe.py holds the numbers, train.py trains.
"""
