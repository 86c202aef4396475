"""Writes onnx.toml from the schemas of the `onnx` package, and of onnxruntime for its own operators that exporters write: facts about the
standard, nothing about what we support.

    python grammars/make_onnx.py > grammars/onnx.toml
"""

import json

import onnx
import onnxruntime
from onnx import AttributeProto, defs
from onnxruntime.capi import onnxruntime_pybind11_state

DOMAINS = ["", "ai.onnx.ml"]
# Operators of onnxruntime that skl2onnx writes; all are of version 1.
OWN = ["CDist", "Tokenizer"]
KINDS = {
    "FLOAT": "float", "INT": "int", "STRING": "string", "TENSOR": "tensor", "GRAPH": "graph", "FLOATS": "floats", "INTS": "ints",
    "STRINGS": "strings", "TENSORS": "tensors", "GRAPHS": "graphs", "SPARSE_TENSOR": "sparse_tensor", "TYPE_PROTO": "type",
    "SPARSE_TENSORS": "sparse_tensors", "TYPE_PROTOS": "types",
}


def argument(formal):
    mark = {"Single": "", "Optional": "?", "Variadic": "*"}[formal.option.name]
    return formal.name + mark


def attribute(attr):
    """`kind`, `kind!` when required, `kind=default` when there is one."""
    text = KINDS[attr.type.name]
    # onnxruntime gives the default as bytes.
    default = attr.default_value if hasattr(attr, "default_value") else AttributeProto.FromString(attr._default_value)
    if attr.required:
        return text + "!"
    if default.type == AttributeProto.FLOAT:
        return f"{text}={default.f:.9g}"
    if default.type == AttributeProto.INT:
        return f"{text}={default.i}"
    if default.type == AttributeProto.STRING:
        return f"{text}={default.s.decode()}"
    return text


def signature(schema):
    inputs = [argument(x) for x in schema.inputs]
    outputs = [argument(x) for x in schema.outputs]
    attributes = {name: attribute(a) for name, a in sorted(schema.attributes.items())}
    return inputs, outputs, attributes, schema.min_input, bool(schema.deprecated)


def own_schemas():
    schemas = onnxruntime_pybind11_state.get_all_operator_schema()
    return [s for s in schemas if s.domain == "com.microsoft" and s.name in OWN]


def strings(items):
    return "[" + ", ".join(json.dumps(x) for x in items) + "]"


def main():
    opset = defs.onnx_opset_version()
    ml = max(s.since_version for s in defs.get_all_schemas_with_history() if s.domain == "ai.onnx.ml")
    print("# ONNX operator signatures by opset. What the standard says, never what we support.")
    print(f"# Made by `grammars/make_onnx.py` from the schemas of the Python package onnx {onnx.__version__},")
    print(f"# and for com.microsoft of onnxruntime {onnxruntime.__version__}; do not edit by hand.")
    print("#")
    print("# An entry holds from opset `since` up to the next entry of the same name. `?` marks an optional argument, `*` a variadic one.")
    print("# An attribute is `kind`, `kind!` (required) or `kind=default`.")
    print("\n[newest]")
    print(f'"" = {opset}\n"ai.onnx.ml" = {ml}\n"com.microsoft" = 1')
    schemas = {}
    standard = [s for s in defs.get_all_schemas_with_history() if s.domain in DOMAINS]
    for s in standard + own_schemas():
        schemas.setdefault((s.domain, s.name), []).append(s)
    for (domain, name), versions in sorted(schemas.items()):
        last = None
        for schema in sorted(versions, key=lambda s: s.since_version):
            now = signature(schema)
            if now == last:
                continue
            last = now
            inputs, outputs, attributes, _, deprecated = now
            print("\n[[op]]")
            if domain:
                print(f'domain = "{domain}"')
            print(f'name = "{name}"\nsince = {schema.since_version}')
            if deprecated:
                print("deprecated = true")
            print(f"inputs = {strings(inputs)}\noutputs = {strings(outputs)}")
            if attributes:
                inner = ", ".join(f"{k} = {json.dumps(v)}" for k, v in attributes.items())
                print(f"attributes = {{ {inner} }}")


main()
