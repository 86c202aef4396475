"""Wraps the expressions of a script in calls of hooks that return what they were given, so that a run tells their values.

The hooks are methods of `scorewright_recorder.Recorder`, their arguments the place in the source and the value. Start reading at
`instrument`.
"""
import ast
import copy

HOOK = "_sw"
# Calls that look at the frame of their caller must stay where they are.
FRAME_SENSITIVE = {"super", "locals", "globals", "vars", "dir", "eval", "exec"}
FRAME_SENSITIVE_METHODS = {"query", "eval"}
TABLE_METHODS = {"merge", "merge_asof", "join", "map", "replace", "isin", "reindex", "align", "concat", "transform", "fillna"}


def is_recorded_in_callbacks(body):
    """What a library calls back is recorded all the same where it makes functions, or asks a column for its `.str`; and a name that is bound
    elsewhere is declared once."""
    told = (ast.Lambda, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Global, ast.Nonlocal)
    return any(isinstance(node, told) or isinstance(node, ast.Attribute) and node.attr == "str" for node in ast.walk(body))


class Instrument(ast.NodeTransformer):
    def __init__(self, prefix="", tables=frozenset(), tests=frozenset()):
        self.saves = 0
        self.tests = tests
        self.prefix = prefix
        self.tables = tables

    def place(self, node):
        """Where a node stands; in a module its file stands before that."""
        return f"{self.prefix}{node.lineno}:{node.col_offset}-{node.end_lineno}:{node.end_col_offset}"

    def hook(self, name, node, *args):
        call = ast.Call(func=ast.Attribute(value=ast.Name(id=HOOK, ctx=ast.Load()), attr=name, ctx=ast.Load()), args=list(args), keywords=[])
        return ast.copy_location(call, node)

    def wrap(self, node, name="r"):
        return self.hook(name, node, ast.copy_location(ast.Constant(self.place(node)), node), node)

    def text(self, node, value):
        return ast.copy_location(ast.Constant(value), node)

    def visit_plain(self, node):
        self.generic_visit(node)
        return self.wrap(node)

    visit_BinOp = visit_Compare = visit_BoolOp = visit_NamedExpr = visit_plain

    def visit_UnaryOp(self, node):
        self.generic_visit(node)
        return node if isinstance(node.operand, ast.Constant) else self.wrap(node)

    def visit_Attribute(self, node):
        self.generic_visit(node)
        return self.wrap(node) if isinstance(node.ctx, ast.Load) else node

    def visit_Subscript(self, node):
        rows = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) and node.slice.elts else node.slice
        rest = isinstance(rows, ast.Slice) and rows.lower is not None and rows.upper is None and rows.step is None or self.place(node) in self.tests
        node = self.visit_Attribute(node)
        if rest and isinstance(node, ast.Call):
            # `rows[n:]` may be the part of a frame that is kept for a test, and `rows[places]` is where the job says so.
            place, item = node.args
            key = ast.copy_location(ast.Subscript(value=self.hook_of(node, "between"), slice=item.slice, ctx=ast.Load()), item)
            return self.hook("rest", node, place, item.value, key)
        return node

    def hook_of(self, node, name):
        return ast.copy_location(ast.Attribute(value=ast.copy_location(ast.Name(id=HOOK, ctx=ast.Load()), node), attr=name, ctx=ast.Load()), node)

    def visit_Name(self, node):
        return self.wrap(node, "n") if isinstance(node.ctx, ast.Load) else node

    def visit_JoinedStr(self, node):
        # Positions inside an f-string are not trustworthy before Python 3.12: only the whole text is recorded.
        return self.wrap(node)

    def visit_TemplateStr(self, node):
        return node

    def visit_IfExp(self, node):
        place = self.place(node)
        test_place = self.place(node.test)
        self.generic_visit(node)
        node.test = self.hook("t", node.test, self.text(node.test, test_place), node.test)
        return self.hook("r", node, self.text(node, place), node)

    def visit_Call(self, node):
        place = self.place(node)
        func = node.func
        name = func.id if isinstance(func, ast.Name) else None
        method = func.attr if isinstance(func, ast.Attribute) else None
        tables = method in TABLE_METHODS or name in TABLE_METHODS
        receiver = None
        if isinstance(func, ast.Attribute):
            if func.attr.startswith(("fit", "predict", "inplace_predict", "transform")):
                receiver = self.place(func.value)
            func.value = self.visit(func.value)
        elif not isinstance(func, ast.Name):
            node.func = self.visit(func)
        node.args = [self.argument(arg, tables) for arg in node.args]
        for keyword in node.keywords:
            keyword.value = self.argument(keyword.value, tables)
        if name in FRAME_SENSITIVE:
            return node
        if method in FRAME_SENSITIVE_METHODS:
            return self.hook("r", node, self.text(node, place), node)
        node.args = [self.text(node, place), self.text(node, receiver), node.func, *node.args]
        node.func = ast.copy_location(ast.Attribute(value=ast.copy_location(ast.Name(id=HOOK, ctx=ast.Load()), node), attr="c", ctx=ast.Load()), node)
        return node

    def argument(self, arg, tables):
        if tables and isinstance(arg, ast.Name):
            return self.wrap(arg, "table")
        place = self.place(arg)
        out = self.visit(arg)
        if tables and not isinstance(arg, (ast.Constant, ast.Lambda, ast.Starred, ast.List, ast.Dict, ast.Tuple)):
            return self.hook("table", arg, self.text(arg, place), out)
        return out

    def comprehension(self, node):
        place = self.place(node)
        for generator in node.generators:
            at = self.place(generator.iter)
            generator.iter = self.visit(generator.iter)
            generator.iter = self.hook("i", generator.iter, self.text(generator.iter, at), generator.iter)
            tests = []
            for test in generator.ifs:
                test_place = self.place(test)
                test = self.visit(test)
                tests.append(self.hook("t", test, self.text(test, test_place), test))
            generator.ifs = tests
        if isinstance(node, ast.DictComp):
            node.key, node.value = self.visit(node.key), self.visit(node.value)
        else:
            node.elt = self.visit(node.elt)
        return self.hook("r", node, self.text(node, place), node)

    visit_ListComp = visit_SetComp = visit_DictComp = comprehension

    def visit_GeneratorExp(self, node):
        # Lazy: it runs inside the call that takes it, where nothing is recorded.
        return node

    def save_name(self):
        self.saves += 1
        return f"{HOOK}_{self.saves}"

    def assign(self, node, name):
        value = self.hook("save", node)
        return ast.copy_location(ast.Assign(targets=[ast.copy_location(ast.Name(id=name, ctx=ast.Store()), node)], value=value), node)

    def statement(self, node, call):
        return ast.copy_location(ast.Expr(call), node)

    def load(self, node, name):
        return ast.copy_location(ast.Name(id=name, ctx=ast.Load()), node)

    def visit_For(self, node):
        name = self.save_name()
        place = self.place(node.iter)
        changed = self.changed_by(node)
        node.iter = self.visit(node.iter)
        node.iter = self.hook("i", node.iter, self.text(node.iter, place), node.iter)
        node.body = self.block(node.body)
        node.orelse = self.block(node.orelse)
        node.target = self.visit(node.target)
        back = self.statement(node, self.hook("back", node, self.load(node, name)))
        return [self.assign(node, name), node, back, *[self.statement(node, self.after(node, f"{place}#{one}", one)) for one in changed]]

    def visit_Expr(self, node):
        func = node.value.func if isinstance(node.value, ast.Call) else None
        root = func
        while isinstance(root, (ast.Subscript, ast.Attribute, ast.Call)):
            root = root.func if isinstance(root, ast.Call) else root.value
        changed = isinstance(func, ast.Attribute) and func.attr in CHANGES and isinstance(root, ast.Name)
        place = self.place(node.value)
        self.generic_visit(node)
        return [node, self.statement(node, self.after(node, f"{place}#{root.id}", root.id))] if changed else node

    def changed_by(self, loop):
        """Names whose objects the turns of a loop write into, or call methods of."""
        own = {one.id for one in ast.walk(loop.target) if isinstance(one, ast.Name)}
        out = []
        for node in (one for statement in loop.body for one in ast.walk(statement)):
            root = node
            while isinstance(root, (ast.Subscript, ast.Attribute)):
                root = root.value
            written = isinstance(node, (ast.Subscript, ast.Attribute)) and isinstance(node.ctx, ast.Store)
            method = isinstance(node, ast.Attribute) and node.attr in CHANGES
            if (written or method) and isinstance(root, ast.Name) and root.id not in own and root.id not in out:
                out.append(root.id)
        return out

    def after(self, node, place, name):
        nothing = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
        thunk = ast.copy_location(ast.Lambda(args=nothing, body=self.load(node, name)), node)
        return self.hook("after", node, self.text(node, place), thunk)

    def test(self, test):
        place = self.place(test)
        test = self.visit(test)
        return self.hook("t", test, self.text(test, place), test)

    def visit_If(self, node):
        node.test = self.test(node.test)
        node.body = self.block(node.body)
        node.orelse = self.block(node.orelse)
        return node

    def visit_While(self, node):
        # `while test: body` becomes a loop over turns, so that each turn has its own context.
        name = self.save_name()
        place = self.place(node)
        if node.orelse:
            return node
        test = self.test(node.test)
        leave = ast.copy_location(ast.If(test=ast.copy_location(ast.UnaryOp(op=ast.Not(), operand=test), node), body=[ast.copy_location(ast.Break(), node)], orelse=[]), node)
        forever = self.hook("forever", node)
        turns = self.hook("i", node, self.text(node, place), forever)
        target = ast.copy_location(ast.Name(id=name + "_turn", ctx=ast.Store()), node)
        loop = ast.copy_location(ast.For(target=target, iter=turns, body=[leave, *self.block(node.body)], orelse=[], type_comment=None), node)
        return [self.assign(node, name), loop, self.statement(node, self.hook("back", node, self.load(node, name)))]

    def visit_Try(self, node):
        name = self.save_name()
        place = self.place(node)
        node.body = self.block(node.body)
        node.orelse = self.block(node.orelse)
        node.finalbody = self.block(node.finalbody)
        for which, handler in enumerate(node.handlers):
            call = self.hook("handled", handler, self.text(handler, place), self.load(handler, name), self.text(handler, which))
            handler.body = [self.statement(handler, call), *self.block(handler.body)]
        return [self.assign(node, name), node]

    def block(self, body):
        out = []
        for statement in body:
            new = self.visit(statement)
            out.extend(new if isinstance(new, list) else [new])
        return out

    def visit_Assign(self, node):
        place = self.place(node.value)
        self.generic_visit(node)
        target = node.targets[0]
        if len(node.targets) == 1 and isinstance(target, ast.Name) and target.id in self.tables:
            node.value = self.hook("table", node.value, self.text(node.value, place), node.value)
        return node

    def visit_AugAssign(self, node):
        place = self.place(node)
        target = node.target
        node.value = self.visit(node.value)
        if isinstance(target, ast.Name):
            after = self.statement(node, self.hook("r", node, self.text(node, place), self.load(node, target.id)))
            return [node, after]
        if isinstance(target, (ast.Attribute, ast.Subscript)):
            target.value = self.visit(target.value)
            if isinstance(target, ast.Subscript):
                target.slice = self.visit(target.slice)
        return node

    def visit_AnnAssign(self, node):
        if node.value is not None:
            node.value = self.visit(node.value)
        return node

    def called_back(self, node):
        """Whether a library calls, so that nothing is recorded."""
        suspended, group = (ast.Attribute(value=ast.Name(id=HOOK, ctx=ast.Load()), attr=name, ctx=ast.Load()) for name in ("suspended", "group"))
        alone = ast.Compare(left=group, ops=[ast.Is()], comparators=[ast.Constant(None)])
        return ast.copy_location(ast.BoolOp(op=ast.And(), values=[suspended, alone]), node)

    def visit_defaults(self, node):
        node.args.defaults = [self.visit(one) for one in node.args.defaults]
        node.args.kw_defaults = [one if one is None else self.visit(one) for one in node.args.kw_defaults]

    def visit_FunctionDef(self, node):
        """A function has its own body twice, so that a library that calls it for every cell does not pay for hooks."""
        self.visit_defaults(node)
        head = 1 if isinstance(node.body[0], ast.Expr) and isinstance(node.body[0].value, ast.Constant) else 0
        body = node.body[head:]
        own = copy.deepcopy(body) if body and not any(map(is_recorded_in_callbacks, body)) else None
        if own is not None:
            closed = Closed(self, node)
            own = [closed.visit(statement) for statement in own]
            own = [*[self.statement(own[0], offer) for offer in closed.offers(own[0])], *own]
        body = self.block(body)
        if own is not None:
            body = [ast.copy_location(ast.If(test=self.called_back(node), body=own, orelse=body), own[0])]
        node.body = node.body[:head] + body
        return node

    def visit_Lambda(self, node):
        self.visit_defaults(node)
        own, closed = None, Closed(self, node)
        if not is_recorded_in_callbacks(node.body):
            own = closed.visit(copy.deepcopy(node.body))
            if closed.found:
                all_of_it = ast.Tuple(elts=[*closed.offers(own), own], ctx=ast.Load())
                own = ast.copy_location(ast.Subscript(value=ast.copy_location(all_of_it, own), slice=ast.copy_location(ast.Constant(-1), own), ctx=ast.Load()), own)
        node.body = self.visit(node.body)
        if own is not None:
            node.body = ast.copy_location(ast.IfExp(test=self.called_back(node), body=own, orelse=node.body), own)
        return node

    def visit_AsyncFunctionDef(self, node):
        return node

    def visit_ClassDef(self, node):
        node.body = self.block(node.body)
        return node

    def visit_Global(self, node):
        return node

    visit_Nonlocal = visit_Import = visit_ImportFrom = visit_Global

    def visit_Match(self, node):
        node.subject = self.visit(node.subject)
        for case in node.cases:
            case.body = self.block(case.body)
        return node


# Methods of lists, sets and dicts that change them.
CHANGES = {"add", "append", "clear", "difference_update", "discard", "extend", "insert", "intersection_update", "pop", "popitem", "remove", "reverse", "setdefault", "sort", "subtract", "update"}
STATISTICS = {"mean", "median", "min", "max", "std", "var", "sum", "mode", "quantile", "nunique", "count", "skew"}


class Closed(ast.NodeTransformer):
    """Statistics in a function that depend on none of its own names: `train["x"].median()` and `train["x"].mode()[0]`."""

    def __init__(self, instrument, function):
        self.instrument = instrument
        self.found = []
        arguments = function.args
        given = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *filter(None, (arguments.vararg, arguments.kwarg))]
        stored = [one.id for one in ast.walk(function) if isinstance(one, ast.Name) and not isinstance(one.ctx, ast.Load)]
        self.own = {one.arg for one in given} | set(stored)

    def is_closed(self, node):
        names = [one.id for one in ast.walk(node) if isinstance(one, ast.Name)]
        return bool(names) and self.own.isdisjoint(names) and not any(isinstance(one, (ast.Lambda, ast.NamedExpr)) for one in ast.walk(node))

    def is_statistic(self, node):
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            inner = node.value.value if isinstance(node.value, ast.Attribute) and node.value.attr == "iloc" else node.value
            return self.is_statistic(inner)
        return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in STATISTICS and self.is_closed(node)

    def visit(self, node):
        if isinstance(node, ast.expr) and self.is_statistic(node):
            self.found.append((self.instrument.place(node), copy.deepcopy(node)))
            return self.instrument.hook("closed", node, self.instrument.text(node, self.instrument.place(node)), node)
        return self.generic_visit(node)

    def offers(self, at):
        nothing = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
        thunk = lambda node: ast.copy_location(ast.Lambda(args=nothing, body=node), at)
        return [self.instrument.hook("offer", at, self.instrument.text(at, place), thunk(node)) for place, node in self.found]


class Lenient(ast.NodeTransformer):
    """Statements that the output does not need may raise on rows that the script was not written for."""

    def __init__(self, places, prefix):
        self.places = places
        self.instrument = Instrument(prefix)

    def visit(self, node):
        node = self.generic_visit(node)
        plain = isinstance(node, (ast.Expr, ast.Assert, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Delete)) and not isinstance(node.value if hasattr(node, "value") else None, ast.Constant)
        if not plain or self.instrument.place(node) not in self.places:
            return node
        passes = ast.copy_location(ast.ExceptHandler(type=None, name=None, body=[ast.copy_location(ast.Pass(), node)]), node)
        return ast.copy_location(ast.Try(body=[node], handlers=[passes], orelse=[], finalbody=[]), node)


def look_up_names(tree):
    """Names of tables that functions look cells up in by label, if they are bound once and nothing is written into them."""
    looked, bound, written = set(), {}, set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.Lambda)):
            inner = [one for one in ast.walk(node) if isinstance(one, ast.Attribute) and one.attr in ("loc", "at", "index")]
            looked.update(one.value.id for one in inner if isinstance(one.value, ast.Name))
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound[node.id] = bound.get(node.id, 0) + 1
        elif isinstance(node, (ast.Subscript, ast.Attribute)) and not isinstance(node.ctx, ast.Load):
            written.update(one.id for one in ast.walk(node.value) if isinstance(one, ast.Name))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and any(keyword.arg == "inplace" for keyword in node.keywords):
            written.update(one.id for one in ast.walk(node.func) if isinstance(one, ast.Name))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("insert", "pop", "update"):
            written.update(one.id for one in ast.walk(node.func) if isinstance(one, ast.Name))
    return {name for name in looked - written if bound.get(name) == 1}


def instrument(tree, prefix="", tests=frozenset()):
    """Instruments a module in place. A docstring and `from __future__` stay first."""
    head, body = [], list(tree.body)
    while body and (isinstance(body[0], ast.ImportFrom) and body[0].module == "__future__" or not head and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)):
        head.append(body.pop(0))
    tree.body = head + Instrument(prefix, look_up_names(tree), tests).block(body)
    return ast.fix_missing_locations(tree)


def forever():
    turn = 0
    while True:
        yield turn
        turn += 1
