"""Keras on a table, whole: reads a CSV file, trains 10-64-32-64-10, saves the model.

    python keras_table.py TABLE.csv MODEL.keras EPOCHS
"""

import os
import sys

source, target, epochs = sys.argv[1], sys.argv[2], int(sys.argv[3])
os.environ.update(KERAS_BACKEND="tensorflow", TF_CPP_MIN_LOG_LEVEL="3")

import keras
import numpy

rows = numpy.loadtxt(source, delimiter=",", skiprows=1, dtype=numpy.float32)
rows = (rows - rows.mean(axis=0)) / rows.std(axis=0)
model = keras.Sequential(
    [
        keras.Input((rows.shape[1],)), keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(32, activation="relu"), keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(rows.shape[1])])
# Neither XLA nor several steps a call: building either takes longer than it saves here.
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse", jit_compile=False)
model.fit(rows, rows, batch_size=32, epochs=epochs, validation_split=0.1, verbose=0)
model.save(target)
