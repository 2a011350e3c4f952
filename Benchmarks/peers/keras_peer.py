"""Keras 3 on TensorFlow: `fit` with and without XLA, and a loop of one's own inside one `tf.function`."""

import os

import workload

options = workload.arguments()
row = workload.ROWS[options.row]
os.environ.update(KERAS_BACKEND="tensorflow", TF_CPP_MIN_LOG_LEVEL="3", OMP_NUM_THREADS=str(options.threads))

import keras
import tensorflow as tf
from keras import layers

tf.config.threading.set_intra_op_parallelism_threads(options.threads)
tf.config.threading.set_inter_op_parallelism_threads(options.threads)
keras.utils.set_random_seed(0)

cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)


class Draw(layers.Layer):
    """Draws a code from mean and log variance and adds their divergence from the prior to the loss."""

    def call(self, both):
        mean, log_variance = tf.split(both, 2, axis=1)
        divergence = -0.5 * tf.reduce_sum(1 + log_variance - mean**2 - tf.exp(log_variance), axis=1)
        self.add_loss(tf.reduce_mean(divergence))
        return mean + tf.exp(0.5 * log_variance) * tf.random.normal(tf.shape(mean))


def summed_cross_entropy(x, logits):
    values = tf.nn.sigmoid_cross_entropy_with_logits(labels=x, logits=logits)
    return tf.reduce_mean(tf.reduce_sum(values, axis=1))


def chain(*widths):
    """Dense layers with relu between them, none after the last."""
    return [layers.Dense(units, activation="relu") for units in widths[:-1]] + [layers.Dense(widths[-1])]


def conv(channels, padding="same"):
    return layers.Conv2D(channels, 3, activation="relu", padding=padding)


def strided(kind, channels, activation="relu"):
    return kind(channels, 4, strides=2, padding="same", activation=activation)


def convpool():
    down, up = lambda: layers.MaxPooling2D(2, padding="same"), lambda: layers.UpSampling2D(2)
    return [
        conv(16), down(), conv(8), down(), conv(8), down(), conv(8), up(), conv(8), up(),
        conv(16, padding="valid"), up(), layers.Conv2D(1, 3, padding="same")]


def convstride():
    return [
        strided(layers.Conv2D, 32), strided(layers.Conv2D, 64), layers.Flatten(), layers.Dense(16),
        layers.Dense(3136, activation="relu"), layers.Reshape((7, 7, 64)),
        strided(layers.Conv2DTranspose, 32), strided(layers.Conv2DTranspose, 1, activation=None)]


def recurrent():
    return [
        layers.LSTM(64), layers.RepeatVector(140), layers.LSTM(64, return_sequences=True), layers.Dense(1)]


NETWORKS = {
    "deep": (lambda: chain(128, 64, 128, 784) + [layers.Activation("sigmoid")], "mse"),
    "shallow": (lambda: chain(32, 784), cross_entropy),
    "tiny": (lambda: chain(64, 32, 64, 10), "mse"),
    "table-64": (lambda: chain(16, 64), "mse"),
    "table-30": (lambda: chain(20, 10, 20, 30), "mse"),
    "vae": (lambda: chain(400, 40) + [Draw()] + chain(400, 784), summed_cross_entropy),
    "convpool": (convpool, cross_entropy),
    "convstride": (convstride, cross_entropy),
    "lstm": (recurrent, "mse"),
}


def model_of_row():
    build, loss = NETWORKS[row.name]
    return keras.Sequential([keras.Input(row.sample), *build()]), keras.losses.get(loss)


def last_loss(model, loss, rows):
    batch = rows[: row.batch]
    value = tf.reduce_mean(loss(batch, model(batch))) + sum(model.losses)
    return float(value)


def fitted(jit, steps=1):
    """`model.fit` on an array in memory, which draws a new order every epoch."""

    def make():
        model, loss = model_of_row()
        rows = row.data()
        model.compile(
            optimizer=keras.optimizers.Adam(workload.RATE), loss=loss, jit_compile=jit,
            steps_per_execution=steps)

        def epoch():
            model.fit(rows, rows, batch_size=row.batch, epochs=1, shuffle=True, verbose=0)

        return workload.Trained(epoch, model.count_params(), lambda: last_loss(model, loss, rows))

    return make


def looped(jit):
    """A loop of one's own: an epoch is one `tf.function`, rows are gathered inside it."""

    def make():
        model, loss = model_of_row()
        optimizer = keras.optimizers.Adam(workload.RATE)
        optimizer.build(model.trainable_variables)
        host = row.data()
        rows = tf.constant(host)

        @tf.function(jit_compile=jit)
        def step(indices):
            batch = tf.gather(rows, indices)
            with tf.GradientTape() as tape:
                error = tf.reduce_mean(loss(batch, model(batch, training=True))) + sum(model.losses)
            variables = model.trainable_variables
            optimizer.apply(tape.gradient(error, variables), variables)

        @tf.function
        def whole():
            order = tf.random.shuffle(tf.range(row.rows))
            full = row.rows // row.batch
            for i in tf.range(full):
                step(tf.ensure_shape(order[i * row.batch : (i + 1) * row.batch], [row.batch]))
            if row.rows % row.batch:
                step(order[full * row.batch :])

        return workload.Trained(whole, model.count_params(), lambda: last_loss(model, loss, host))

    return make


variants = {
    "fit": fitted(False), "fit, xla": fitted(True), "fit, 50 steps a call": fitted(False, 50),
    "loop": looped(False), "loop, xla": looped(True)}
if row.name == "encode":
    raise SystemExit("keras: the encode row is for jax, torch and onnx")
workload.report(f"keras {keras.__version__} on tensorflow {tf.__version__}", row, variants, options.variant)
