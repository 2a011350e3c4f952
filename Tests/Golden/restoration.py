"""Golden numbers of what pictures lose, of the classical filters and of the measures, by SciPy and Pillow.

    python Tests/Golden/restoration.py        writes restoration.json beside itself

The blur is SciPy's, the way down and up again Pillow's (box, then bicubic), JPEG that of Pillow, which links
libjpeg-turbo as well. Median and Wiener filters are SciPy's, non-local means and SSIM written out here from the
papers: Buades, Coll and Morel 2011 (the pixelwise form), Wang, Bovik, Sheikh and Simoncelli 2004.
"""

import io
import json
import pathlib
import platform

import numpy
import PIL
import scipy
from PIL import Image
from scipy import ndimage, signal

ROWS, COLUMNS = 26, 31


def picture():
    """Three smooth channels with an edge and a texture, 8 bits: [channels, rows, columns]."""
    y, x = numpy.mgrid[:ROWS, :COLUMNS].astype(float)
    planes = [
        128 + 90 * numpy.sin(0.21 * x + 0.13 * y) + 30 * ((x * 3 + y * 5) % 7 > 3),
        100 + 60 * numpy.cos(0.17 * y) + 70 * (x > 14) + 4 * ((x * y) % 5),
        60 + 5 * y + 20 * numpy.sin(0.9 * x),
    ]
    return numpy.clip(numpy.rint(numpy.stack(planes)), 0, 255).astype(numpy.uint8)


def noisy(clean):
    """The same with noise of a formula, not of a generator."""
    index = numpy.arange(clean.size).reshape(clean.shape)
    return clean / 255 + 0.1 * numpy.sin(12.9898 * index + 0.7 * (index % 11))


def downscaled(plane, factor):
    rows, columns = -(-ROWS // factor), -(-COLUMNS // factor)
    # Cells at the far edges have fewer values: their mean is of those that there are.
    cells = numpy.array(
        [
            [plane[r * factor : (r + 1) * factor, c * factor : (c + 1) * factor].mean() for c in range(columns)]
            for r in range(rows)
        ]
    )
    small = Image.fromarray(cells.astype(numpy.float32), mode="F")
    large = small.resize((columns * factor, rows * factor), Image.Resampling.BICUBIC)
    return numpy.asarray(large)[:ROWS, :COLUMNS]


def jpeg(pixels, quality):
    image = Image.fromarray(pixels if pixels.ndim == 2 else numpy.moveaxis(pixels, 0, -1))
    data = io.BytesIO()
    image.save(data, "JPEG", quality=quality, subsampling=2 if pixels.ndim == 3 else -1)
    back = numpy.asarray(Image.open(io.BytesIO(data.getvalue())))
    return back if pixels.ndim == 2 else numpy.moveaxis(back, -1, 0)


def wiener(plane, size, noise):
    """SciPy's, which has zeros beyond the edges, of a plane that is mirrored there."""
    reach = size // 2 + 1
    wide = numpy.pad(plane, reach, mode="symmetric")
    return signal.wiener(wide, size, noise)[reach:-reach, reach:-reach]


def non_local_means(image, sigma, h, patch, search):
    """Pixelwise: w = exp(-max(d² - 2σ², 0) / h²), d² the mean squared difference of patches over all channels."""
    r, s = patch // 2, search // 2
    _, rows, columns = image.shape
    wide = numpy.pad(image, ((0, 0), (r + s, r + s), (r + s, r + s)), mode="symmetric")
    total, weights = numpy.zeros_like(image), numpy.zeros((rows, columns))
    for y in range(rows):
        for x in range(columns):
            own = wide[:, y + s : y + s + patch, x + s : x + s + patch]
            for dy in range(-s, s + 1):
                for dx in range(-s, s + 1):
                    top, left = y + s + dy, x + s + dx
                    other = wide[:, top : top + patch, left : left + patch]
                    distance = numpy.mean((own - other) ** 2)
                    weight = numpy.exp(-max(distance - 2 * sigma**2, 0) / h**2)
                    total[:, y, x] += weight * other[:, r, r]
                    weights[y, x] += weight
    return total / weights


def ssim(one, other, peak):
    """Of one plane: the mean over windows that lie within it, gaussian, 11 x 11, deviation 1.5."""
    place = numpy.arange(11) - 5
    window = numpy.exp(-(place[:, None] ** 2 + place[None, :] ** 2) / (2 * 1.5**2))
    window /= window.sum()

    def mean(values):
        return signal.convolve2d(values, window, mode="valid")

    c1, c2 = (0.01 * peak) ** 2, (0.03 * peak) ** 2
    mu_one, mu_other = mean(one), mean(other)
    var_one = mean(one * one) - mu_one**2
    var_other = mean(other * other) - mu_other**2
    covariance = mean(one * other) - mu_one * mu_other
    values = ((2 * mu_one * mu_other + c1) * (2 * covariance + c2)) / (
        (mu_one**2 + mu_other**2 + c1) * (var_one + var_other + c2)
    )
    return values.mean()


def listed(values):
    return [float(f"{value:.7g}") for value in numpy.asarray(values, float).ravel()]


def main():
    clean = picture()
    unit, marred = clean / 255, noisy(clean)
    numbers = {
        "versions": {
            "scipy": scipy.__version__,
            "numpy": numpy.__version__,
            "pillow": PIL.__version__,
            "python": platform.python_version(),
        },
        "shape": list(clean.shape),
        "picture": [int(value) for value in clean.ravel()],
        "noisy": listed(marred),
        "blur": listed([ndimage.gaussian_filter(plane, 1.5, mode="nearest", truncate=4) for plane in unit]),
        "downscale2": listed([downscaled(plane, 2) for plane in unit]),
        "downscale3": listed([downscaled(plane, 3) for plane in unit]),
        "jpeg_colour": listed(jpeg(clean, 20) / 255),
        "jpeg_grey": listed(jpeg(clean[1], 35) / 255),
        "median3": listed([ndimage.median_filter(plane, 3, mode="reflect") for plane in marred]),
        "median5": listed([ndimage.median_filter(plane, 5, mode="reflect") for plane in marred]),
        "wiener5": listed([wiener(plane, 5, 0.005) for plane in marred]),
        "non_local_means": listed(non_local_means(marred, 0.07, 0.05, 3, 9)),
        "psnr": float(-10 * numpy.log10(numpy.mean((unit - marred) ** 2))),
        "ssim": [float(ssim(one, other, 1)) for one, other in zip(unit, marred)],
    }
    path = pathlib.Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(numbers, indent=None, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
