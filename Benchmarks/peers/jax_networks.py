"""The networks of the table in JAX: `network(row)` gives the parameters and the loss of a batch."""

import jax
import jax.numpy as jnp
import numpy
from jax import lax

random = numpy.random.default_rng(2)


def matrix(*shape, fan=None):
    """Glorot's uniform range for a dense matrix, or the range of a given fan."""
    limit = numpy.sqrt(6 / (fan or sum(shape)))
    return jnp.asarray(random.uniform(-limit, limit, shape), jnp.float32)


def layers(*widths):
    return [(matrix(a, b), jnp.zeros(b)) for a, b in zip(widths, widths[1:])]


def dense(layer, x):
    return x @ layer[0] + layer[1]


def relu_chain(parameters, x):
    """Dense layers with relu between them, none after the last."""
    for layer in parameters[:-1]:
        x = jax.nn.relu(dense(layer, x))
    return dense(parameters[-1], x)


@jax.custom_jvp
def cross_entropy(logits, x):
    """Binary cross-entropy from logits of each value; its derivative by hand takes a third off the epoch."""
    return jnp.maximum(logits, 0) - x * logits + jnp.log1p(jnp.exp(-jnp.abs(logits)))


@cross_entropy.defjvp
def slope(values, tangents):
    logits, x = values  # the rows are constants: the tangent of x is left out
    return cross_entropy(logits, x), (jax.nn.sigmoid(logits) - x) * tangents[0]


def deep():
    def loss(parameters, x, key):
        return jnp.mean((jax.nn.sigmoid(relu_chain(parameters, x)) - x) ** 2)

    return layers(784, 128, 64, 128, 784), loss


def shallow():
    return layers(784, 32, 784), lambda p, x, key: jnp.mean(cross_entropy(relu_chain(p, x), x))


def tiny():
    return layers(10, 64, 32, 64, 10), lambda p, x, key: jnp.mean((relu_chain(p, x) - x) ** 2)


def table_64():
    return layers(64, 16, 64), tiny()[1]


def table_30():
    return layers(30, 20, 10, 20, 30), tiny()[1]


def vae():
    def loss(parameters, x, key):
        hidden, code, decoder = parameters
        mean, log_variance = jnp.split(dense(code, jax.nn.relu(dense(hidden, x))), 2, axis=1)
        noise = jax.random.normal(key, mean.shape)
        logits = relu_chain(decoder, mean + jnp.exp(0.5 * log_variance) * noise)
        divergence = -0.5 * jnp.sum(1 + log_variance - mean**2 - jnp.exp(log_variance))
        return (jnp.sum(cross_entropy(logits, x)) + divergence) / len(x)

    return (layers(784, 400)[0], layers(400, 40)[0], layers(20, 400, 784)), loss


def kernel(side, inputs, outputs):
    weights = matrix(side, side, inputs, outputs, fan=side * side * (inputs + outputs))
    return weights, jnp.zeros(outputs)


AXES = ("NHWC", "HWIO", "NHWC")


def conv(layer, x, stride=1, padding="SAME"):
    strides = (stride, stride)
    return lax.conv_general_dilated(x, layer[0], strides, padding, dimension_numbers=AXES) + layer[1]


def deconv(layer, x, stride):
    strides = (stride, stride)
    return lax.conv_transpose(x, layer[0], strides, "SAME", dimension_numbers=AXES) + layer[1]


def pool(x):
    return lax.reduce_window(x, -jnp.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "SAME")


def double(x):
    """Nearest-neighbour upsampling by two, as a broadcast, which XLA fuses."""
    count, height, width, channels = x.shape
    wide = jnp.broadcast_to(x[:, :, None, :, None], (count, height, 2, width, 2, channels))
    return wide.reshape(count, 2 * height, 2 * width, channels)


def convpool():
    channels = [(1, 16), (16, 8), (8, 8), (8, 8), (8, 8), (8, 16), (16, 1)]
    parameters = [kernel(3, *pair) for pair in channels]

    def loss(parameters, x, key):
        hidden = x
        for layer in parameters[:3]:
            hidden = pool(jax.nn.relu(conv(layer, hidden)))
        for layer in parameters[3:5]:
            hidden = double(jax.nn.relu(conv(layer, hidden)))
        hidden = double(jax.nn.relu(conv(parameters[5], hidden, padding="VALID")))
        return jnp.mean(cross_entropy(conv(parameters[6], hidden), x))

    return parameters, loss


def convstride():
    parameters = {
        "encoder": [kernel(4, 1, 32), kernel(4, 32, 64)],
        "code": layers(3136, 16)[0],
        "dense": layers(16, 3136)[0],
        "decoder": [kernel(4, 64, 32), kernel(4, 32, 1)],
    }

    def loss(parameters, x, key):
        hidden = x
        for layer in parameters["encoder"]:
            hidden = jax.nn.relu(conv(layer, hidden, stride=2))
        code = dense(parameters["code"], hidden.reshape(len(x), -1))
        hidden = jax.nn.relu(dense(parameters["dense"], code)).reshape(-1, 7, 7, 64)
        hidden = jax.nn.relu(deconv(parameters["decoder"][0], hidden, 2))
        return jnp.mean(cross_entropy(deconv(parameters["decoder"][1], hidden, 2), x))

    return parameters, loss


def cell(inputs, units):
    return matrix(inputs, 4 * units), matrix(units, 4 * units), jnp.zeros(4 * units)


def advance(state, drive, recurrent):
    """One step of a long short-term memory; `drive` is the input's part of the gates."""
    hidden, memory = state
    i, f, g, o = jnp.split(drive + hidden @ recurrent, 4, axis=1)
    memory = jax.nn.sigmoid(f) * memory + jax.nn.sigmoid(i) * jnp.tanh(g)
    hidden = jax.nn.sigmoid(o) * jnp.tanh(memory)
    return hidden, memory


def lstm():
    parameters = {"encoder": cell(1, 64), "decoder": cell(64, 64), "dense": layers(64, 1)[0]}

    def loss(parameters, x, key):
        zeros = jnp.zeros((len(x), 64))
        weights, recurrent, bias = parameters["encoder"]
        drive = x.transpose(1, 0, 2) @ weights + bias  # the input's part of all steps at once
        (code, _), _ = lax.scan(lambda s, d: (advance(s, d, recurrent), None), (zeros, zeros), drive)
        weights, recurrent, bias = parameters["decoder"]
        same = code @ weights + bias  # the code is repeated, so its part is the same at every step

        def decode(state, _):
            state = advance(state, same, recurrent)
            return state, state[0]

        _, hidden = lax.scan(decode, (zeros, zeros), None, length=x.shape[1])
        return jnp.mean((dense(parameters["dense"], hidden) - x.transpose(1, 0, 2)) ** 2)

    return parameters, loss


def encode():
    return layers(784, 128, 64), lambda p, x: jax.nn.relu(relu_chain(p, x))


def network(row):
    makers = [deep, shallow, tiny, table_64, table_30, vae, convpool, convstride, lstm, encode]
    return {maker.__name__.replace("_", "-"): maker for maker in makers}[row]()
