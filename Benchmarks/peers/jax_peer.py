"""JAX: everything jitted, buffers donated, rows on the device.

Variants: `scan` runs an epoch as one compiled loop, `step` calls one compiled step a batch that gathers its
rows, `host` gathers the rows in NumPy and hands each batch to the compiled step.
"""

import os

import workload

options = workload.arguments()
row = workload.ROWS[options.row]
os.environ.setdefault("JAX_PLATFORMS", "cpu")
os.environ["NPROC"] = str(options.threads)  # the size of XLA's pool of threads

import jax
import jax.numpy as jnp
import numpy
from jax import lax

from jax_networks import network


def adam(parameters, moments, gradients, step):
    """One update of Kingma and Ba 2015, algorithm 1."""
    first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, moments[0], gradients)
    second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, moments[1], gradients)
    rate = workload.RATE * jnp.sqrt(1 - 0.999**step) / (1 - 0.9**step)
    epsilon = 1e-8 * jnp.sqrt(1 - 0.999**step)
    parameters = jax.tree.map(
        lambda p, m, v: p - rate * m / (jnp.sqrt(v) + epsilon), parameters, first, second)
    return parameters, (first, second)


class Training:
    """The state of a training and the three ways of running an epoch."""

    def __init__(self):
        parameters, self.loss = network(row.name)
        self.count = sum(leaf.size for leaf in jax.tree.leaves(parameters))
        zeros = jax.tree.map(jnp.zeros_like, parameters)
        self.state = (parameters, (zeros, jax.tree.map(jnp.copy, zeros)), jnp.float32(0))
        self.host = row.data()
        self.rows = jnp.asarray(self.host)
        self.random = numpy.random.default_rng(1)
        self.full, self.rest = divmod(row.rows, row.batch)

    def update(self, state, batch):
        parameters, moments, step = state
        key = jax.random.fold_in(jax.random.key(0), step.astype(jnp.int32))
        gradients = jax.grad(self.loss)(parameters, batch, key)
        return (*adam(parameters, moments, gradients, step + 1), step + 1)

    def order(self):
        return self.random.permutation(row.rows).astype(numpy.int32)

    def finish(self, state):
        self.state = jax.block_until_ready(state)

    def scan(self):
        def epoch(state, rows, order):
            batches = order[: self.full * row.batch].reshape(self.full, row.batch)
            state, _ = lax.scan(lambda s, b: (self.update(s, rows[b]), None), state, batches)
            return self.update(state, rows[order[-self.rest :]]) if self.rest else state

        compiled = jax.jit(epoch, donate_argnums=0)
        return lambda: self.finish(compiled(self.state, self.rows, self.order()))

    def step(self):
        compiled = jax.jit(lambda s, rows, b: self.update(s, rows[b]), donate_argnums=0)

        def epoch():
            state, order = self.state, self.order()
            for start in range(0, row.rows, row.batch):
                state = compiled(state, self.rows, order[start : start + row.batch])
            self.finish(state)

        return epoch

    def from_host(self):
        compiled = jax.jit(self.update, donate_argnums=0)

        def epoch():
            state, order = self.state, self.order()
            for start in range(0, row.rows, row.batch):
                state = compiled(state, self.host[order[start : start + row.batch]])
            self.finish(state)

        return epoch

    def last_loss(self):
        return float(self.loss(self.state[0], self.rows[: row.batch], jax.random.key(0)))


def trained(kind):
    def make():
        training = Training()
        return workload.Trained(kind(training), training.count, training.last_loss)

    return make


def encoded():
    """Codes of all rows in order, a batch at a time, into one array."""
    parameters, encode = network("encode")
    rows = row.data()
    compiled = jax.jit(encode)

    def epoch():
        codes = [compiled(parameters, rows[i : i + row.batch]) for i in range(0, row.rows, row.batch)]
        numpy.concatenate([numpy.asarray(code) for code in codes])

    return workload.Trained(epoch, sum(leaf.size for leaf in jax.tree.leaves(parameters)))


def encoded_by_scan():
    """The same as one compiled loop over rows that are on the device already."""
    parameters, encode = network("encode")
    rows = jnp.asarray(row.data())
    full = row.rows // row.batch * row.batch

    @jax.jit
    def all_codes(parameters, rows):
        batches = rows[:full].reshape(-1, row.batch, 784)
        codes = lax.map(lambda batch: encode(parameters, batch), batches).reshape(full, -1)
        return jnp.concatenate([codes, encode(parameters, rows[full:])])

    epoch = lambda: all_codes(parameters, rows).block_until_ready()
    return workload.Trained(epoch, sum(leaf.size for leaf in jax.tree.leaves(parameters)))


if row.name == "encode":
    variants = {"batches": encoded, "scan": encoded_by_scan}
else:
    variants = {
        "step": trained(Training.step), "host": trained(Training.from_host), "scan": trained(Training.scan)}
workload.report(f"jax {jax.__version__}", row, variants, options.variant)
