"""Makes the data of the bench `nets` in a folder: make.py FOLDER.

digits: scikit-learn's 1,797 images. table: 200,000 rows like the forest cover data, 10 numbers and 44 columns of
two one-hot categories, 7 classes drawn from a known function with noise. numbers: 20,000 rows of 61 columns and
one number. names: 100,000 goods in the short Russian of stock lists, in 86 groups (names.py).
"""
import pathlib
import sys

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

out = pathlib.Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)


def save(name, values):
    values = np.ascontiguousarray(values, dtype="<f4").reshape(len(values), -1)
    with open(out / name, "wb") as file:
        file.write(np.array(values.shape, dtype="<u4").tobytes())
        file.write(values.tobytes())


def save_both(task, train_x, test_x, train_y, test_y):
    for name, values in [("train.x", train_x), ("test.x", test_x), ("train.y", train_y), ("test.y", test_y)]:
        save(f"{task}_{name}", values)


def digits():
    images, labels = load_digits(return_X_y=True)
    save_both("digits", *train_test_split(images / 16, labels, test_size=0.25, random_state=0, stratify=labels))


def cover(rows, random):
    """Numbers of a hillside, its wilderness and soil, and what grows there."""
    fifth = rows // 5
    height = np.concatenate([
        random.normal(2200, 180, fifth),
        random.normal(2750, 200, fifth * 2),
        random.normal(3100, 200, rows - fifth * 3),
    ])
    random.shuffle(height)
    aspect, slope = random.uniform(0, 360, rows), random.gamma(3, 5, rows).clip(0, 60)
    water = np.abs(random.normal(250, 200, rows))
    above_water = random.normal(40, 60, rows) + 0.1 * water
    road, fire = np.abs(random.normal(0, 2300, rows)), np.abs(random.normal(0, 2000, rows))

    def shade(base, reach, turn, noise):
        return base + reach * np.cos(np.radians(aspect - turn)) * np.sin(np.radians(slope)) * 3 + random.normal(0, noise, rows)

    numbers = np.stack([height, aspect, slope, water, above_water, road, shade(212, 25, 90, 8),
                        shade(223, 20, 180, 8), shade(142, 30, 270, 8), fire], 1)
    z = (numbers - numbers.mean(0)) / numbers.std(0)
    wild = np.floor((height - 1800) / 450 + random.normal(0, 0.6, rows)).clip(0, 3).astype(int)
    soil = (((height - 1800) / 45 + random.normal(0, 3, rows) + wild * 2) % 40).astype(int)
    classes = 7
    centres = random.normal(0, 1, (classes, 10)) * np.array([1.6, 0.5, 0.5, 0.6, 0.6, 0.6, 0.3, 0.3, 0.3, 0.6])
    waves, phases = random.normal(0, 0.55, (10, 48)), random.uniform(0, 6.28, 48)
    score = np.cos(z @ waves + phases) @ random.normal(0, 1, (48, classes)) * 0.9
    weight = np.array([1.2, 0.1, 0.1, 0.2, 0.1, 0.2, 0.05, 0.05, 0.05, 0.2])
    score -= ((z[:, None, :] - centres[None]) ** 2 * weight).sum(2)
    score += random.normal(0, 1.5, (40, classes))[soil] + random.normal(0, 1, (4, classes))[wild]
    score += random.normal(0, 0.8, (4, classes))[wild] * z[:, :1]
    score += random.normal(0, 0.7, (40, classes))[soil] * z[:, 3:4]
    score = (score + np.array([1, 1.2, 0.3, -1, -0.8, 0, -0.2])) * 2
    labels = (score + random.gumbel(size=score.shape) * 0.55).argmax(1)
    return np.concatenate([z, np.eye(4)[wild], np.eye(40)[soil]], 1), labels


def numbers(random):
    x = random.normal(size=(25_000, 61)).astype("f4")
    waves = random.normal(size=(61, 16)) * 0.25
    y = np.sin(x @ waves).sum(1) + 0.3 * x[:, 0] * x[:, 1] + random.normal(0, 0.2, len(x))
    save_both("numbers", x[:20_000], x[20_000:], y[:20_000], y[20_000:])


digits()
random = np.random.default_rng(7)
x, y = cover(250_000, random)
save_both("table", x[:200_000], x[200_000:], y[:200_000], y[200_000:])
numbers(random)
