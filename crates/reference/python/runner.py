"""Runs a user's script or model in the user's own Python and reports what only a run can know.

Started by the crate `reference` as `python -X utf8 runner.py JOB.json RESULT.json`. The script runs in the current directory, which is
a copy of its folder. The jobs are those of `JOBS`, each in a module of its own that is loaded only for it. Nothing of the script is
changed in effect: expressions are wrapped in functions that return what they were given. Start reading at `main`.
"""
import importlib
import json
import os
import sys

from scorewright_values import Failure

# The module of each job, whose function of the job's name does it.
JOBS = {
    "record": "scorewright_record",
    "outputs": "scorewright_outputs",
    "onnx": "scorewright_models",
    "boost": "scorewright_models",
    "capture": "scorewright_capture",
}

os.environ.setdefault("MPLBACKEND", "Agg")


def protect(folder):
    """A script that names its own folder by an absolute path cannot write there: the run works on a copy."""
    if not folder:
        return
    folder = os.path.realpath(folder) + os.sep
    writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

    def audit(event, args):
        if event == "open" and isinstance(args[0], str):
            mode, flags = args[1], args[2]
            writes = any(letter in mode for letter in "wax+") if isinstance(mode, str) else bool(isinstance(flags, int) and flags & writing)
            if writes and os.path.realpath(args[0]).startswith(folder):
                raise PermissionError(f"the recorded run may not write to {args[0]}")
        elif event in ("os.remove", "os.rename", "os.rmdir", "os.truncate") and isinstance(args[0], str):
            if os.path.realpath(args[0]).startswith(folder):
                raise PermissionError(f"the recorded run may not change {args[0]}")

    sys.addaudithook(audit)


def main():
    job_path, result_path = sys.argv[1:3]  # the script gets its own `sys.argv`
    with open(job_path, encoding="utf-8") as file:
        job = json.load(file)
    if job.get("memory"):
        try:
            import resource

            resource.setrlimit(resource.RLIMIT_AS, (job["memory"], job["memory"]))
        except (ImportError, ValueError, OSError):
            pass
    # The script's own talk is not ours.
    import warnings

    warnings.simplefilter("ignore")
    protect(job.get("protect"))
    try:
        result = getattr(importlib.import_module(JOBS[job["job"]]), job["job"])(job)
    except Failure as failure:
        result = failure.report
    except MemoryError:
        result = {"error": {"kind": "memory", "message": "the run needs more memory than it may use", "line": None}}
    temporary = result_path + ".part"
    with open(temporary, "w", encoding="utf-8") as file:
        file.write(json.dumps(result, ensure_ascii=False, allow_nan=False))
    os.replace(temporary, result_path)
    # A script may leave threads behind; nothing is left to do.
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
