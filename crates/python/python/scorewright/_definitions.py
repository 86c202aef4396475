"""What a script or notebook defines and a pipeline needs: a pickle has its functions and classes by name only."""
import ast
import inspect
import io
import pickle
import textwrap
import types

# What the captured script imports anyway.
IMPORTED = ("import joblib", "import pandas as pd")


def definitions(pipeline):
    """The text that defines them: imports, constants, then functions and classes in an order that runs. Empty if there are none."""
    imports, constants, defined = {}, {}, {}
    for value in found(pipeline):
        define(value, imports, constants, defined)
    imports = [line for line in imports if line not in IMPORTED]
    blocks = ["\n".join(imports), "\n".join(constants), *defined.values()]
    return "\n\n\n".join(block for block in blocks if block)


def found(pipeline):
    """The functions and classes of `__main__` that a pipeline would be saved with."""
    values = {}

    class Finder(pickle.Pickler):
        def persistent_id(self, value):
            if isinstance(value, (types.FunctionType, type)) and value.__module__ == "__main__" and "<" not in value.__qualname__:
                values[value.__qualname__] = value
            return None

    try:
        Finder(io.BytesIO()).dump(pipeline)
    except Exception:
        pass  # saving it says what is wrong
    return values.values()


def define(value, imports, constants, defined):
    name = value.__qualname__
    if name in defined or "." in name:
        return
    try:
        source = textwrap.dedent(inspect.getsource(value)).rstrip()
    except (OSError, TypeError):
        return  # typed where no source is kept
    defined[name] = None
    used = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
    names = vars(__import__("__main__"))
    for name_used in sorted(used & names.keys()):
        need(name_used, names[name_used], imports, constants, defined)
    # Behind what it needs.
    del defined[name]
    defined[name] = source


def need(name, value, imports, constants, defined):
    if isinstance(value, types.ModuleType):
        whole = value.__name__
        imports[f"import {whole}" if whole == name else f"import {whole} as {name}"] = None
    elif isinstance(value, (types.FunctionType, type)) and value.__module__ == "__main__":
        define(value, imports, constants, defined)
    elif isinstance(value, (types.FunctionType, type)):
        imports[f"from {value.__module__} import {value.__qualname__}" + ("" if value.__qualname__ == name else f" as {name}")] = None
    else:
        try:
            is_plain = ast.literal_eval(repr(value)) == value
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            is_plain = False
        if is_plain:
            constants[f"{name} = {value!r}"] = None
