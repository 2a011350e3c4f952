"""JAX with Adam until a loss is reached: `python jax_time_to_loss.py ROW TARGET TRAIN TEST RATE EPOCHS`.

TRAIN and TEST are MNIST's IDX files (.gz). Prints a line of JSON: seconds of the training epochs (not of the
compilation, nor of judging), epochs, the loss of TEST it came to, and whether that is the target.
"""

import gzip
import json
import sys
import time

import jax
import jax.numpy as jnp
import numpy
from jax import lax

import jax_networks

BATCH = 256


def network(name):
    if name == "shallow":
        return jax_networks.network(name)
    parameters = jax_networks.layers(784, 1000, 500, 250, 30, 250, 500, 1000, 784)

    def loss(parameters, x, key):
        code = jax_networks.relu_chain(parameters[:4], x)
        return jnp.mean((jax.nn.sigmoid(jax_networks.relu_chain(parameters[4:], code)) - x) ** 2)

    return parameters, loss


def images(path):
    pixels = numpy.frombuffer(gzip.open(path).read(), numpy.uint8, offset=16).reshape(-1, 784)
    return jnp.asarray(pixels, jnp.float32) / 255


def main():
    name, target, train, test, rate, epochs = sys.argv[1:]
    target, rate = float(target), float(rate)
    rows, held = (images(path) for path in (train, test))
    parameters, loss = network(name)
    zeros = jax.tree.map(jnp.zeros_like, parameters)

    def update(state, batch):
        parameters, first, second, step = state
        gradients = jax.grad(loss)(parameters, rows[batch], None)
        first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, gradients)
        second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, second, gradients)
        a, b = 1 - 0.9 ** (step + 1), jnp.sqrt(1 - 0.999 ** (step + 1))
        parameters = jax.tree.map(
            lambda p, m, v: p - rate / a * m / (jnp.sqrt(v) / b + 1e-8), parameters, first, second)
        return (parameters, first, second, step + 1), None

    steps = len(rows) // BATCH
    epoch = jax.jit(lambda state, order: lax.scan(update, state, order.reshape(steps, BATCH))[0])
    judge = jax.jit(lambda parameters: loss(parameters, held, None))
    random = numpy.random.default_rng(1)
    orders = lambda: jnp.asarray(random.permutation(len(rows))[: steps * BATCH].astype(numpy.int32))
    state = (parameters, zeros, zeros, jnp.float32(0))
    jax.block_until_ready(epoch(state, orders()))
    seconds = 0.0
    for number in range(1, int(epochs) + 1):
        start = time.perf_counter()
        state = jax.block_until_ready(epoch(state, orders()))
        seconds += time.perf_counter() - start
        reached = float(judge(state[0]))
        if reached <= target:
            break
    print(json.dumps({"seconds": seconds, "epochs": number, "loss": reached, "reached": reached <= target}))


main()
