"""Changes good models in small ways, as files that tests/tests/onnx_hostile.rs reads.

    python mutate.py FOLDER

The seeds are the models of `cases/onnx` and, if the suite of tests/onnx_suite lies beside FOLDER, those of ONNX's own. The changes know what a
graph is: inputs swapped, nodes dropped, dims, types and attributes changed. The same seed makes the same files; the number of a file says which.
`SCOREWRIGHT_FUZZ_SEED` and `SCOREWRIGHT_FUZZ_COUNT` give others and more of them; remove FOLDER then, for it is made once.
"""

import math
import os
import random
import sys
from pathlib import Path

import onnx
from onnx import TensorProto, numpy_helper

FOLDER = Path(sys.argv[1])
HERE = Path(__file__).parent
SEED = int(os.environ.get("SCOREWRIGHT_FUZZ_SEED", "1"))
COUNT = int(os.environ.get("SCOREWRIGHT_FUZZ_COUNT", "4000"))
LARGEST = 30_000
# The interpreter runs a row of each: images of a hundred thousand numbers would take it minutes.
MOST_NUMBERS = 8_000
NUMBERS = [0, 1, -1, 2, 3, 5, -2, 7, 16, 255, 1000, 2**20, 2**31, 2**40, 2**62, 2**63 - 1, -(2**63)]
REALS = [0.0, 1.0, -1.0, 0.5, 1e30, -1e30, 1e-30, float("nan"), float("inf"), float("-inf")]
WORDS = ["", "x", "SUM", "constant", "linear", "NONE", "LOGISTIC", "BRANCH_LT", "LEAF", "é", "mode" * 100]
KINDS = [TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.INT64, TensorProto.INT32, TensorProto.BOOL, TensorProto.STRING, TensorProto.FLOAT16, TensorProto.UINT8, TensorProto.INT8,
         TensorProto.UINT64, TensorProto.BFLOAT16]


def seeds():
    paths = sorted((HERE.parent / "cases/onnx").glob("*/model.onnx")) + sorted((FOLDER.parent / "onnx-suite").glob("*/model.onnx"))
    return [path for path in paths if path.stat().st_size < LARGEST and numbers(onnx.load(path)) < MOST_NUMBERS]


def numbers(model):
    """Elements of the inputs, as far as their dims are known."""
    return sum(math.prod(max(dim.dim_value, 1) for dim in port.type.tensor_type.shape.dim) for port in model.graph.input)


def baked(model, folder, chance):
    """A case of the suite feeds what decides shapes: most of it becomes constant here, all but the first input."""
    for number, port in list(enumerate(model.graph.input))[1:]:
        path = folder / f"input_{number}.pb"
        if path.exists() and chance.random() < 0.8:
            tensor = TensorProto()
            try:
                tensor.ParseFromString(path.read_bytes())
            except Exception:
                continue
            tensor.name = port.name
            model.graph.initializer.append(tensor)


def number(chance, old=0):
    return chance.choice([*NUMBERS, old + 1, old - 1, 2 * old, -old]) if chance.random() < 0.9 else chance.randrange(-10, 10)


def inside(value):
    return max(-(2**63), min(2**63 - 1, value))


def swap_inputs(model, nodes, chance):
    node = chance.choice(nodes)
    if node.input:
        names = [name for other in nodes for name in [*other.input, *other.output]] + [port.name for port in model.graph.input]
        node.input[chance.randrange(len(node.input))] = chance.choice([*names, ""])


def drop_input(model, nodes, chance):
    node = chance.choice(nodes)
    if node.input:
        del node.input[chance.randrange(len(node.input))]


def add_input(model, nodes, chance):
    node = chance.choice(nodes)
    names = [name for other in nodes for name in other.input] or [""]
    node.input.append(chance.choice(names))


def drop_node(model, nodes, chance):
    if model.graph.node:
        gone = model.graph.node[chance.randrange(len(model.graph.node))]
        # What it made is what it was given.
        names = dict(zip(gone.output, [*gone.input, *[""] * len(gone.output)]))
        model.graph.node.remove(gone)
        for node in model.graph.node:
            for at, name in enumerate(node.input):
                node.input[at] = names.get(name, name)
        for port in model.graph.output:
            port.name = names.get(port.name, port.name)


def double_node(model, nodes, chance):
    if model.graph.node:
        at = chance.randrange(len(model.graph.node))
        node = onnx.NodeProto()
        node.CopyFrom(model.graph.node[at])
        if node.input and node.output:
            fresh = f"again_{node.output[0]}"
            model.graph.node[at].output[0] = fresh
            node.input[0] = fresh
            model.graph.node.append(node)


def other_operator(model, nodes, chance):
    chance.choice(nodes).op_type = chance.choice(nodes).op_type if chance.random() < 0.3 else chance.choice(OPERATORS)


def attribute(model, nodes, chance):
    attributes = [attribute for node in nodes for attribute in node.attribute]
    if not attributes:
        return swap_inputs(model, nodes, chance)
    chosen = chance.choice(attributes)
    if chosen.ints:
        at = chance.randrange(len(chosen.ints))
        if chance.random() < 0.2:
            del chosen.ints[at]
        else:
            chosen.ints[at] = inside(number(chance, chosen.ints[at]))
    elif chosen.floats:
        chosen.floats[chance.randrange(len(chosen.floats))] = chance.choice(REALS)
    elif chosen.strings:
        chosen.strings[chance.randrange(len(chosen.strings))] = chance.choice(WORDS).encode()
    elif chosen.HasField("i"):
        chosen.i = inside(number(chance, chosen.i))
    elif chosen.HasField("f"):
        chosen.f = chance.choice(REALS)
    elif chosen.HasField("s"):
        chosen.s = chance.choice([*WORDS, chosen.s.decode("utf8", "replace")[::-1]]).encode()
    elif chosen.HasField("t"):
        tensor(chosen.t, chance)


def drop_attribute(model, nodes, chance):
    node = chance.choice(nodes)
    if node.attribute:
        del node.attribute[chance.randrange(len(node.attribute))]


def tensor(held, chance):
    if chance.random() < 0.3 and held.dims:
        held.dims[chance.randrange(len(held.dims))] = inside(number(chance, held.dims[0]))
        return
    try:
        values = numpy_helper.to_array(held).copy()
        if chance.random() < 0.3:
            values = values.reshape(chance.choice([(-1,), (1, *values.shape), (*values.shape, 1)]))
        elif values.size:
            value = number(chance) if values.dtype.kind in "iu" else chance.choice(REALS) if values.dtype.kind == "f" else values.flat[0]
            values.flat[chance.randrange(values.size)] = value
        name = held.name
        held.CopyFrom(numpy_helper.from_array(values, name))
    except Exception:
        held.data_type = chance.choice(KINDS)


def constant(model, nodes, chance):
    if model.graph.initializer:
        tensor(chance.choice(model.graph.initializer), chance)
    else:
        attribute(model, nodes, chance)


def dims(model, nodes, chance):
    ports = [port for port in model.graph.input if port.type.HasField("tensor_type")]
    if not ports:
        return
    shape = chance.choice(ports).type.tensor_type.shape
    act = chance.randrange(5)
    if act == 0 or not shape.dim:
        shape.dim.add().dim_value = chance.choice([1, 2, 3])
    elif act == 1:
        del shape.dim[chance.randrange(len(shape.dim))]
    elif act == 2:
        shape.dim[0].dim_param = "N"
    else:
        dim = chance.choice(shape.dim)
        dim.dim_value = inside(number(chance, dim.dim_value))


def kind(model, nodes, chance):
    ports = [port for port in model.graph.input if port.type.HasField("tensor_type")]
    if ports:
        chance.choice(ports).type.tensor_type.elem_type = chance.choice(KINDS)


def opset(model, nodes, chance):
    if model.opset_import:
        chosen = chance.choice(model.opset_import)
        chosen.version = inside(chance.choice([chosen.version - 1, chosen.version + 1, 7, 9, 11, 13, 18, 21, number(chance, chosen.version)]))


ACTS = [swap_inputs, swap_inputs, drop_input, add_input, drop_node, double_node, other_operator, attribute, attribute, attribute, drop_attribute, constant, constant, dims, dims, kind, opset]


def every_node(graph):
    for node in graph.node:
        yield node
        for held in node.attribute:
            if held.HasField("g"):
                yield from every_node(held.g)


PATHS = seeds()
MODELS = [path.read_bytes() for path in PATHS]
OPERATORS = sorted({node.op_type for held in MODELS for node in onnx.ModelProto.FromString(held).graph.node})
for index in range(COUNT):
    chance = random.Random(SEED << 32 | index)
    at = chance.randrange(len(PATHS))
    model = onnx.ModelProto.FromString(MODELS[at])
    baked(model, PATHS[at].parent, chance)
    for _ in range(chance.choice([1, 1, 2, 3])):
        nodes = list(every_node(model.graph))
        if nodes:
            try:
                chance.choice(ACTS)(model, nodes, chance)
            except (ValueError, IndexError):
                pass
    (FOLDER / f"{index:05}_{PATHS[at].parent.name}.onnx").write_bytes(model.SerializeToString())
