"""ONNX Runtime: the encoder of `deep`, inference only. Row `encode` alone.

Variants: `run` hands in NumPy arrays, `binding` binds rows and codes in place.
"""

import workload

options = workload.arguments()
row = workload.ROWS[options.row]

import numpy
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

WIDTHS = [784, 128, 64]


def graph():
    """Two dense layers with relu, as an ONNX model of any number of rows."""
    random, nodes, weights = numpy.random.default_rng(2), [], []
    name = "rows"
    for i, shape in enumerate(zip(WIDTHS, WIDTHS[1:])):
        matrix = random.normal(0, 0.05, shape).astype(numpy.float32)
        weights += [
            numpy_helper.from_array(matrix, f"weight{i}"),
            numpy_helper.from_array(numpy.zeros(shape[1], numpy.float32), f"bias{i}")]
        nodes += [
            helper.make_node("Gemm", [name, f"weight{i}", f"bias{i}"], [f"dense{i}"]),
            helper.make_node("Relu", [f"dense{i}"], [f"relu{i}"])]
        name = f"relu{i}"
    inputs = [helper.make_tensor_value_info("rows", TensorProto.FLOAT, ["batch", WIDTHS[0]])]
    outputs = [helper.make_tensor_value_info("relu1", TensorProto.FLOAT, ["batch", WIDTHS[-1]])]
    model = helper.make_model(
        helper.make_graph(nodes, "encoder", inputs, outputs, weights),
        opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return model.SerializeToString()


def session():
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = options.threads
    settings.inter_op_num_threads = 1
    settings.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    return onnxruntime.InferenceSession(graph(), settings, providers=["CPUExecutionProvider"])


def count():
    return sum(a * b + b for a, b in zip(WIDTHS, WIDTHS[1:]))


def by_run():
    runner, rows, codes = session(), row.data(), numpy.empty((row.rows, WIDTHS[-1]), numpy.float32)

    def epoch():
        for i in range(0, row.rows, row.batch):
            codes[i : i + row.batch] = runner.run(None, {"rows": rows[i : i + row.batch]})[0]

    return workload.Trained(epoch, count())


def by_binding():
    runner, rows, codes = session(), row.data(), numpy.empty((row.rows, WIDTHS[-1]), numpy.float32)
    binding = runner.io_binding()

    def epoch():
        for i in range(0, row.rows, row.batch):
            batch, place = rows[i : i + row.batch], codes[i : i + row.batch]
            binding.bind_input("rows", "cpu", 0, numpy.float32, batch.shape, batch.ctypes.data)
            binding.bind_output("relu1", "cpu", 0, numpy.float32, place.shape, place.ctypes.data)
            runner.run_with_iobinding(binding)

    return workload.Trained(epoch, count())


if row.name != "encode":
    raise SystemExit("onnxruntime: infers only; its row is encode")
workload.report(
    f"onnxruntime {onnxruntime.__version__}", row, {"run": by_run, "binding": by_binding}, options.variant)
