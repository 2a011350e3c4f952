"""Numbers expected in Tests/DataTests/ScalingTests.swift and GapTests.swift. numpy 2.x; `python3 scaling.py` prints them."""

import numpy as np

x = np.array(
    [1.5, -20, 7, 1e6, 2.5, -10, 7, 2e6, 0.25, 35, 7, 4e6, 9, 0.5, 7, 8e6, -3, 12.25, 7, 1.5e6], np.float64
).reshape(5, 4)
deviation = x.std(0)
spread = x.max(0) - x.min(0)
print("numpy", np.__version__)
print("standard", list(map(float, x.mean(0))), list(map(float, 1 / np.where(deviation == 0, 1, deviation))))
print("min-max", list(map(float, x.min(0))), list(map(float, 1 / np.where(spread == 0, 1, spread))))
print("whole", float(x.mean()), float(1 / x.std()))

gap = np.nan
x = np.array(
    [gap, -20, 7, 1e6, 2.5, gap, 7, 2e6, 0.25, 35, gap, 4e6, 9, 0.5, gap, 8e6, -3, 12.25, gap, gap], np.float64
).reshape(5, 4)
deviation = np.nanstd(x, 0)
print("gaps", list(map(float, np.nanmean(x, 0))), list(map(float, 1 / np.where(deviation == 0, 1, deviation))))
print("gaps, whole", float(np.nanmean(x)), float(1 / np.nanstd(x)))
