"""Compiles a fitted scikit-learn pipeline to a standalone scorer in Rust, Java or WebAssembly, proven equal to the pipeline.

>>> certificate = scorewright.compile(pipeline, X_sample, target="java", out="scorer")
>>> certificate.passed
True

The command line is `scorewright`, or `python -m scorewright`.
"""
import contextlib
import html
import json
import os
import sys
import tempfile

from . import _native
from ._definitions import definitions
from ._native import ConversionError

__all__ = ["Certificate", "ConversionError", "Inspection", "compile", "inspect"]


def compile(pipeline, X_sample, target="java", out="scorer", method=None, project=None):
    """Writes a scorer of a fitted pipeline, compared with the pipeline on the sample and on boundary rows.

    X_sample: rows as the pipeline takes them; a DataFrame or an array. Some hundred do.
    target: "rust", "java", "wasm", several with commas between, or a list.
    out: the folder to write; an earlier scorer there is replaced.
    method: "predict", "predict_proba", "predict_log_proba", "decision_function" or "transform". Left out, a classifier gives its class and
        the probabilities, a regressor its prediction, a transformer its columns.
    project: the folder where the pipeline is kept, with a script that uses it and the record of its run, so that `scorewright check` can
        compare again. Left out, it is gone afterwards.

    Gives a Certificate. Raises ConversionError, and writes nothing, if something cannot be converted or is not equal.
    """
    targets = [word.strip() for word in target.split(",")] if isinstance(target, str) else list(target)
    out = os.path.abspath(out)
    with _saved(pipeline, X_sample, method, project, os.path.basename(out)) as fitted:
        statement, report = _native.compile(fitted, targets, out)
    return Certificate(out, json.loads(statement), report)


def inspect(pipeline, X_sample, method=None):
    """Says what a scorer of a fitted pipeline would take and give and what is frozen, or raises ConversionError with all that stands in the way."""
    with _saved(pipeline, X_sample, method, None, "model") as fitted:
        told, text = _native.inspect(fitted)
    return Inspection(json.loads(told), text)


class Certificate:
    """What was compared and how it came out. In a notebook it shows itself as the report page."""

    def __init__(self, folder, statement, report):
        self.folder = folder
        self._statement = statement
        self._report = report

    @property
    def verdict(self):
        """"PASSED", or "WARNED" where the original was not run."""
        return self._statement["predicate"]["result"]

    @property
    def passed(self):
        return self.verdict == "PASSED"

    def to_dict(self):
        """The in-toto statement of `equivalence.json`."""
        return json.loads(json.dumps(self._statement))

    def __repr__(self):
        rows = self._statement["predicate"]["rows"]
        return f"<scorewright: {self.verdict}, {rows['data']} data rows and {rows['boundary']} boundary rows compared, in {self.folder}>"

    def _repr_html_(self):
        return f'<iframe srcdoc="{html.escape(self._report)}" sandbox style="width: 100%; height: 40em; border: 0"></iframe>'


class Inspection:
    """What a scorer takes and gives, and what is frozen in it."""

    def __init__(self, told, text):
        self._told = told
        self._text = text

    def to_dict(self):
        return json.loads(json.dumps(self._told))

    def __repr__(self):
        return self._text


@contextlib.contextmanager
def _saved(pipeline, sample, method, project, name):
    """The pipeline and the sample in files of a folder that is gone afterwards, and how they become a project."""
    import joblib
    import pandas

    with tempfile.TemporaryDirectory(prefix="scorewright-") as folder:
        model, data = os.path.join(folder, f"{name}.joblib"), os.path.join(folder, "sample.pkl")
        try:
            joblib.dump(pipeline, model)
        except Exception as error:  # pickle raises whatever the objects do
            raise ConversionError(
                f"the {type(pipeline).__name__} cannot be saved: {error}\n"
                "help: write a lambda or a function inside another as a function of a module, and import that where the pipeline is fitted"
            ) from error
        pandas.to_pickle(sample, data)
        yield {
            "model": model,
            "data": data,
            "method": method,
            "python": sys.executable,
            "paths": [path or "." for path in sys.path if os.path.isdir(path or ".")],
            "definitions": definitions(pipeline),
            "project": os.path.abspath(project) if project else os.path.join(folder, "project"),
        }


def main():
    """The command line. Scripts and models are run in this Python unless another is named."""
    import signal

    # Ctrl-C ends a command at once; Python would wait for it to come back.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.environ.setdefault("SCOREWRIGHT_PYTHON", sys.executable)
    return _native.main(["scorewright", *sys.argv[1:]])
