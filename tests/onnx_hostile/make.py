"""Writes models that nobody means well with, as files that tests/tests/onnx_hostile.rs reads.

    python make.py FOLDER

`refused/NAME/model.onnx` must be refused; `either/NAME/model.onnx` may convert as well. Each has to be answered fast and in little memory.
"""

import os
import sys
from pathlib import Path

import numpy as np
from onnx import AttributeProto, ModelProto, SparseTensorProto, TensorProto, helper, numpy_helper

FOLDER = Path(sys.argv[1])
F, D, I64, S, B = TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.INT64, TensorProto.STRING, TensorProto.BOOL
HUGE = 2**40


def write(kind, name, model, beside=()):
    folder = FOLDER / kind / name
    folder.mkdir(parents=True)
    (folder / "model.onnx").write_bytes(model if isinstance(model, bytes) else model.SerializeToString())
    for act in beside:
        act(folder)


def refused(name, model, *beside):
    write("refused", name, model, beside)


def either(name, model, *beside):
    write("either", name, model, beside)


def info(name, kind=F, dims=("N", 3)):
    return helper.make_tensor_value_info(name, kind, dims)


def model(nodes, inputs=None, outputs=None, constants=(), opset=21, ml=3, functions=(), sparse=(), domains=()):
    inputs = [info("x")] if inputs is None else inputs
    outputs = [info("y")] if outputs is None else outputs
    held = [value if isinstance(value, TensorProto) else numpy_helper.from_array(np.asarray(value), name) for name, value in constants]
    graph = helper.make_graph(nodes, "hostile", inputs, outputs, held, sparse_initializer=list(sparse))
    opsets = [helper.make_opsetid("", opset), helper.make_opsetid("ai.onnx.ml", ml), *[helper.make_opsetid(domain, 1) for domain in domains]]
    return helper.make_model(graph, opset_imports=opsets, functions=list(functions), ir_version=10)


def node(op, inputs, outputs=("y",), **attributes):
    return helper.make_node(op, list(inputs), list(outputs), name=op.lower(), **attributes)


def one(op, inputs=("x",), constants=(), opset=21, dims=("N", 3), kind=F, out=("N", 3), out_kind=F, **attributes):
    return model([node(op, inputs, **attributes)], [info("x", kind, dims)], [info("y", out_kind, out)], constants, opset)


def ints(*values):
    return np.array(values, np.int64)


# ---------------------------------------------------------------------------------------------- protobuf


def varint(number):
    out = b""
    while number > 127:
        out += bytes([number & 127 | 128])
        number >>= 7
    return out + bytes([number])


def field(tag, payload):
    return varint(tag << 3 | 2) + varint(len(payload)) + payload


def message_files():
    whole = one("Neg").SerializeToString()
    for length in range(0, len(whole), 7):
        # The opset import stands last and may be left out.
        (refused if length < len(whole) // 2 else either)(f"cut_{length}", whole[:length])
    for bit in range(0, 8 * len(whole), 13):
        flipped = bytearray(whole)
        flipped[bit // 8] ^= 1 << bit % 8
        either(f"flipped_{bit}", bytes(flipped))
    refused("a_length_of_two_to_the_62", b"\x3a" + varint(2**62) + b"\x00" * 64)
    refused("a_varint_of_twenty_bytes", b"\x08" + b"\xff" * 20)
    refused("groups_in_groups", b"\x0b" * 100_000)
    refused("zeros", b"\x00" * 4096)
    body = b""
    for _ in range(30_000):
        # A node with a graph attribute, in a graph, in a node; written from the inside out, lengths included, it is quadratic: keep names short.
        body = field(1, field(4, b"If") + field(5, field(1, b"g") + field(6, body)) + field(2, b"y"))
    refused("nested_30000_deep", field(7, body))
    kind = b""
    for _ in range(30_000):
        kind = field(4, field(1, kind))
    refused("a_type_30000_deep", field(7, field(11, field(1, b"x") + field(2, kind))))
    for name, tag in {"a_name": 3, "an_operator": 4, "an_input": 1, "a_domain": 7}.items():
        bad = field(1, b"x") + field(2, b"y") + field(tag, b"\xff\xfe\xc0")
        refused(f"{name}_that_is_not_utf8", field(7, field(1, bad)))
    text = TensorProto(name="c", data_type=S, dims=[1], string_data=[b"\xff\xfe"])
    refused("a_text_that_is_not_utf8", model([node("Identity", ["c"])], outputs=[info("y", S, [1])], constants=[("c", text)]))
    bad = one("Neg")
    bad.graph.node[0].attribute.append(AttributeProto(name="axis", type=AttributeProto.STRING, s=b"\xff"))
    refused("an_attribute_that_is_not_utf8", bad)


# ---------------------------------------------------------------------------------------------- names and order


def graphs():
    refused("itself", model([node("Add", ["x", "y"])]))
    refused("a_ring", model([node("Add", ["x", "b"], ["a"]), node("Neg", ["a"], ["b"]), node("Neg", ["b"])]))
    ring = [node("Add", ["x", f"v{(at + 1) % 50_000}"], [f"v{at}"]) for at in range(50_000)]
    refused("a_ring_of_50000", model([*ring, node("Neg", ["v0"])]))
    refused("one_name_twice", model([node("Neg", ["x"]), node("Abs", ["x"])]))
    refused("many_names_twice", model([node("Neg", ["x"], ["y"]) for _ in range(20_000)]))
    refused("an_input_twice", model([node("Neg", ["x"])], [info("x"), info("x")]))
    refused("an_output_that_is_an_input_made_again", model([node("Neg", ["x"], ["x"])]))
    either("an_output_twice", model([node("Neg", ["x"])], outputs=[info("y"), info("y")]))
    refused("an_initializer_twice", model([node("Add", ["x", "c"])], constants=[("c", np.float32(1)), ("c", np.float32(2))]))
    refused("an_initializer_that_is_missing", model([node("Add", ["x", "c"])]))
    refused("no_outputs", model([node("Neg", ["x"])], outputs=[]))
    refused("an_output_without_a_name", model([node("Neg", ["x"])], outputs=[info("")]))
    refused("outputs_that_nobody_makes", model([node("Neg", ["x"])], outputs=[info(f"y{at}") for at in range(10_000)]))
    either("inputs_10000", model([node("Neg", ["x"])], [info("x"), *[info(f"x{at}") for at in range(10_000)]]))
    either("inputs_of_one_sum", model([node("Sum", [f"x{at}" for at in range(5_000)])], [info(f"x{at}") for at in range(5_000)]))
    for op in ["Neg", "Sqrt", "Identity"]:
        for width in [1, 3, 100]:
            dims = ("N", width)
            chain = [helper.make_node(op, [f"v{at}"], [f"v{at + 1}"]) for at in range(100_000)]
            either(f"chain_{op.lower()}_{width}", model(chain, [info("v0", F, dims)], [info("v100000", F, dims)]))
    chain = [helper.make_node("Add", [f"v{at}", f"v{at}"], [f"v{at + 1}"]) for at in range(2_000)]
    either("doublings", model(chain, [info("v0", F, ("N", 1))], [info("v2000", F, ("N", 1))]))
    chain = [helper.make_node("Concat", [f"v{at}", f"v{at}"], [f"v{at + 1}"], axis=1) for at in range(64)]
    refused("concat_doublings", model(chain, [info("v0")], [info("v64")]))
    chain = [helper.make_node("Concat", [f"v{at}", f"v{at}"], [f"v{at + 1}"], axis=0) for at in range(64)]
    refused("constant_doublings", model([*chain, node("Add", ["x", "v64"])], constants=[("v0", np.ones(1, np.float32))]))
    chain = [helper.make_node("StringConcat", [f"v{at}", f"v{at}"], [f"v{at + 1}"]) for at in range(64)]
    refused("text_doublings", model(chain, [info("x", S, ("N", 1))], [info("v64", S, [1])], constants=[("v0", np.array(["ab"], object))]))
    for opset in [0, -1, -(2**63), 2**63 - 1]:
        refused(f"opset_{opset}", one("Neg", opset=opset))
    refused("an_operator_that_nobody_knows", one("Mystery"))


def functions():
    def function(name, nodes, inputs=("a",), outputs=("b",)):
        opsets = [helper.make_opsetid("", 21), helper.make_opsetid("own", 1)]
        return helper.make_function("own", name, list(inputs), list(outputs), nodes, opsets)

    def call(name, inputs=("a",), outputs=("b",)):
        return helper.make_node(name, list(inputs), list(outputs), domain="own")

    def calls(*made):
        return model([call("f0", ["x"], ["y"])], functions=made, domains=["own"])

    refused("function_that_calls_itself", calls(function("f0", [call("f0")])))
    refused("function_that_calls_itself_twice", calls(function("f0", [call("f0", ["a"], ["c"]), call("f0", ["c"], ["b"])])))
    refused("functions_that_call_each_other", calls(function("f0", [call("f1")]), function("f1", [call("f0")])))
    refused("functions_that_call_two_each", calls(*[
        function(f"f{at}", [call(f"f{(at + 1) % 5}", ["a"], ["c"]), call(f"f{(at + 2) % 5}", ["c"], ["b"])]) for at in range(5)
    ]))
    for leaf in [0, 1]:
        made = [function(f"f{at}", [call(f"f{at + 1}", ["a"], ["c"]), call(f"f{at + 1}", ["c"], ["b"])]) for at in range(30)]
        last = function("f30", [helper.make_node("Neg", ["a"], ["b"])] * leaf)
        refused(f"functions_two_to_the_30_calls_{leaf}", calls(*made, last))
    name = "long" * 50_000
    nodes = [helper.make_node("Neg", ["a" if at == 0 else f"v{at}"], [f"v{at + 1}"]) for at in range(20_000)]
    either("function_with_a_long_name", model([call(name, ["x"], ["y"])], functions=[function(name, nodes, outputs=["v20000"])], domains=["own"]))
    given = helper.make_node("Constant", [], ["c"], value_ints=[1] * 200_000)
    refer = []
    for at in range(5_000):
        constant = helper.make_node("Constant", [], [f"c{at}"])
        constant.attribute.append(AttributeProto(name="value_ints", type=AttributeProto.INTS, ref_attr_name="held"))
        refer.append(constant)
    made = function("f0", [*refer, helper.make_node("Neg", ["a"], ["b"])])
    made.attribute.append("held")
    caller = call("f0", ["x"], ["y"])
    caller.attribute.append(helper.make_attribute("held", [1] * 200_000))
    either("function_that_copies_an_attribute", model([caller], functions=[made], domains=["own"]))
    refused("function_without_nodes", calls(function("f0", [])))


# ---------------------------------------------------------------------------------------------- sizes


def tensors():
    for dims in [[HUGE], [2**20, 2**20], [2**62, 4], [-1], [0, HUGE], [2**63 - 1, 2**63 - 1]]:
        held = TensorProto(name="c", data_type=F, dims=dims)
        refused("dims_" + "_".join(map(str, dims)), model([node("Add", ["x", "c"])], constants=[("c", held)]))
    refused("many_dims", model([node("Add", ["x", "c"])], constants=[("c", TensorProto(name="c", data_type=F, dims=[1] * 100_000, float_data=[1.0]))]))
    refused("too_much_data", model([node("Add", ["x", "c"])], constants=[("c", TensorProto(name="c", data_type=F, dims=[1], float_data=[1.0] * 100_000))]))
    refused("raw_bytes_of_a_part", model([node("Add", ["x", "c"])], constants=[("c", TensorProto(name="c", data_type=F, dims=[1], raw_data=b"abc"))]))
    for kind in [0, 14, 17, 22, 99, -1, 2**31 - 1]:
        refused(f"element_type_{kind}", model([node("Add", ["x", "c"])], constants=[("c", TensorProto(name="c", data_type=kind, dims=[1], raw_data=b"abcd"))]))
    for dims in [("N", HUGE), ("N", 2**20, 2**20), (HUGE, 3), ("N", 2**63 - 1), ("N", -1), ("N", *[2] * 60), ("N", *[1] * 1000)]:
        (either if dims[0] == HUGE else refused)(f"input_{len(dims)}_{dims[0]}_{dims[1]}", one("Neg", dims=dims, out=None))
    either("input_of_nothing", one("Neg", dims=("N", 0), out=None))
    for name, indices, dims in [
        ("wild", [-1, 2**62], [3]), ("past", [7, 8], [3]), ("huge", [0, 1], [HUGE]), ("product", [0, 1], [2**40, 2**40]), ("few", [0], [3]),
        ("negative", [0, 1], [-3]), ("nothing", [0, 1], []),
    ]:
        held = SparseTensorProto(dims=dims)
        held.values.CopyFrom(numpy_helper.from_array(np.array([1, 2], np.float32), "c"))
        held.indices.CopyFrom(numpy_helper.from_array(np.array(indices, np.int64), "i"))
        refused(f"sparse_{name}", model([node("Add", ["x", "c"])], sparse=[held]))
    held = SparseTensorProto(dims=[2**20])
    count = 200_000
    held.values.CopyFrom(numpy_helper.from_array(np.ones(count, np.float32), "c"))
    held.indices.CopyFrom(numpy_helper.from_array(np.arange(count, dtype=np.int64), "i"))
    either("sparse_large", model([node("ReduceSum", ["c"], ["s"], keepdims=0), node("Add", ["x", "s"])], sparse=[held]))
    refused("sparse_without_values", model([node("Add", ["x", "c"])], sparse=[SparseTensorProto(dims=[3])]))
    constant = node("Constant", [], ["c"])
    constant.attribute.append(helper.make_attribute("sparse_value", held))
    either("sparse_constant", model([constant, node("ReduceSum", ["c"], ["s"], keepdims=0), node("Add", ["x", "s"])]))


def external():
    def held(**entries):
        tensor = TensorProto(name="c", data_type=F, dims=entries.pop("dims", [3]), data_location=TensorProto.EXTERNAL)
        for key, value in entries.items():
            tensor.external_data.add(key=key, value=str(value))
        return model([node("Add", ["x", "c"])], constants=[("c", tensor)])

    def file(size):
        def act(folder):
            with open(folder / "weights", "wb") as out:
                out.truncate(size)
        return act

    def outside(folder):
        (folder.parent.parent / "outside").write_bytes(b"\0" * 12)

    for name, location in {
        "parent": "../../outside", "absolute": str((FOLDER / "outside").resolve()), "through": "a/../../../outside", "itself": ".", "empty": "",
        "nul": "a\0b", "device": "/dev/zero", "process": "/proc/self/mem", "missing": "none", "windows": "..\\outside", "url": "file:///etc/passwd", "long": "a/" * 5000 + "w",
    }.items():
        refused(f"external_{name}", held(location=location, length=12), outside)
    refused("external_link", held(location="weights", length=12), outside, lambda folder: os.symlink("../../outside", folder / "weights"))
    refused("external_linked_folder", held(location="up/outside", length=12), outside, lambda folder: os.symlink("../..", folder / "up"))
    refused("external_link_to_itself", held(location="weights", length=12), lambda folder: os.symlink("weights", folder / "weights"))
    refused("external_pipe", held(location="weights", length=12), lambda folder: os.mkfifo(folder / "weights"))
    for name, entries in {
        "offset_past": dict(offset=2**40, length=12), "length_past": dict(offset=0, length=2**40), "both": dict(offset=2**64 - 1, length=2**64 - 1),
        "negative": dict(offset=-1, length=12), "words": dict(offset="zero", length=12), "more": dict(length=8),
    }.items():
        refused(f"external_{name}", held(location="weights", **entries), file(12))
    # As long as it says, and far longer than memory.
    refused("external_sparse_file", held(location="weights", length=2**42), file(2**42))
    refused("external_sparse_file_to_the_end", held(location="weights", dims=[2**40]), file(2**42))
    either("external_first_of_a_large_file", held(location="weights"), file(2**42))
    tensors = []
    for at in range(3_000):
        tensor = TensorProto(name=f"c{at}", data_type=F, dims=[2**26], data_location=TensorProto.EXTERNAL)
        tensor.external_data.add(key="location", value="weights")
        tensors.append((f"c{at}", tensor))
    refused("external_many_times", model([node("Neg", ["x"])], constants=tensors), file(2**28))


# ---------------------------------------------------------------------------------------------- operators


def operators():
    for name, made in {
        "range": one("Range", ["a", "b", "c"], [("a", np.int64(0)), ("b", np.int64(HUGE)), ("c", np.int64(1))], out=None, out_kind=I64),
        "range_by_nothing": one("Range", ["a", "b", "c"], [("a", np.int64(0)), ("b", np.int64(9)), ("c", np.int64(0))], out=None, out_kind=I64),
        "range_of_nan": one("Range", ["a", "b", "c"], [("a", np.float32(0)), ("b", np.float32("nan")), ("c", np.float32(1))], out=None),
        "range_to_infinity": one("Range", ["a", "b", "c"], [("a", np.float32(0)), ("b", np.float32("inf")), ("c", np.float32(1))], out=None),
        "range_overflow": one("Range", ["a", "b", "c"], [("a", np.int64(-2**63)), ("b", np.int64(2**63 - 1)), ("c", np.int64(1))], out=None, out_kind=I64),
        "constant_of_shape": one("ConstantOfShape", ["a"], [("a", ints(HUGE))], out=None),
        "constant_of_shape_negative": one("ConstantOfShape", ["a"], [("a", ints(-1))], out=None),
        "constant_of_shape_product": one("ConstantOfShape", ["a"], [("a", ints(*[2**16] * 4))], out=None),
        "tile": one("Tile", ["x", "a"], [("a", ints(1, HUGE))], out=None),
        "tile_negative": one("Tile", ["x", "a"], [("a", ints(1, -2))], out=None),
        "tile_product": one("Tile", ["x", "a"], [("a", ints(1, 2**62))], out=None),
        "expand": one("Expand", ["x", "a"], [("a", ints(HUGE, 1, 3))], out=None),
        "expand_negative": one("Expand", ["x", "a"], [("a", ints(-5, 1, 3))], out=None),
        "pad": one("Pad", ["x", "a"], [("a", ints(0, HUGE, 0, 0))], out=None),
        "pad_least": one("Pad", ["x", "a"], [("a", ints(0, -2**63, 0, -2**63))], out=None),
        "pad_most": one("Pad", ["x", "a"], [("a", ints(0, 2**63 - 1, 0, 2**63 - 1))], out=None),
        "pad_away": one("Pad", ["x", "a"], [("a", ints(0, -2, 0, -2))], out=None),
        "pad_reflect": one("Pad", ["x", "a"], [("a", ints(0, 900_000, 0, 900_000))], out=None, mode="reflect"),
        "resize": one("Resize", ["x", "", "", "s"], [("s", ints(1, 1, 2**30, 2**30))], dims=("N", 1, 4, 4), out=None),
        "resize_scale": one("Resize", ["x", "", "s"], [("s", np.array([1, 1, 1e30, 1e30], np.float32))], dims=("N", 1, 4, 4), out=None),
        "resize_nan": one("Resize", ["x", "", "s"], [("s", np.array([1, 1, np.nan, -1], np.float32))], dims=("N", 1, 4, 4), out=None),
        "resize_to_nothing": one("Resize", ["x", "", "s"], [("s", np.array([1, 1, 0, 1e-30], np.float32))], dims=("N", 1, 4, 4), out=None),
        "one_hot": one("OneHot", ["x", "d", "v"], [("d", np.int64(HUGE)), ("v", np.array([0, 1], np.float32))], out=None),
        "one_hot_negative": one("OneHot", ["x", "d", "v"], [("d", np.int64(-1)), ("v", np.array([0, 1], np.float32))], out=None),
        "one_hot_values": one("OneHot", ["x", "d", "v"], [("d", np.int64(3)), ("v", np.array([0], np.float32))], out=None),
        "einsum": one("Einsum", ["x", "x", "x"], equation="na,nb,nc->nabc", dims=("N", 2000), out=None),
        "einsum_syntax": one("Einsum", equation="->->...,,", out=None),
        "einsum_letters": one("Einsum", equation="n" * 100_000, out=None),
        "einsum_dots": one("Einsum", equation="." * 1000 + "->", out=None),
        "eye": one("EyeLike", ["c"], [("c", np.zeros((1, 1), np.float32))], k=2**63 - 1, out=None),
        "split": one("Split", ["x", "s"], [("s", ints(2**63 - 1, 2**63 - 1, 5))], axis=1, out=None),
        "split_nothing": one("Split", num_outputs=0, axis=1, out=None),
        "split_many": one("Split", num_outputs=2**40, axis=1, out=None),
        "reshape": one("Reshape", ["x", "s"], [("s", ints(-1, -1))], out=None),
        "reshape_huge": one("Reshape", ["x", "s"], [("s", ints(-1, 2**62, 4))], out=None),
        "reshape_least": one("Reshape", ["x", "s"], [("s", ints(-2**63, 3))], out=None),
        "slice_step": one("Slice", ["x", "a", "b", "c", "d"], [("a", ints(0)), ("b", ints(3)), ("c", ints(1)), ("d", ints(0))], out=None),
        "slice_axes": one("Slice", ["x", "a", "b", "c"], [("a", ints(0)), ("b", ints(3)), ("c", ints(99))], out=None),
        "transpose": one("Transpose", perm=[1, 1], out=None),
        "transpose_huge": one("Transpose", perm=[2**40, -1], out=None),
        "squeeze": one("Squeeze", ["x", "a"], [("a", ints(-2**63))], out=None),
        "unsqueeze": one("Unsqueeze", ["x", "a"], [("a", ints(*range(1000)))], out=None),
        "unsqueeze_twice": one("Unsqueeze", ["x", "a"], [("a", ints(1, 1))], out=None),
        "gather": one("Gather", ["x", "a"], [("a", ints(2**62))], axis=1, out=None),
        "gather_axis": one("Gather", ["x", "a"], [("a", ints(0))], axis=-2**63, out=None),
        "softmax_axis": one("Softmax", axis=2**62),
        "flatten": one("Flatten", axis=2**62, out=None),
        "depth_to_space": one("DepthToSpace", blocksize=0, dims=("N", 4, 2, 2), out=None),
        "depth_to_space_huge": one("DepthToSpace", blocksize=2**62, dims=("N", 4, 2, 2), out=None),
        "space_to_depth": one("SpaceToDepth", blocksize=-3, dims=("N", 4, 6, 6), out=None),
        "top_k": one("TopK", ["x", "k"], [("k", ints(HUGE))], out=None),
        "top_k_negative": one("TopK", ["x", "k"], [("k", ints(-1))], out=None),
        "concat_axis": one("Concat", ["x", "x"], axis=2**62, out=None),
        "lp": one("LpNormalization", p=2**40, axis=1),
        "lrn": one("LRN", size=2**62, dims=("N", 3, 2, 2), out=None),
        "lrn_negative": one("LRN", size=-5, dims=("N", 3, 2, 2), out=None),
        "cast": one("Cast", to=99),
        "bit_shift": one("BitShift", ["x", "x"], direction="SIDEWAYS", kind=TensorProto.UINT8, out_kind=TensorProto.UINT8),
        "random": one("RandomUniform", [], shape=[HUGE], out=None),
        "cumsum": one("CumSum", ["x", "a"], [("a", np.int64(2**62))]),
        "trilu": one("Trilu", ["x", "k"], [("k", np.int64(2**63 - 1))], dims=("N", 3, 3), out=None),
        "scatter": one("ScatterElements", ["x", "i", "u"], [("i", np.full((1, 3), 2**62)), ("u", np.ones((1, 3), np.float32))], axis=1),
        "reduce_axes": one("ReduceSum", ["x", "a"], [("a", ints(*[2**62] * 3))], out=None),
        "batch_norm": one("BatchNormalization", ["x", "c", "c", "c", "c"], [("c", np.ones(7, np.float32))]),
        "group_norm": one("GroupNormalization", ["x", "c", "c"], [("c", np.ones(3, np.float32))], num_groups=0, dims=("N", 3, 2), out=None),
        "group_norm_odd": one("GroupNormalization", ["x", "c", "c"], [("c", np.ones(3, np.float32))], num_groups=2, dims=("N", 3, 2), out=None),
        "layer_norm": one("LayerNormalization", ["x", "c"], [("c", np.ones(3, np.float32))], axis=2**62),
        "gemm": one("Gemm", ["x", "c"], [("c", np.ones((7, 2), np.float32))], out=None),
        "matmul": one("MatMul", ["x", "c"], [("c", np.ones((2, 2, 2, 7), np.float32))], out=None),
        "matmul_large": one("MatMul", ["x", "x"], dims=("N", 1000, 1000), out=None),
        "det": one("Det", dims=("N", 500, 500), out=("N",)),
        "det_oblong": one("Det", dims=("N", 2, 3), out=("N",)),
        "grid": one("GridSample", ["x", "g"], [("g", np.ones((1, 2, 2, 5), np.float32))], dims=("N", 1, 2, 2), out=None),
        "affine": one("AffineGrid", ["x", "s"], [("s", ints(1, 1, 2**31, 2**31))], dims=("N", 2, 3), out=None),
        "col2im": one("Col2Im", ["x", "a", "b"], [("a", ints(HUGE, HUGE)), ("b", ints(1, 1))], dims=("N", 5, 5), out=None),
        "roi": one("RoiAlign", ["x", "r", "b"], [("r", np.ones((1, 4), np.float32)), ("b", ints(0))], dims=(1, 1, 4, 4), output_height=2**40, output_width=2**40, out=None),
        "roi_samples": one("RoiAlign", ["x", "r", "b"], [("r", np.array([[0, 0, 1e30, 1e30]], np.float32)), ("b", ints(0))], dims=(1, 1, 4, 4), out=None),
        "max_unpool": one("MaxUnpool", ["x", "i"], [("i", np.full((1, 1, 2, 2), 2**62))], dims=(1, 1, 2, 2), kernel_shape=[2, 2], strides=[2**40, 2**40], out=None),
        "loop_turns": model([node("Loop", ["n", "", "x"], body=body())], constants=[("n", np.int64(HUGE))]),
        "loop_in_loops": model([node("Loop", ["n", "", "x"], body=body(6))], constants=[("n", np.int64(5_000))]),
        "loop_without_nodes": model([node("Loop", ["n", "", "x"], body=idle())], constants=[("n", np.int64(60_000))]),
        "loop_without_an_end": model([node("Loop", ["", "", "x"], body=body())]),
        "loop_in_loops_of_constants": model([node("Loop", ["n", "", "c"], ["s"], body=body(6)), node("Add", ["x", "s"])], constants=[("n", np.int64(5_000)), ("c", np.float32(1))]),
        "string_split": one("StringSplit", kind=S, out=None, out_kind=S, maxsplit=2**62),
        "regex": one("RegexFullMatch", kind=S, out_kind=B, pattern="(a{1000}){1000}{1000}"),
        "regex_nested": one("RegexFullMatch", kind=S, out_kind=B, pattern="(" * 50_000 + "a" + ")" * 50_000),
        "regex_repeats": one("RegexFullMatch", kind=S, out_kind=B, pattern="((((a{64}){64}){64}){64}){64}"),
        "regex_many": one("RegexFullMatch", kind=S, out_kind=B, pattern="(?:a|b)*a" + "(?:a|b)" * 40),
        "regex_open": one("RegexFullMatch", kind=S, out_kind=B, pattern="(["),
        "sequence_at": model([node("SequenceAt", ["x", "i"])], constants=[("i", np.int64(0))]),
        "sequence_length_of_a_tensor": one("SequenceLength", out=None, out_kind=I64),
        "sequence_into_add": model([node("SequenceConstruct", ["x", "x"], ["s"]), node("Add", ["s", "x"])]),
        "sequence_into_concat": model([node("SequenceConstruct", ["x", "x"], ["s"]), node("Concat", ["s", "s"], axis=1)]),
        "sequence_past": model([node("SequenceConstruct", ["x", "x"], ["s"]), node("SequenceAt", ["s", "i"])], constants=[("i", np.int64(-2**63))]),
        "split_to_sequence": model([node("SplitToSequence", ["x", "n"], ["s"], axis=1), node("SequenceAt", ["s", "i"])], constants=[("i", np.int64(0)), ("n", np.int64(0))]),
        "zip_map_of_text": model([helper.make_node("ZipMap", ["x"], ["y"], domain="ai.onnx.ml", classlabels_strings=["a"] * 3)]),
        "map_into_add": model([helper.make_node("ZipMap", ["x"], ["m"], domain="ai.onnx.ml", classlabels_ints=[0, 1, 2]), node("Add", ["m", "x"])]),
        "scan": model([node("Scan", ["x"], body=idle(), num_scan_inputs=HUGE)]),
        "scan_nothing": model([node("Scan", ["x"], body=idle(), num_scan_inputs=0)]),
        "if_of_a_tensor": model([node("If", ["x"], then_branch=branch("x"), else_branch=branch("x"))]),
        "if_with_inputs": model([node("If", ["c"], then_branch=idle(), else_branch=idle())], constants=[("c", np.bool_(True))]),
        "quantize": one("QuantizeLinear", ["x", "s"], [("s", np.zeros(7, np.float32))], axis=2**62, out_kind=TensorProto.UINT8),
        "dequantize_blocks": one("DequantizeLinear", ["x", "s"], [("s", np.zeros((1, 3), np.float32))], kind=TensorProto.UINT8, block_size=2**62),
        "negative_log": one("NegativeLogLikelihoodLoss", ["x", "c"], [("c", ints(5))], out=None),
        "unique": one("Unique", axis=2**62, out=None),
        "compress": one("Compress", ["x", "c"], [("c", np.ones(99, bool))], axis=1, out=None),
        "tfidf": one("TfIdfVectorizer", kind=I64, out=None, max_gram_length=2**40, max_skip_count=2**40, min_gram_length=1, mode="TF", ngram_counts=[0], ngram_indexes=[2**40],
                     pool_int64s=[1]),
    }.items():
        either(f"op_{name}", made)
    images = ("N", 1, 5, 5)
    weights = [("w", np.ones((1, 1, 3, 3), np.float32))]
    for op, inputs in {"Conv": ["x", "w"], "ConvTranspose": ["x", "w"], "MaxPool": ["x"], "AveragePool": ["x"], "LpPool": ["x"]}.items():
        shape = {} if len(inputs) == 2 else {"kernel_shape": [3, 3]}
        for name, attributes in {
            "stride_zero": dict(strides=[0, 0]), "stride_negative": dict(strides=[-1, -1]), "stride_huge": dict(strides=[HUGE, HUGE]),
            "pads_negative": dict(pads=[-1, -1, -1, -1]), "pads_huge": dict(pads=[HUGE] * 4), "pads_few": dict(pads=[1]), "pads_away": dict(pads=[-9] * 4),
            "dilation_zero": dict(dilations=[0, 0]), "dilation_huge": dict(dilations=[2**62, 2**62]), "kernel_large": dict(kernel_shape=[9, 9]),
            "kernel_zero": dict(kernel_shape=[0, 0]), "kernel_huge": dict(kernel_shape=[HUGE, HUGE]), "kernel_few": dict(kernel_shape=[3]), "auto": dict(auto_pad="SIDEWAYS"),
            "same_huge": dict(auto_pad="SAME_UPPER", strides=[2**62, 2**62]), "group_zero": dict(group=0), "group_huge": dict(group=HUGE), "group_negative": dict(group=-1),
            "ceil": dict(ceil_mode=1, strides=[2**62, 1]), "outputs": dict(output_shape=[HUGE, HUGE]), "output_padding": dict(output_padding=[HUGE, HUGE]), "lp": dict(p=0),
        }.items():
            either(f"{op.lower()}_{name}", one(op, inputs, weights if len(inputs) == 2 else (), dims=images, out=None, **{**shape, **attributes}))
        either(f"{op.lower()}_flat", one(op, inputs, weights if len(inputs) == 2 else (), dims=("N", 1), out=None, **shape))
        either(f"{op.lower()}_large", one(op, inputs, weights if len(inputs) == 2 else (), dims=("N", 1, 1000, 1000), out=None, **shape))
    for op, gates in {"LSTM": 4, "GRU": 3, "RNN": 1}.items():
        for name, hidden, attributes in [
            ("nothing", 0, dict(hidden_size=0)), ("huge", 2, dict(hidden_size=HUGE)), ("negative", 2, dict(hidden_size=-1)), ("other", 2, dict(hidden_size=3)),
            ("direction", 2, dict(hidden_size=2, direction="up")), ("both", 2, dict(hidden_size=2, direction="bidirectional")), ("none", 2, {}),
            ("activation", 2, dict(hidden_size=2, activations=["Mystery"] * gates)), ("layout", 2, dict(hidden_size=2, layout=7)), ("clip", 2, dict(hidden_size=2, clip=-1.0)),
        ]:
            constants = [("w", np.ones((1, gates * hidden, 3), np.float32)), ("r", np.ones((1, gates * hidden, hidden), np.float32))]
            either(f"{op.lower()}_{name}", one(op, ["x", "w", "r"], constants, dims=(4, "N", 3), out=None, **attributes))
        constants = [("w", np.ones((1, gates * 2, 3), np.float32)), ("r", np.ones((1, gates * 2, 2), np.float32))]
        either(f"{op.lower()}_long", one(op, ["x", "w", "r"], constants, dims=(300_000, "N", 3), out=None, hidden_size=2))
    for name, attributes in {
        "odd": dict(q_num_heads=5, kv_num_heads=5), "zero": dict(q_num_heads=0, kv_num_heads=0), "groups": dict(q_num_heads=4, kv_num_heads=3), "none": {},
        "huge": dict(q_num_heads=HUGE, kv_num_heads=HUGE), "negative": dict(q_num_heads=-4, kv_num_heads=-4), "mode": dict(q_num_heads=4, kv_num_heads=4, qk_matmul_output_mode=99),
        "scale": dict(q_num_heads=4, kv_num_heads=4, scale=float("nan")), "cap": dict(q_num_heads=4, kv_num_heads=4, softcap=-1.0),
    }.items():
        either(f"attention_{name}", one("Attention", ["x", "x", "x"], dims=("N", 3, 8), out=None, opset=23, **attributes))
    either("attention_flat", one("Attention", ["x", "x", "x"], dims=("N", 8), out=None, opset=23, q_num_heads=2, kv_num_heads=2))
    either("attention_large", one("Attention", ["x", "x", "x"], dims=("N", 2000, 64), out=None, opset=23, q_num_heads=2, kv_num_heads=2))
    for op, right in {"Softmax": "axis", "Conv": "strides", "Gemm": "alpha", "Einsum": "equation", "If": "then_branch", "ConstantOfShape": "value"}.items():
        for kind in ["f", "i", "s", "t", "g", "floats", "ints", "strings", "nothing"]:
            attribute = AttributeProto(name=right)
            if kind != "nothing":
                attribute.type = {"f": 1, "i": 2, "s": 3, "t": 4, "g": 5, "floats": 6, "ints": 7, "strings": 8}[kind]
            wrong = one(op, ["x"] * (2 if op in ("Conv", "Gemm") else 1), out=None)
            wrong.graph.node[0].attribute.append(attribute)
            either(f"attribute_{op.lower()}_{kind}", wrong)


def branch(name):
    return helper.make_graph([helper.make_node("Neg", [name], ["r"])], "branch", [], [info("r")])


def idle():
    return helper.make_graph([], "idle", [info("i", I64, []), info("c", B, []), info("s")], [info("c", B, []), info("s")])


def body(depth=0):
    """A turn that adds the state to itself, or that makes a loop of its own."""
    inner = helper.make_node("Neg", ["s"], ["t"]) if depth == 0 else helper.make_node("Loop", ["n", "", "s"], ["t"], body=body(depth - 1))
    same = helper.make_node("Identity", ["c"], ["d"])
    return helper.make_graph([inner, same], "body", [info("i", I64, []), info("c", B, []), info("s")], [info("d", B, []), info("t")])


def trees():
    def tree(**changes):
        attributes = dict(
            nodes_treeids=[0, 0, 0], nodes_nodeids=[0, 1, 2], nodes_featureids=[0, 0, 0], nodes_modes=["BRANCH_LEQ", "LEAF", "LEAF"], nodes_values=[0.5, 0.0, 0.0],
            nodes_truenodeids=[1, 0, 0], nodes_falsenodeids=[2, 0, 0], target_treeids=[0, 0], target_nodeids=[1, 2], target_ids=[0, 0], target_weights=[1.0, 2.0], n_targets=1,
        )
        attributes.update(changes)
        return model([helper.make_node("TreeEnsembleRegressor", ["x"], ["y"], domain="ai.onnx.ml", **attributes)], outputs=[info("y", F, ("N", 1))])

    refused("tree_leads_back", tree(nodes_truenodeids=[0, 0, 0]))
    refused("tree_leads_nowhere", tree(nodes_truenodeids=[2**40, 0, 0]))
    refused("tree_feature_past", tree(nodes_featureids=[2**40, 0, 0]))
    refused("tree_feature_negative", tree(nodes_featureids=[-1, 0, 0]))
    refused("tree_targets", tree(n_targets=HUGE))
    refused("tree_mode", tree(nodes_modes=["MYSTERY", "LEAF", "LEAF"]))
    refused("tree_short", tree(nodes_values=[0.5]))
    either("tree_nothing", tree(**{name: [0] for name in ["nodes_treeids"]}))
    either("tree_weights", tree(target_ids=[0, 2**40]))
    count = 100_000
    ids = list(range(2 * count + 1))
    modes = ["BRANCH_LEQ", "LEAF"] * count + ["LEAF"]
    # Each split has a leaf and the next split: a path as long as the tree.
    deep = tree(
        nodes_treeids=[0] * len(ids), nodes_nodeids=ids, nodes_featureids=[0] * len(ids), nodes_modes=modes, nodes_values=[0.5] * len(ids),
        nodes_truenodeids=[at + 1 if at % 2 == 0 and at < 2 * count else 0 for at in ids], nodes_falsenodeids=[at + 2 if at % 2 == 0 and at < 2 * count else 0 for at in ids],
        target_treeids=[0], target_nodeids=[1], target_ids=[0], target_weights=[1.0],
    )
    either("tree_100000_deep", deep)
    # Both ways lead to the same next split: two to the 60 paths through 60 splits.
    shared = tree(
        nodes_treeids=[0] * 61, nodes_nodeids=list(range(61)), nodes_featureids=[0] * 61, nodes_modes=["BRANCH_LEQ"] * 60 + ["LEAF"], nodes_values=[0.5] * 61,
        nodes_truenodeids=[*range(1, 61), 0], nodes_falsenodeids=[*range(1, 61), 0], target_treeids=[0], target_nodeids=[60], target_ids=[0], target_weights=[1.0],
    )
    either("tree_with_shared_splits", shared)


message_files()
graphs()
functions()
tensors()
external()
operators()
trees()
