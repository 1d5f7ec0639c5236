"""How models/hands was made: a ResNet-18 from scratch on photos of hands.

python -m fingercount pretrain --data PHOTOS --landmarks landmarks.npz --out runs/hands

photos.py reads the sets, cutouts.py lifts hands off plain walls, scene.py draws each training
picture, recipe.py holds the numbers, loop.py trains.
"""
