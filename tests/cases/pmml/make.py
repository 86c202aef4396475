"""Writes every PMML case beside this file: a document, rows, and what a PMML engine says of them.

    python tests/cases/pmml/make.py [case ...]

A case folder holds `model.pmml`, `rows.csv` (an empty cell is a missing value), `expected.csv` and `case.toml`. The expected values come from
JPMML-Evaluator 1.6.5, run by `engine/` (Java 17 and Maven; `mvn -q package dependency:copy-dependencies` there first), unless the case says otherwise.
`#status` is `invalid` where the engine refuses the row. Under `refused/` are documents that do not convert; the diagnostics beside them
(`expected.txt`) are written by `BLESS=1 cargo test -p scorewright-front-pmml`.
"""

import csv
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
CASES = {}
EXACT, SUMS = (0, 0), (4, 1)


def case(tolerance=EXACT):
    def register(function):
        CASES[function.__name__] = (function, tolerance)
        return function
    return register


def document(fields, model, derived="", version="4_4"):
    """`fields`: name -> "optype dataType" or that with the inside of the DataField after a bar."""
    dictionary = ""
    for name, text in fields.items():
        head, _, inside = text.partition("|")
        optype, kind = head.split()
        dictionary += f'    <DataField name="{name}" optype="{optype}" dataType="{kind}">{inside}</DataField>\n'
    transformations = f"  <TransformationDictionary>\n{derived}\n  </TransformationDictionary>\n" if derived else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<PMML version="{version.replace('_', '.')}" xmlns="http://www.dmg.org/PMML-{version}">
  <Header copyright="none"/>
  <DataDictionary>
{dictionary}  </DataDictionary>
{transformations}{model}
</PMML>
"""


def schema(target, *active, **changes):
    lines = "".join(f'<MiningField name="{name}"{changes.get(name, "")}/>' for name in active)
    return f'<MiningSchema>{lines}<MiningField name="{target}" usageType="target"/></MiningSchema>'


def probabilities(target, *classes):
    fields = "".join(f'<OutputField name="probability({c})" optype="continuous" dataType="double" feature="probability" value="{c}"/>' for c in classes)
    return f"<Output>{fields}</Output>"


X = {"x": "continuous double", "k": "categorical string", "n": "continuous integer"}
Y = {"y": "continuous double"}
C = {"c": "categorical string"}


def grid(**columns):
    """All combinations of the values given."""
    rows = [{}]
    for name, values in columns.items():
        rows = [dict(row, **{name: value}) for row in rows for value in values]
    return rows


# ---------------------------------------------------------------------------------------------- trees


def leaf(score, predicate, counts=None, **attributes):
    extra = "".join(f' {k}="{v}"' for k, v in attributes.items())
    inside = "".join(f'<ScoreDistribution value="{k}" recordCount="{v}"/>' for k, v in (counts or {}).items())
    return f'<Node score="{score}"{extra}>{predicate}{inside}</Node>'


def simple(field, operator, value=None):
    return f'<SimplePredicate field="{field}" operator="{operator}"' + (f' value="{value}"' if value is not None else "") + "/>"


def compound(operator, *inside):
    return f'<CompoundPredicate booleanOperator="{operator}">{"".join(inside)}</CompoundPredicate>'


def within(field, operator, kind, values):
    return f'<SimpleSetPredicate field="{field}" booleanOperator="{operator}"><Array type="{kind}">{values}</Array></SimpleSetPredicate>'


def tree(root, mining_schema, function="classification", output="", **attributes):
    extra = "".join(f' {k}="{v}"' for k, v in attributes.items())
    return f'  <TreeModel functionName="{function}"{extra}>\n    {mining_schema}{output}\n    {root}\n  </TreeModel>'


@case()
def tree_classification():
    """A tree over a number with score distributions and probabilities. A row on the split point goes left."""
    root = ('<Node id="1"><True/>' + leaf("a", simple("x", "lessOrEqual", "0.5"), {"a": 3, "b": 1}, id="2")
            + leaf("b", simple("x", "greaterThan", "0.5"), {"a": 1, "b": 7}, id="3") + "</Node>")
    model = tree(root, schema("c", "x"), output=probabilities("c", "a", "b"), splitCharacteristic="binarySplit")
    return document(X | C, model), grid(x=["", 0.5, 0.5000000000000001, -3, 12])


@case()
def tree_regression():
    """A deep numeric tree with a default child for what is missing."""
    def node(low, high, depth, predicate, number=[0]):
        number[0] += 1
        me = number[0]
        if depth == 0:
            return f'<Node id="{me}" score="{(low + high) / 2!r}">{predicate}</Node>'
        middle = (low + high) / 2
        left = node(low, middle, depth - 1, simple("x", "lessThan", repr(middle)))
        first = me + 1
        right = node(middle, high, depth - 1, simple("x", "greaterOrEqual", repr(middle)))
        return f'<Node id="{me}" score="{(low + high) / 2!r}" defaultChild="{first}">{predicate}{left}{right}</Node>'

    model = tree(node(-1.0, 1.0, 4, "<True/>"), schema("y", "x"), "regression", missingValueStrategy="defaultChild", splitCharacteristic="binarySplit")
    return document(X | Y, model), grid(x=["", -2, -1, -0.5, -0.375, -0.37500000000000006, 0, 0.125, 0.99, 5])


@case()
def tree_operators():
    """Every operator of a simple predicate, in one multi-way split after another."""
    children = (leaf("missing", simple("x", "isMissing")) + leaf("two", simple("x", "equal", "2")) + leaf("text", simple("k", "equal", "t t"))
                + leaf("whole", simple("n", "greaterOrEqual", "10")) + leaf("small", simple("x", "lessThan", "-1e3"))
                + leaf("other", compound("and", simple("k", "isNotMissing"), simple("k", "notEqual", "u"))) + leaf("rest", "<True/>"))
    root = f'<Node><True/>{children}</Node>'
    return document(X | C, tree(root, schema("c", "x", "k", "n"))), grid(x=["", 2, -1001, 7], k=["", "t t", "u", "v"], n=["", 10, 9])


@case()
def tree_compound():
    """And, or, xor and surrogate with missing values: three-valued."""
    def both(operator):
        return compound(operator, simple("x", "greaterThan", "0"), simple("n", "greaterThan", "0"))

    children = "".join(leaf(name, both(name)) for name in ("and", "xor", "or")) + leaf("surrogate", compound("surrogate", simple("k", "equal", "s"), simple("n", "lessThan", "0"), "<True/>"))
    root = f'<Node score="none"><True/>{children}</Node>'
    model = tree(root, schema("c", "x", "k", "n"), noTrueChildStrategy="returnLastPrediction")
    return document(X | C, model), grid(x=["", 1, -1], n=["", 1, -1], k=["", "s", "t"])


@case()
def tree_sets():
    """Membership in sets of text and of numbers, with quotes and spaces in members."""
    children = (leaf("text", within("k", "isIn", "string", 'a "b c" "d\\"e"')) + leaf("number", within("n", "isIn", "int", "1 2 3"))
                + leaf("outside", within("x", "isNotIn", "real", "0.5 1.5")) + leaf("rest", "<True/>"))
    root = f"<Node><True/>{children}</Node>"
    return document(X | C, tree(root, schema("c", "x", "k", "n"))), grid(k=["", "a", "b c", 'd"e', "b"], n=["", 2, 4], x=["", 0.5, 2])


def strategy_tree(strategy, no_true="returnNullPrediction"):
    inner = ('<Node id="n" score="inner" recordCount="6" defaultChild="np"><SimplePredicate field="x" operator="lessThan" value="1"/>'
             + '<ScoreDistribution value="inner" recordCount="4"/><ScoreDistribution value="neg" recordCount="2"/>'
             + leaf("pos", simple("n", "greaterThan", "0"), {"pos": 3, "neg": 1}, id="np", recordCount=4)
             + leaf("neg", simple("n", "lessThan", "0"), {"neg": 2}, id="nn", recordCount=2) + "</Node>")
    root = ('<Node id="r" score="root" recordCount="10" defaultChild="n"><True/><ScoreDistribution value="root" recordCount="10"/>' + inner
            + leaf("big", simple("x", "greaterThan", "2"), {"big": 4}, id="b", recordCount=4) + "</Node>")
    model = tree(root, schema("c", "x", "n"), output=probabilities("c", "pos", "neg", "big"), missingValueStrategy=strategy, noTrueChildStrategy=no_true)
    return document(X | C, model), grid(x=["", 0, 1.5, 3], n=["", 1, 0, -1])


@case()
def missing_none():
    """Without a strategy an unknown predicate is as good as false; no true child gives no prediction."""
    return strategy_tree("none")


@case()
def missing_last_prediction():
    """An unknown predicate stops at the node before it."""
    return strategy_tree("lastPrediction")


@case()
def missing_null_prediction():
    """An unknown predicate gives no prediction; no true child gives the last one."""
    return strategy_tree("nullPrediction", "returnLastPrediction")


@case()
def missing_default_child():
    """An unknown predicate takes the default child, also where the split is not an even one."""
    return strategy_tree("defaultChild", "returnLastPrediction")


@case()
def tree_float():
    """A float field is compared in float32: the threshold 0.1 is the float nearest to it."""
    root = "<Node><True/>" + leaf("1.5", simple("f", "lessOrEqual", "0.1")) + leaf("2.5", simple("f", "greaterThan", "0.1")) + "</Node>"
    return document({"f": "continuous float"} | Y, tree(root, schema("y", "f"), "regression")), grid(f=["", 0.1, 0.10000001, 0.099999994])


@case()
def tree_booleans():
    """A boolean field in predicates."""
    root = "<Node><True/>" + leaf("yes", simple("b", "equal", "true")) + leaf("no", simple("b", "equal", "false")) + "</Node>"
    return document({"b": "categorical boolean"} | C, tree(root, schema("c", "b"))), grid(b=["", "true", "false"])


# ---------------------------------------------------------------------------------------------- regression


def regression(tables, mining_schema, function="regression", extra="", **attributes):
    text = "".join(f' {k}="{v}"' for k, v in attributes.items())
    return f'  <RegressionModel functionName="{function}"{text}>\n    {mining_schema}{extra}\n    {tables}\n  </RegressionModel>'


def table(intercept, *inside, category=None):
    target = f' targetCategory="{category}"' if category is not None else ""
    return f'<RegressionTable intercept="{intercept}"{target}>{"".join(inside)}</RegressionTable>'


def numeric(name, coefficient, exponent=None):
    return f'<NumericPredictor name="{name}" coefficient="{coefficient}"' + (f' exponent="{exponent}"' if exponent else "") + "/>"


def categorical(name, value, coefficient):
    return f'<CategoricalPredictor name="{name}" value="{value}" coefficient="{coefficient}"/>'


def term(coefficient, *names):
    return f'<PredictorTerm coefficient="{coefficient}">{"".join(f"<FieldRef field=%s/>" % json.dumps(n) for n in names)}</PredictorTerm>'


@case(SUMS)
def regression_linear():
    """Numeric and categorical predictors, an exponent, a product of fields. A missing number gives no prediction, a missing category adds nothing."""
    tables = table(1.25, numeric("x", 0.5), numeric("n", -0.1, 2), categorical("k", "red", 3.5), categorical("k", "blue", -1.5), term(0.01, "x", "n"))
    return document(X | Y, regression(tables, schema("y", "x", "n", "k"))), grid(x=["", 1.5, -2], n=["", 3, 0], k=["", "red", "blue", "green"])


def one_table(method):
    return regression(table(0.25, numeric("x", 0.75)), schema("y", "x"), normalizationMethod=method)


@case(SUMS)
def regression_logit():
    """A regression with the logistic function on top."""
    return document(X | Y, one_table("logit")), grid(x=["", 0, 1, -40, 40])


@case(SUMS)
def regression_exp():
    """A log link: the exponential of the linear part."""
    return document(X | Y, one_table("exp")), grid(x=["", 0, 1, -2])


@case(SUMS)
def regression_cloglog():
    """Complementary log-log."""
    return document(X | Y, one_table("cloglog")), grid(x=["", 0, 1, -2])


def classes(method, categories, tables):
    return regression(tables, schema("c", "x", "k"), "classification", probabilities("c", *categories), normalizationMethod=method)


TWO = table(0.25, numeric("x", 0.75), categorical("k", "red", -1), category="yes") + table(0, category="no")
THREE = (table(0.25, numeric("x", 0.75), categorical("k", "red", -1), category="a") + table(-0.5, numeric("x", -0.5), category="b") + table(0, category="c"))


@case(SUMS)
def classification_logit():
    """Two classes by the logistic function: the second is one minus the first."""
    return document(X | C, classes("logit", ["yes", "no"], TWO)), grid(x=["", 0, 1, -1, -0.3333333333333333], k=["", "red"])


@case(SUMS)
def classification_softmax():
    """Three classes by softmax."""
    return document(X | C, classes("softmax", "abc", THREE)), grid(x=["", 0, 1, -1, 300], k=["", "red"])


@case(SUMS)
def classification_simplemax():
    """Three classes, each by its share."""
    tables = table(0.25, numeric("x", 0.75), category="a") + table(0.5, categorical("k", "red", 1), category="b") + table(1, category="c")
    return document(X | C, classes("simplemax", "abc", tables)), grid(x=[0, 1, 5], k=["", "red"])


@case(SUMS)
def classification_none():
    """Three classes without normalisation: the last is what is left to one."""
    tables = table(0.1, numeric("x", 0.1), category="a") + table(0.2, categorical("k", "red", 0.1), category="b") + table(0, category="c")
    return document(X | C, classes("none", "abc", tables)), grid(x=[0, 1, 5], k=["", "red"])


@case(SUMS)
def classification_none_two():
    """Two classes without normalisation: the first is bounded by 0 and 1, the second is what is left."""
    tables = table(0.1, numeric("x", 0.5), category="yes") + table(0, category="no")
    return document(X | C, classes("none", ["yes", "no"], tables)), grid(x=[0, 1, 5, -5], k=["red"])


@case(SUMS)
def classification_logit_three():
    """Three classes, each by the logistic function."""
    return document(X | C, classes("logit", "abc", THREE)), grid(x=[0, 1, -1], k=["", "red"])


# ---------------------------------------------------------------------------------------------- fields


@case()
def missing_value_replacement():
    """A missing value takes the replacement of the mining field; missing codes of the data dictionary count as missing."""
    fields = {"x": 'continuous double|<Value value="-999" property="missing"/>', "k": "categorical string"} | Y
    tables = table(0, numeric("x", 1), categorical("k", "none", 10))
    mining = schema("y", "x", "k", x=' missingValueReplacement="31.5" missingValueTreatment="asMedian"', k=' missingValueReplacement="none"')
    return document(fields, regression(tables, mining)), grid(x=["", 0, -999, 40], k=["", "a"])


def invalid(treatment, replacement=""):
    fields = {"x": 'continuous double|<Interval closure="closedOpen" leftMargin="0" rightMargin="10"/>',
              "k": 'categorical string|<Value value="a"/><Value value="b"/><Value value="zz" property="invalid"/>'} | Y
    tables = table(0, numeric("x", 1), categorical("k", "a", 100), categorical("k", "c", 1000))
    text = f' invalidValueTreatment="{treatment}"{replacement}'
    mining = schema("y", "x", "k", x=text + ' missingValueReplacement="5"', k=text + ' missingValueReplacement="a"')
    return document(fields, regression(tables, mining)), grid(x=["", 0, 10, -1, 9.5], k=["", "a", "b", "c", "zz"])


@case()
def invalid_return():
    """A value outside its interval or list: the row has no score."""
    return invalid("returnInvalid")


@case()
def invalid_as_is():
    """A value outside is taken as it stands."""
    return invalid("asIs")


@case()
def invalid_as_missing():
    """A value outside counts as missing, and so takes the replacement."""
    return invalid("asMissing")


@case()
def outliers():
    """Outliers become the nearest bound, or missing."""
    mining = schema("y", "x", "n", x=' outliers="asExtremeValues" lowValue="-1" highValue="1"', n=' outliers="asMissingValues" lowValue="0" highValue="9" missingValueReplacement="4"')
    return document(X | Y, regression(table(0, numeric("x", 1), numeric("n", 100)), mining)), grid(x=["", -5, -1, 0.5, 1, 7], n=["", -1, 0, 9, 10])


@case(SUMS)
def norm_continuous():
    """Piecewise linear normalisation, with extrapolation, with clipping, and with outliers as missing."""
    def derived(name, extra):
        points = "".join(f'<LinearNorm orig="{a}" norm="{b}"/>' for a, b in ((0, 0), (1, 0.5), (4, 1)))
        return f'<DerivedField name="{name}" optype="continuous" dataType="double"><NormContinuous field="x"{extra}>{points}</NormContinuous></DerivedField>'

    derived = derived("a", "") + derived("b", ' outliers="asExtremeValues"') + derived("d", ' outliers="asMissingValues" mapMissingTo="-7"')
    outputs = "".join(f'<OutputField name="o{n}" optype="continuous" dataType="double" feature="transformedValue"><FieldRef field="{n}"/></OutputField>' for n in "abd")
    model = regression(table(0, numeric("a", 1)), schema("y", "x"), extra=f"<Output>{outputs}</Output>")
    return document(X | Y, model, derived), grid(x=["", -2, 0, 0.5, 1, 2.5, 4, 10])


def transformed(derived, names, kinds, rows, fields=None):
    """A model whose outputs are derived fields."""
    outputs = "".join(f'<OutputField name="o_{n}" optype="{"categorical" if k in ("string", "boolean") else "continuous"}" dataType="{k}" feature="transformedValue"><FieldRef field="{n}"/></OutputField>'
                      for n, k in zip(names, kinds))
    fields = fields or X
    model = regression(table(0.5), schema("y", *fields), extra=f"<Output>{outputs}</Output>")
    return document(fields | Y, model, derived), rows


def derived_field(name, kind, inside):
    return f'<DerivedField name="{name}" optype="{"categorical" if kind in ("string", "boolean") else "continuous"}" dataType="{kind}">{inside}</DerivedField>'


@case()
def norm_discrete():
    """One where the category is met, zero elsewhere; a missing category is missing or mapped."""
    derived = derived_field("a", "double", '<NormDiscrete field="k" value="red"/>') + derived_field("b", "double", '<NormDiscrete field="k" value="red" mapMissingTo="0.25"/>')
    return transformed(derived, ["a", "b"], ["double"] * 2, grid(k=["", "red", "blue"], x=[1], n=[1]))


@case()
def discretize():
    """Bins with open and closed ends; a default outside, and what is missing."""
    bins = ('<DiscretizeBin binValue="low"><Interval closure="openOpen" rightMargin="0"/></DiscretizeBin>'
            '<DiscretizeBin binValue="zero"><Interval closure="closedClosed" leftMargin="0" rightMargin="0"/></DiscretizeBin>'
            '<DiscretizeBin binValue="mid"><Interval closure="openClosed" leftMargin="0" rightMargin="5"/></DiscretizeBin>')
    derived = (derived_field("a", "string", f'<Discretize field="x" defaultValue="high" mapMissingTo="none">{bins}</Discretize>')
               + derived_field("b", "string", f'<Discretize field="x">{bins}</Discretize>'))
    return transformed(derived, ["a", "b"], ["string"] * 2, grid(x=["", -1, 0, 5, 5.5], k=["k"], n=[1]))


@case()
def map_values():
    """A table from one field, and from two, to a value; a default and a value for what is missing."""
    def rows(*cells):
        return "<InlineTable>" + "".join("<row>" + "".join(f"<{c}>{v}</{c}>" for c, v in row.items()) + "</row>" for row in cells) + "</InlineTable>"

    one = rows({"from": "a", "to": "1.5"}, {"from": "b", "to": "2.5"})
    two = rows({"k": "a", "n": "1", "out": "a1"}, {"k": "a", "n": "2", "out": "a2"}, {"k": "b", "n": "1", "out": "b1"})
    derived = (derived_field("p", "double", f'<MapValues outputColumn="to" defaultValue="-1" mapMissingTo="0"><FieldColumnPair field="k" column="from"/>{one}</MapValues>')
               + derived_field("q", "string", f'<MapValues outputColumn="out"><FieldColumnPair field="k" column="k"/><FieldColumnPair field="n" column="n"/>{two}</MapValues>'))
    return transformed(derived, ["p", "q"], ["double", "string"], grid(k=["", "a", "b", "z"], n=["", 1, 2], x=[1]))


def apply(function, *arguments, **attributes):
    text = "".join(f' {k}="{v}"' for k, v in attributes.items())
    return f'<Apply function="{function}"{text}>{"".join(arguments)}</Apply>'


def ref(name):
    return f'<FieldRef field="{name}"/>'


def constant(value, kind="double"):
    return f'<Constant dataType="{kind}">{value}</Constant>'


NUMBERS = {"x": "continuous double", "z": "continuous double"}


def applied(fields, rows, inputs):
    """`fields`: name -> (data type, expression)."""
    derived = "".join(derived_field(name, kind, inside) for name, (kind, inside) in fields.items())
    return transformed(derived, list(fields), [kind for kind, _ in fields.values()], rows, inputs)


@case(SUMS)
def apply_arithmetic():
    """Arithmetic and extremes. A missing operand gives missing, or what `mapMissingTo` or `defaultValue` says; min, max, sum and avg pass it over."""
    expressions = {
        "add": apply("+", ref("x"), ref("z")), "sub": apply("-", ref("x"), ref("z")), "mul": apply("*", ref("x"), ref("z")), "div": apply("/", ref("x"), constant(3)),
        "least": apply("min", ref("x"), ref("z"), constant(1)), "greatest": apply("max", ref("x"), ref("z")), "total": apply("sum", ref("x"), ref("z"), constant(2)),
        "mean": apply("avg", ref("x"), ref("z")), "mapped": apply("+", ref("x"), ref("z"), mapMissingTo="-1"), "defaulted": apply("+", ref("x"), ref("z"), defaultValue="-2"),
    }
    return applied({name: ("double", inside) for name, inside in expressions.items()}, grid(x=["", 1.5, -2.5, 0], z=["", 2, -1]), NUMBERS)


@case(SUMS)
def apply_elementary():
    """Elementary functions and rounding."""
    one_more = apply("+", apply("abs", ref("x")), constant(1))
    fields = {
        "abs": ("double", apply("abs", ref("x"))), "sqrt": ("double", apply("sqrt", apply("abs", ref("x")))), "exp": ("double", apply("exp", ref("x"))), "ln": ("double", apply("ln", one_more)),
        "log": ("double", apply("log10", one_more)), "pow": ("double", apply("pow", ref("x"), constant(2))), "floor": ("integer", apply("floor", ref("x"))),
        "ceil": ("integer", apply("ceil", ref("x"))), "round": ("integer", apply("round", ref("x"))), "step": ("integer", apply("threshold", ref("x"), ref("z"))),
    }
    return applied(fields, grid(x=[1.5, -2.5, 0, 2.5, -0.4], z=[2, -1]), NUMBERS)


@case()
def apply_logic():
    """Comparisons, logic and conditions."""
    big = apply("greaterThan", ref("x"), constant(1))
    both = (big, apply("greaterThan", ref("z"), constant(1)))
    fields = {
        "eq": ("boolean", apply("equal", ref("x"), ref("z"))), "ne": ("boolean", apply("notEqual", ref("x"), ref("z"))), "lt": ("boolean", apply("lessThan", ref("x"), ref("z"))),
        "le": ("boolean", apply("lessOrEqual", ref("x"), ref("z"))), "ge": ("boolean", apply("greaterOrEqual", ref("x"), ref("z"))), "and": ("boolean", apply("and", *both)),
        "or": ("boolean", apply("or", *both)), "not": ("boolean", apply("not", big)), "within": ("boolean", apply("isIn", ref("x"), constant(0), constant(2))),
        "outside": ("boolean", apply("isNotIn", ref("x"), constant(0), constant(2))), "choice": ("double", apply("if", big, ref("z"), constant(-5))),
        "half": ("double", apply("if", big, ref("z"))), "text": ("string", apply("if", big, constant("big", "string"), constant("small", "string"))),
    }
    return applied(fields, grid(x=[2, 0], z=[2, 0]), NUMBERS)


@case()
def apply_missing():
    """Tests for missing values, and a condition that guards one: only the arm that is taken matters."""
    fields = {
        "gone": ("boolean", apply("isMissing", ref("x"))), "here": ("boolean", apply("isNotMissing", ref("x"))),
        "guarded": ("double", apply("if", apply("isMissing", ref("x")), constant(-1), apply("*", ref("x"), constant(2)))),
        "other": ("double", apply("if", apply("isNotMissing", ref("z")), ref("x"), ref("z"))),
    }
    return applied(fields, grid(x=["", 2], z=["", 3]), NUMBERS)


@case()
def apply_text():
    """Text functions."""
    fields = {
        "upper": ("string", apply("uppercase", ref("k"))), "lower": ("string", apply("lowercase", ref("k"))), "trim": ("string", apply("trimBlanks", ref("k"))),
        "part": ("string", apply("substring", ref("k"), constant(2, "integer"), constant(2, "integer"))), "long": ("integer", apply("stringLength", ref("k"))),
        "joined": ("string", apply("concat", ref("k"), constant("-", "string"), ref("k"))),
    }
    derived = "".join(derived_field(name, kind, inside) for name, (kind, inside) in fields.items())
    return transformed(derived, list(fields), [kind for kind, _ in fields.values()], grid(k=["abc", " Ab ", "straße"]), {"k": "categorical string"})


@case()
def targets_rescale():
    """Targets bound, scale and round a prediction; a default stands in for none."""
    targets = ('<Targets><Target field="y" optype="continuous" min="-10" max="10" rescaleFactor="2.5" rescaleConstant="0.75" castInteger="round">'
               '<TargetValue defaultValue="42"/></Target></Targets>')
    return document(X | Y, regression(table(0.25, numeric("x", 1)), schema("y", "x"), extra=targets)), grid(x=["", 0, 1.3, -1.3, 9, 100, -100])


@case()
def output_features():
    """Predicted value, a probability, an expression over an output, and an output that is not final."""
    outputs = ('<Output><OutputField name="label" optype="categorical" dataType="string" feature="predictedValue"/>'
               '<OutputField name="p" optype="continuous" dataType="double" feature="probability" value="b"/>'
               '<OutputField name="hidden" optype="continuous" dataType="double" feature="probability" value="a" isFinalResult="false"/>'
               f'<OutputField name="decision" optype="categorical" dataType="string" feature="transformedValue">{apply("if", apply("greaterThan", ref("p"), constant(0.5)), constant("take", "string"), constant("leave", "string"))}</OutputField></Output>')
    root = "<Node><True/>" + leaf("a", simple("x", "lessThan", "0"), {"a": 3, "b": 1}) + leaf("b", simple("x", "greaterOrEqual", "0"), {"a": 1, "b": 3}) + "</Node>"
    return document(X | C, tree(root, schema("c", "x"), output=outputs)), grid(x=[-1, 0, 3])


@case()
def local_transformations():
    """Derived fields of a model over derived fields of the document, in a tree over both."""
    derived = derived_field("twice", "double", apply("*", ref("x"), constant(2)))
    local = "<LocalTransformations>" + derived_field("shifted", "double", apply("-", ref("twice"), ref("n"))) + "</LocalTransformations>"
    root = ("<Node><True/>" + leaf("a", compound("and", simple("shifted", "greaterThan", "0"), simple("twice", "lessThan", "10"))) + leaf("b", "<True/>") + "</Node>")
    return document(X | C, tree(root, schema("c", "x", "n"), output=local), derived), grid(x=["", 1, 3, 6], n=["", 1, 2])


@case()
def hostile_names():
    """Field names that are keywords, code and not ASCII; labels with quotes."""
    name = "&quot;; System.exit(0); //"
    fields = {"class": "continuous double", name: "categorical string", "日本": "continuous double"} | C
    root = ("<Node><True/>" + leaf("it's &quot;a&quot;", compound("and", simple("class", "lessThan", "1"), simple(name, "equal", "${x}\\n"))) + leaf("日", simple("日本", "greaterThan", "0"))
            + leaf("other", "<True/>") + "</Node>")
    rows = [{"class": a, '"; System.exit(0); //': b, "日本": c} for a in (0, 2) for b in ("${x}\\n", "y") for c in (1, -1)]
    return document(fields, tree(root, schema("c", "class", name, "日本"))), rows


@case()
def older_version():
    """A PMML 3.2 document."""
    root = "<Node><True/>" + leaf("a", simple("x", "lessOrEqual", "0")) + leaf("b", "<True/>") + "</Node>"
    return document(X | C, tree(root, schema("c", "x")), version="3_2"), grid(x=[-1, 0, 1])


@case(SUMS)
def logistic_iris():
    """A multinomial logistic regression over the iris flowers, fitted with scikit-learn."""
    from sklearn.datasets import load_iris
    from sklearn.linear_model import LogisticRegression

    data = load_iris(as_frame=True)
    names = [name.replace(" (cm)", "").replace(" ", "_") for name in data.feature_names]
    model = LogisticRegression(max_iter=500).fit(data.data.to_numpy(), data.target_names[data.target])
    tables = "".join(table(repr(float(b)), *[numeric(n, repr(float(w))) for n, w in zip(names, row)], category=c) for c, row, b in zip(model.classes_, model.coef_, model.intercept_))
    text = regression(tables, schema("species", *names), "classification", probabilities("species", *model.classes_), normalizationMethod="softmax")
    fields = {name: "continuous double" for name in names} | {"species": "categorical string|" + "".join(f'<Value value="{c}"/>' for c in model.classes_)}
    rows = [dict(zip(names, map(float, row))) for row in data.data.to_numpy()[::10]]
    return document(fields, text), rows


@case()
def tree_iris():
    """A decision tree over the iris flowers, fitted with scikit-learn; thresholds in float32's neighbourhood are compared in double."""
    from sklearn.datasets import load_iris
    from sklearn.tree import DecisionTreeClassifier

    data = load_iris(as_frame=True)
    names = [name.replace(" (cm)", "").replace(" ", "_") for name in data.feature_names]
    model = DecisionTreeClassifier(max_depth=4, random_state=0).fit(data.data.to_numpy(), data.target_names[data.target])
    t = model.tree_

    def node(i, predicate):
        counts = [float(round(v * t.n_node_samples[i])) for v in t.value[i][0]]
        distribution = "".join(f'<ScoreDistribution value="{c}" recordCount="{n}"/>' for c, n in zip(model.classes_, counts))
        score = model.classes_[max(range(3), key=lambda k: counts[k])]
        inside = ""
        if t.children_left[i] >= 0:
            name, cut = names[t.feature[i]], repr(float(t.threshold[i]))
            inside = node(t.children_left[i], simple(name, "lessOrEqual", cut)) + node(t.children_right[i], simple(name, "greaterThan", cut))
        return f'<Node id="{i}" score="{score}" recordCount="{t.n_node_samples[i]}">{predicate}{distribution}{inside}</Node>'

    fields = {name: "continuous double" for name in names} | {"species": "categorical string|" + "".join(f'<Value value="{c}"/>' for c in model.classes_)}
    text = tree(node(0, "<True/>"), schema("species", *names), output=probabilities("species", *model.classes_), splitCharacteristic="binarySplit")
    cuts = [(names[f], float(c)) for f, c in zip(t.feature, t.threshold) if f >= 0]
    base = dict(zip(names, map(float, data.data.to_numpy()[0])))
    rows = [dict(base, **{name: value}) for name, cut in cuts for value in (cut, cut + 2.0**-45)]
    return document(fields, text), rows + [dict(zip(names, map(float, row))) for row in data.data.to_numpy()[::15]]


# ---------------------------------------------------------------------------------------------- refused

REFUSED = {}


def refused(function):
    REFUSED[function.__name__] = function
    return function


def plain_tree(**attributes):
    root = "<Node><True/>" + leaf("a", simple("x", "lessOrEqual", "0")) + leaf("b", "<True/>") + "</Node>"
    return document(X | C, tree(root, schema("c", "x"), **attributes))


@refused
def entity_bomb():
    levels = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10 if i else "lol"}">' for i in range(12))
    return plain_tree().replace("<PMML", f"<!DOCTYPE PMML [{levels}]>\n<PMML").replace('copyright="none"', 'copyright="&e11;"')


@refused
def external_entity():
    return plain_tree().replace("<PMML", '<!DOCTYPE PMML SYSTEM "file:///etc/passwd">\n<PMML')


@refused
def undefined_entity():
    return plain_tree().replace('score="a"', 'score="&nbsp;"')


@refused
def cut_in_half():
    text = plain_tree()
    return text[: len(text) // 2]


@refused
def not_xml():
    return "{\"model\": 1}"


@refused
def another_root():
    return "<html><body>Not found</body></html>"


@refused
def not_utf8():
    return plain_tree().replace('encoding="UTF-8"', 'encoding="ISO-8859-1"').replace('score="a"', 'score="\u00e9"').encode("latin-1")


@refused
def too_deep():
    return document(X | C, tree("<Node>" * 5000 + "</Node>" * 5000, schema("c", "x")))


@refused
def other_model():
    model = f'  <NeuralNetwork functionName="regression" activationFunction="logistic">{schema("y", "x")}</NeuralNetwork>'
    return document(X | Y, model)


@refused
def several_findings():
    """All that is wrong with the fields at once."""
    fields = {"x": "continuous dateTime", "k": "categorical string", "z": "continuous double"} | Y
    mining = schema("y", "x", "k", "missing", z=' outliers="asMissingValues"')
    return document(fields, regression(table(0, numeric("x", 1)), mining)).replace('dataType="string"', 'dataType="string" shade="blue"')


@refused
def unknown_field():
    return document(X | C, tree("<Node><True/>" + leaf("a", simple("n", "lessOrEqual", "0")) + "</Node>", schema("c", "x")))


@refused
def weighted_confidence():
    return plain_tree(missingValueStrategy="weightedConfidence")


@refused
def unread_element():
    return plain_tree().replace("<Node><True/>", "<Surprise/><Node><True/>")


@refused
def unread_attribute():
    return plain_tree(output='<Output><OutputField name="p" feature="probability" value="a" segmentId="3" dataType="double"/></Output>').replace(
        'score="a">', 'score="a"><ScoreDistribution value="a" recordCount="1"/>').replace('score="b">', 'score="b"><ScoreDistribution value="b" recordCount="1"/>')


@refused
def derived_cycle():
    derived = derived_field("p", "double", ref("q")) + derived_field("q", "double", ref("p"))
    return document(X | Y, regression(table(0, numeric("p", 1)), schema("y", "x")), derived)


@refused
def unsupported_function():
    derived = derived_field("p", "double", apply("normalCDF", ref("x"), constant(0), constant(1)))
    return document(X | Y, regression(table(0, numeric("p", 1)), schema("y", "x")), derived)


@refused
def malformed_numbers():
    return document(X | Y, regression(table("one", numeric("x", "0x10")), schema("y", "x")))


@refused
def probabilities_of_nothing():
    return plain_tree(output='<Output><OutputField name="p" feature="probability" value="a" dataType="double"/></Output>')


@refused
def probit():
    return document(X | Y, one_table("probit"))


def main():
    chosen = sys.argv[1:] or [*CASES, *REFUSED]
    for name in chosen:
        if name in REFUSED:
            folder = HERE / "refused" / name
            folder.mkdir(parents=True, exist_ok=True)
            text = REFUSED[name]()
            (folder / "model.pmml").write_bytes(text if isinstance(text, bytes) else text.encode())
            continue
        function, (ulps, scale) = CASES[name]
        text, rows = function()
        folder = HERE / name
        folder.mkdir(exist_ok=True)
        (folder / "model.pmml").write_text(text, encoding="utf-8")
        with open(folder / "rows.csv", "w", newline="", encoding="utf-8") as out:
            writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        toml = f"description = {json.dumps(' '.join(function.__doc__.split()), ensure_ascii=False)}\nreference = \"jpmml-evaluator 1.6.5\"\n"
        toml += "# Every step is exact or correctly rounded.\nulps = 0\n" if ulps == 0 else f"# The order of sums, and exp and log of the engine's Java.\nulps = {ulps}\nscale = {scale}\n"
        (folder / "case.toml").write_text(toml, encoding="utf-8")
    classpath = f"{HERE}/engine/target/classes:{HERE}/engine/target/dependency/*"
    subprocess.run(["java", "-cp", classpath, "Engine", *[str(HERE / name) for name in chosen if name in CASES]], check=True)


if __name__ == "__main__":
    main()
