"""The same net in onnxruntime: peer_infer.py FOLDER NET. CPU microseconds of one row and of 64, one thread."""
import pathlib
import sys
import time

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

folder, net = pathlib.Path(sys.argv[1]), sys.argv[2]
raw = (folder / "table_test.x").read_bytes()
rows, width = np.frombuffer(raw[:8], "<u4")
x = np.frombuffer(raw[8:], "<f4").reshape(rows, width)
sizes = [54, 512, 256, 128, 7]
numbers = np.fromfile(f"{net}.f32", "<f4")
nodes, tensors, last = [], [], "input"
for layer, (inputs, outputs) in enumerate(zip(sizes, sizes[1:])):
    weights, bias, numbers = np.split(numbers, [inputs * outputs, (inputs + 1) * outputs])
    tensors += [numpy_helper.from_array(weights.reshape(inputs, outputs), f"w{layer}"), numpy_helper.from_array(bias, f"b{layer}")]
    nodes.append(helper.make_node("Gemm", [last, f"w{layer}", f"b{layer}"], [f"z{layer}"]))
    last = "probabilities" if layer == len(sizes) - 2 else f"y{layer}"
    nodes.append(helper.make_node("Softmax" if last == "probabilities" else "Relu", [f"z{layer}"], [last]))
shape = lambda name, width: helper.make_tensor_value_info(name, TensorProto.FLOAT, [None, width])
graph = helper.make_graph(nodes, "net", [shape("input", 54)], [shape("probabilities", 7)], tensors)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
onnx.checker.check_model(model, full_check=True)
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = options.inter_op_num_threads = 1
session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def cost(times, batches):
    cpu = time.process_time()
    for turn in range(times):
        session.run(None, {"input": batches[turn % len(batches)]})
    return (time.process_time() - cpu) / times * 1e6


single = [x[row : row + 1].copy() for row in range(1000)]
for turn in range(3):
    print(f"onnxruntime infer turn {turn}: 1 row {cost(20_000, single):.2f} us, 64 rows {cost(2000, [x[:64].copy()]):.1f} us", flush=True)
