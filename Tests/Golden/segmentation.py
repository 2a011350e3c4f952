"""Distance transforms, watersheds, tops, thresholds and pieces by SciPy and scikit-image: Tests/Golden/segmentation.json.

Pictures are made of overlapping discs, so that nothing random is shared.
"""

import json
import pathlib

import numpy as np
import scipy
import skimage
from scipy import ndimage
from skimage.filters import threshold_otsu
from skimage.measure import regionprops
from skimage.morphology import local_maxima, reconstruction
from skimage.segmentation import watershed

SQUARE = np.ones((3, 3))


def discs(width, height, count):
    y, x = np.mgrid[:height, :width]
    mask = np.zeros((height, width), bool)
    for i in range(count):
        cx, cy, r = (7 + 11 * i) % width, (5 + 7 * i * i) % height, 3 + i % 4
        mask |= (x - cx) ** 2 + (y - cy) ** 2 <= r * r
    mask[height // 2, width // 2] = False
    return mask


def case(width, height, count):
    mask = discs(width, height, count)
    squared = np.round(ndimage.distance_transform_edt(mask) ** 2).astype(int)
    distance = np.sqrt(squared.astype(float))
    smooth = np.round(ndimage.gaussian_filter(distance, 1.0, mode="reflect"), 8)
    # Plateaus of the reconstruction; scikit-image's h_maxima has the highest pixels of each alone.
    lowered = reconstruction(distance - 0.5, distance, footprint=SQUARE)
    tops = ndimage.label(local_maxima(lowered, connectivity=2) & mask, SQUARE)[0]
    # Heights without equal ones, so that no order of equal pixels is asked for.
    y, x = np.mgrid[:height, :width]
    heights = np.round(-distance + 1e-3 * np.sin(1.3 * x + 2.9 * y), 8)
    flooded = watershed(heights, tops, mask=mask, connectivity=SQUARE)
    levels = np.round(120 + 60 * np.sin(0.4 * x + 0.13 * y) + 70 * mask).clip(0, 255).astype(np.uint8)
    four, eight = ndimage.label(mask)[0], ndimage.label(mask, SQUARE)[0]
    return {
        "width": width,
        "height": height,
        "mask": mask.astype(int).ravel().tolist(),
        "squared_distances": squared.ravel().tolist(),
        "smoothed": smooth.ravel().tolist(),
        "tops": tops.ravel().tolist(),
        "heights": heights.ravel().tolist(),
        "flooded": flooded.ravel().tolist(),
        "levels": levels.ravel().tolist(),
        "threshold": int(threshold_otsu(levels)),
        "four": four.ravel().tolist(),
        "eight": eight.ravel().tolist(),
        "filled": ndimage.binary_fill_holes(mask).astype(int).ravel().tolist(),
        "boxes": [[p.bbox[1], p.bbox[0], p.bbox[3] - p.bbox[1], p.bbox[2] - p.bbox[0]] for p in regionprops(eight)],
    }


cases = [case(40, 30, 9), case(23, 41, 7), case(16, 16, 2)]
out = {"versions": {"scipy": scipy.__version__, "scikit-image": skimage.__version__}, "cases": cases}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(out) + "\n")
