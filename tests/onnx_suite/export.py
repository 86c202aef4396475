"""Writes the cases of ONNX's own backend suite, which the package `onnx` holds as Python, as files that tests/tests/onnx_suite.rs reads.

    python export.py FOLDER

A case is a folder with `model.onnx`, `input_K.pb` and `output_K.pb`: TensorProto, or SequenceProto where the graph has a sequence there.
`index.json` lists the cases with the operators and element types that they use, the tolerance of the suite, and why a case is out of scope.
"""

import json
import sys
from pathlib import Path

import numpy
import onnx
from onnx import helper, numpy_helper
from onnx.backend.test.loader import load_model_tests

# What a scorer of rows does not do, by operator: to train, to draw at random, to decode images, to take spectra, and to hand on values that are
# no tensors. Loops may gather their results in sequences, so that a case with a loop stays.
OUT = {
    "training": ["Adagrad", "Adam", "Gradient", "Momentum", "NegativeLogLikelihoodLoss", "SoftmaxCrossEntropyLoss"],
    "random": ["Bernoulli", "Multinomial", "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike"],
    "images": ["ImageDecoder"],
    "spectra": ["BlackmanWindow", "DFT", "HammingWindow", "HannWindow", "MelWeightMatrix", "STFT"],
    "previews": ["FlexAttention", "LinearAttention", "CausalConvWithState"],
    "optional values": ["Optional", "OptionalGetElement", "OptionalHasElement"],
    "sequences": [
        "ConcatFromSequence",
        "SequenceAt",
        "SequenceConstruct",
        "SequenceEmpty",
        "SequenceErase",
        "SequenceInsert",
        "SequenceLength",
        "SequenceMap",
        "SplitToSequence",
    ],
    "boxes": ["NonMaxSuppression"],
}
WHY = {operator: why for why, operators in OUT.items() for operator in operators}
NARROW = {"FLOAT8E4M3FN", "FLOAT8E4M3FNUZ", "FLOAT8E5M2", "FLOAT8E5M2FNUZ", "FLOAT8E8M0", "FLOAT4E2M1", "FLOAT6E2M3", "FLOAT6E3M2",
          "INT4", "UINT4", "INT2", "UINT2", "COMPLEX64", "COMPLEX128"}


def graphs(graph):
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("g"):
                yield from graphs(attribute.g)


def elements(kind):
    """The element types that a type names."""
    if kind.HasField("tensor_type"):
        yield onnx.TensorProto.DataType.Name(kind.tensor_type.elem_type)
    if kind.HasField("sequence_type"):
        yield "sequence"
        yield from elements(kind.sequence_type.elem_type)
    if kind.HasField("optional_type"):
        yield "optional"


def uses(model):
    """Operators and element types of a model, functions included."""
    operators, types = set(), set()
    pieces = [node for function in model.functions for node in function.node]
    for graph in graphs(model.graph):
        pieces.extend(graph.node)
        for port in [*graph.input, *graph.output, *graph.value_info]:
            types.update(elements(port.type))
        for tensor in graph.initializer:
            types.add(onnx.TensorProto.DataType.Name(tensor.data_type))
    for node in pieces:
        operators.add(node.op_type if node.domain in ("", "ai.onnx") else f"{node.domain}.{node.op_type}")
        for attribute in node.attribute:
            if attribute.name == "to" and node.op_type in ("Cast", "BitCast"):
                types.add(onnx.TensorProto.DataType.Name(attribute.i))
            if attribute.HasField("t"):
                types.add(onnx.TensorProto.DataType.Name(attribute.t.data_type))
    return operators, types


def out_of_scope(name, operators, types):
    if any(part in name for part in ("_training_", "training_mode", "dropout_random")) or name.startswith("test_training"):
        return "training"
    for operator in sorted(operators):
        if operator in WHY and not (WHY[operator] == "sequences" and "Loop" in operators):
            return WHY[operator]
        if operator.startswith("ai.onnx.preview"):
            return "previews"
    narrow = sorted(types & NARROW)
    if narrow:
        return f"elements of {narrow[0].lower()}"
    if "optional" in types:
        return "optional values"
    return None


def proto(value, port):
    if port.type.HasField("sequence_type"):
        return numpy_helper.from_list([numpy.asarray(item) for item in value], name=port.name)
    if isinstance(value, onnx.TensorProto):
        return value
    return numpy_helper.from_array(numpy.asarray(value), name=port.name)


def loaded(case):
    """The model and the one data set of a case."""
    if case.model is not None:
        return case.model, case.data_sets[0]
    folder = Path(case.model_dir)
    model = onnx.load(folder / "model.onnx")
    data = folder / "test_data_set_0"
    read = lambda pattern: [path.read_bytes() for path in sorted(data.glob(pattern), key=lambda path: int(path.stem.split("_")[1]))]
    return model, (read("input_*.pb"), read("output_*.pb"))


def main():
    out = Path(sys.argv[1])
    index = []
    for kind in ("node", "simple", "pytorch-operator", "pytorch-converted"):
        for case in load_model_tests(kind=kind):
            model, (inputs, outputs) = loaded(case)
            operators, types = uses(model)
            entry = {
                "name": case.name,
                "kind": kind,
                "operators": sorted(operators),
                "inputs": [port.name for port in model.graph.input],
                "outputs": [port.name for port in model.graph.output],
                "rtol": case.rtol,
                "atol": case.atol,
                "out_of_scope": out_of_scope(case.name, operators, types),
            }
            folder = out / case.name
            folder.mkdir(parents=True, exist_ok=True)
            try:
                for what, values, ports in (("input", inputs, model.graph.input), ("output", outputs, model.graph.output)):
                    for number, value in enumerate(values):
                        if value is None:
                            continue
                        data = value if isinstance(value, bytes) else proto(value, ports[number]).SerializeToString()
                        (folder / f"{what}_{number}.pb").write_bytes(data)
            except (TypeError, ValueError, AttributeError) as error:
                if entry["out_of_scope"] is None:
                    raise SystemExit(f"{case.name}: {error}")
            (folder / "model.onnx").write_bytes(model.SerializeToString())
            index.append(entry)
    (out / "index.json").write_text(json.dumps({"onnx": onnx.__version__, "cases": index}, indent=1))
    print(len(index), "cases,", sum(entry["out_of_scope"] is None for entry in index), "in scope")


main()
