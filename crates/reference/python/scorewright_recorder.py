"""The hooks that an instrumented script calls: `Recorder` notes what a run computes, `Holder` gives again what a former run learnt.

Start reading at `Recorder`.
"""
import copy
import sys
import types

from scorewright_boosting import SPARSE, watch_boosting
from scorewright_estimators import is_estimator
from scorewright_instrument import Lenient, forever, instrument
from scorewright_values import MOST_CELLS, MOST_ITEMS, class_path, scalar, summary

MOST_TURNS = 8  # of a map, whose calls have contexts of their own


class Key:
    """`key[1:]` is what stands between the brackets."""

    def __getitem__(self, key):
        return key


class Recorder:
    """Events of one run. A context is one activation: a call from a call site, or one turn of a loop, inside a context."""

    between = Key()
    tests = frozenset()  # places where rows are taken for a test

    def __init__(self, job):
        self.files = {job["name"], *job["modules"].values()}
        self.modules = {"__main__", *job["modules"]}
        self.imported = []
        self.values = {}
        self.branches = {}
        self.loops = {}
        self.handlers = {}
        self.contexts = [None]
        self.context_ids = {}
        self.current = 0
        self.suspended = 0
        self.reads = []
        self.read_place = None
        self.group = None  # the group that a function of the user's is being called on, inside `groupby().transform`
        self.groups = {}

    def enter(self, parent, place, turn):
        key = (parent, place, turn)
        number = self.context_ids.get(key)
        if number is None:
            number = len(self.contexts)
            self.contexts.append(key)
            self.context_ids[key] = number
        return number

    def prepare(self, tree, prefix=""):
        """What is run in the place of a module."""
        return instrument(tree, prefix, self.tests)

    # Each hook below is called from instrumented code; the names are short because they appear in user tracebacks.
    def r(self, place, value):
        if self.group is not None:
            self.of_group(place, value)
        elif not self.suspended:
            self.values[(place, self.current)] = self.guard(value)
        elif type(value).__name__ == "StringMethods":
            self.texts(place, value)
        return value

    def texts(self, place, value):
        """`.str` in a function that a library calls back, noted as if the script itself came by, unless two calls differ."""
        key, seen = (place, 0), self.guard(value)
        self.values[key] = seen if self.values.get(key, seen) == seen else {"other": class_path(type(value))}

    def n(self, place, value):
        """A name: what may have been changed in place since it was bound is recorded afresh at each use."""
        if not self.suspended:
            kind = type(value)
            if kind in (int, float, str, bool, list, dict, set, tuple, type(None)) or is_estimator(value) or isinstance(value, dict):
                self.values[(place, self.current)] = self.guard(value)
            else:
                np, pd = sys.modules.get("numpy"), sys.modules.get("pandas")
                if np is not None and isinstance(value, (np.generic, np.ndarray)) or pd is not None and isinstance(value, pd.Index):
                    self.values[(place, self.current)] = self.guard(value)
        return value

    def after(self, place, compute):
        """A name of the script that a loop or call has changed, as it is behind that. One that no turn bound has no value."""
        if self.current == 0 and not self.suspended and self.group is None:
            try:
                value = compute()
            except NameError:
                return
            self.n(place, value)

    def of_group(self, place, value):
        """What is one value for a whole group makes, over all groups, a table."""
        key, one = self.guard(self.group), scalar(value)
        if one is not NotImplemented:
            pairs = self.groups.setdefault((place + LEARNT, self.current), [])
            if [key, one] not in pairs[-1:]:
                pairs.append([key, one])

    def table(self, place, value):
        """A name that is an argument of a call which may use it as a look-up table."""
        if not self.suspended:
            self.values[(place, self.current)] = self.guard(value, content=True)
        return value

    def guard(self, value, content=False):
        self.suspended += 1
        try:
            return summary(value, 0, content)
        except Exception as error:  # a class whose own methods raise
            return {"other": f"{class_path(type(value))} ({type(error).__name__})"}
        finally:
            self.suspended -= 1

    def is_users(self, function):
        if isinstance(function, types.MethodType):
            function = function.__func__
        # scikit-learn wraps the `transform` of its subclasses.
        function = getattr(function, "__wrapped__", function)
        if isinstance(function, types.FunctionType):
            return function.__code__.co_filename in self.files
        return isinstance(function, type) and function.__module__ in self.modules

    def c(self, place, receiver, function, /, *args, **kwargs):
        """A call. `receiver` is the place of the object of a method, which a `fit` changes, and of which a `predict` may tell more."""
        if self.suspended:
            return function(*args, **kwargs)
        if self.group is not None:
            value = function(*args, **kwargs)
            self.of_group(place, value)
            return value
        known = sum(map(len, SPARSE))
        value = self.call(place, function, args, kwargs)
        self.values[(place, self.current)] = self.guard(value)
        learnt = learnt_from_rows(function, args, kwargs, value)
        if learnt is not None:
            self.values[(place + LEARNT, self.current)] = self.guard(learnt, content=True)
        says_more = receiver is not None and (function.__name__.startswith("fit") or sum(map(len, SPARSE)) != known)
        if says_more and is_estimator(getattr(function, "__self__", None)):
            self.values[(receiver, self.current)] = self.guard(function.__self__)
        return value

    def call(self, place, function, args, kwargs):
        """A function of the user has a context of its own; inside a library's nothing is recorded, but for the groups of a `transform`."""
        saved = self.current
        how = transform_of_user(self, function, args, kwargs)
        if how is not None:
            return self.by_group(place, function, how, args, kwargs)
        if calls_at_once(function):
            entered = lambda value: self.entered(place, value) if self.is_users(value) else value
            args, kwargs = [entered(arg) for arg in args], {name: entered(arg) for name, arg in kwargs.items()}
        if function is map and args and self.is_users(args[0]):
            return map(self.turns(place, args[0]), *args[1:], **kwargs)
        if self.is_users(function):
            self.current = self.enter(saved, place, 0)
            try:
                return function(*args, **kwargs)
            finally:
                self.current = saved
        outer, self.read_place = self.read_place, (place, saved)
        self.suspended += 1
        watch_boosting()
        try:
            return function(*args, **kwargs)
        finally:
            self.suspended -= 1
            self.read_place = outer

    def turns(self, place, function):
        """A function of the user's that `map` calls, with a context for each of the first calls: those of a map over frames."""
        numbers = iter(range(MOST_TURNS))
        entered = [self.entered(place, function, self.enter(self.current, place, turn)) for turn in range(MOST_TURNS)]

        def called(*args, **kwargs):
            turn = next(numbers, None)
            return function(*args, **kwargs) if turn is None else entered[turn](*args, **kwargs)

        return called

    def entered(self, place, function, within=None):
        """A function of the user's that a library calls once, with a context as if the script did."""
        saved = self.current if within is None else within

        def called(*args, **kwargs):
            outer = self.save()
            self.current, self.suspended = self.enter(saved, place, 0), 0
            try:
                return function(*args, **kwargs)
            finally:
                self.back(outer)

        return called

    def by_group(self, place, function, how, args, kwargs):
        saved = self.current, self.suspended

        def one(part, *more, **options):
            outer, self.group = self.group, part.name
            self.current = self.enter(saved[0], place, 0)
            self.suspended = 0
            try:
                return how(part, *more, **options)
            finally:
                self.group = outer
                self.back(saved)

        value = function(*[one if arg is how else arg for arg in args], **{name: one if arg is how else arg for name, arg in kwargs.items()})
        self.note_groups()
        return value

    def rest(self, place, of, key):
        """`of[n:]`, with what stands between the brackets as a key."""
        return self.r(place, of[key])

    def note_groups(self):
        for key, pairs in self.groups.items():
            self.values[key] = {"dict": pairs} if len(pairs) <= MOST_CELLS else {"other": "dict"}

    def within_call(self, place):
        if self.read_place is None:
            return None
        called, saved = self.read_place
        return place, self.enter(saved, called, 0)

    def offer(self, place, compute):
        """Such a statistic before any row asks for it: rows that come later may be the first to."""
        key = self.within_call(place)
        if key is None or key in self.values:
            return
        try:
            self.values[key] = self.guard(compute())
        except Exception:
            pass

    def closed(self, place, value):
        """A statistic in a function that a library calls back, of nothing that the function is given: one value of the call, if it always is."""
        key = self.within_call(place)
        if key is None:
            return value
        one = self.guard(value)
        self.values[key] = one if self.values.get(key, one) == one else {"other": "several"}
        return value

    def t(self, place, value):
        if not self.suspended and self.group is None:
            self.branches[(place, self.current)] = bool(value)
        return value

    def forever(self):
        return forever()

    def save(self):
        return (self.current, self.suspended)

    def back(self, saved):
        self.current, self.suspended = saved

    def handled(self, place, saved, which):
        self.back(saved)
        if not self.suspended:
            self.handlers[(place, self.current)] = which

    def i(self, place, iterable):
        """Items of a loop or comprehension; each turn has its own context."""
        if self.suspended:
            yield from iterable
            return
        base = self.current
        items = self.loops.setdefault((place, base), [])
        turn = 0
        for item in iterable:
            if not self.suspended:
                if turn < MOST_ITEMS:
                    items.append(self.guard(item))
                self.current = self.enter(base, place, turn)
            turn += 1
            yield item
        if not self.suspended:
            self.current = base


# What a call learns from the rows that it is given, beside what it makes of them, is noted at its place with this behind it.
LEARNT = "#learnt"


def learnt_from_rows(function, args, kwargs, made):
    """The edges of `pd.qcut` and `pd.cut`; the format that `to_datetime` infers; the values of `factorize` in their order; the values of the
    groups of `groupby().transform`; when the clocks of a time zone were set."""
    pd = sys.modules.get("pandas")
    if pd is None:
        return None
    try:
        if function is pd.qcut or function is pd.cut:
            return function(*args, **{**kwargs, "retbins": True})[1]
        if function is pd.to_datetime and not kwargs.get("format") and isinstance(args[0] if args else None, pd.Series):
            first = next((text for text in args[0] if isinstance(text, str)), None)
            return None if first is None else pd.tseries.api.guess_datetime_format(first, dayfirst=kwargs.get("dayfirst", False))
        if getattr(function, "__name__", "") == "factorize" and isinstance(made, tuple):
            return list(made[1])
        if getattr(function, "__name__", "") in ("tz_convert", "tz_localize") and isinstance(getattr(made, "dtype", None), pd.DatetimeTZDtype):
            return clocks(made.dtype.tz)
        if is_transform(function):
            how = args[0] if args else kwargs.get("func")
            if isinstance(how, str) or getattr(how, "__module__", "").startswith("numpy"):
                table = function.__self__.agg(how, *args[1:])
                return {key: table[key] for key in table.index} if isinstance(table, pd.Series) and len(table) <= MOST_CELLS else None
    except Exception:
        pass
    return None


def clocks(zone):
    """When the clocks of a zone were set from 1970 to 2099, and how far they are ahead of UTC since then, in microseconds."""
    import datetime

    def offset(second):
        moment = datetime.datetime.fromtimestamp(second, datetime.timezone.utc)
        return moment.astimezone(zone).utcoffset() // datetime.timedelta(microseconds=1)

    days = 5 * 86400  # nowhere were clocks set twice in so short a time since 1970
    starts, offsets = [0], [offset(0)]
    for after in range(days, 4102444800, days):
        found = offset(after)
        if found != offsets[-1]:
            before = after - days
            while after - before > 1:
                middle = (before + after) // 2
                before, after = (middle, after) if offset(middle) == offsets[-1] else (before, middle)
            starts.append(after * 1000000)
            offsets.append(found)
    return {"name": str(zone), "starts": starts, "offsets": offsets}


def is_transform(function):
    pd = sys.modules.get("pandas")
    return pd is not None and getattr(function, "__name__", "") == "transform" and isinstance(getattr(function, "__self__", None), pd.core.groupby.SeriesGroupBy)


def calls_at_once(function):
    """`frame.pipe(f)` and `frame.assign(c=f)` call a function once, on the whole frame."""
    pd = sys.modules.get("pandas")
    name = getattr(function, "__name__", "")
    return pd is not None and name in ("pipe", "assign") and isinstance(getattr(function, "__self__", None), (pd.DataFrame, pd.Series))


def transform_of_user(recorder, function, args, kwargs):
    """The function of the user's that `groupby().transform` is called with."""
    if not is_transform(function):
        return None
    how = args[0] if args else kwargs.get("func")
    return how if recorder.is_users(how) else None


class Holder(Recorder):
    """Runs the script on its own rows, keeping what it learns from them, and after `hold()` on other rows with that held.

    What it learns are the values at the job's `held` places, and what each `fit` leaves behind. `scorewright_hold.py` has what holding means for a call.
    """

    def __init__(self, job):
        super().__init__(job)
        self.held = {self.key(one["site"]): self.key(one.get("twin") or one["site"]) for one in job["hold"]["held"]}
        self.wanted = set(self.held.values())
        self.trainings = set(job["hold"]["trainings"])
        self.tests = self.trainings.union(job["hold"]["tests"])
        self.ignored = set(job["ignored"])
        self.kept = {}
        self.calls = set()  # the held places that are calls: what stands around a call there does not hold it again
        self.holding = False

    def key(self, site):
        context = 0
        for place, turn in site["within"]:
            context = self.enter(context, place, turn)
        return site["at"], context

    def hold(self):
        self.holding = True

    def prepare(self, tree, prefix=""):
        if not prefix:
            self.back((0, 0))
        return super().prepare(Lenient(self.ignored, prefix).visit(tree) if self.holding else tree, prefix)

    def note_groups(self):
        pass

    def of_group(self, place, value):
        """The value of the group as it was; a group that was not there has none."""
        pairs = self.groups.setdefault((place, self.current), {})
        if self.holding:
            return copy.copy(pairs.get(self.group, float("nan"))) if pairs else value
        if scalar(value) is not NotImplemented:
            pairs[self.group] = value
        return value

    def r(self, place, value):
        key = (place, self.current)
        if self.suspended:
            return value
        if self.group is not None:
            return self.of_group(place, value)
        if key in self.calls:
            return value
        if self.holding:
            learnt = self.kept.get(self.held.get(key))
            return value if learnt is None else learnt.again(None, (), {})
        if key in self.wanted:
            import scorewright_hold

            self.kept[key] = scorewright_hold.Learnt(value)
        return value

    def rest(self, place, of, key):
        """All rows are the test part, as for a split; training rows stay as they were."""
        if self.holding and not self.suspended and self.group is None and (place, self.current) in self.kept:
            if place in self.trainings:
                return self.r(place, None)
            return of[(slice(None), *key[1:]) if isinstance(key, tuple) else slice(None)]
        return self.r(place, of[key])

    n = table = t = r

    def c(self, place, receiver, function, /, *args, **kwargs):
        if self.suspended:
            return function(*args, **kwargs)
        import scorewright_hold

        if self.group is not None:
            return self.of_group(place, function(*args, **kwargs))
        key = (place, self.current)
        fits = scorewright_hold.is_fit(function) and not self.is_users(function)
        if transform_of_user(self, function, args, kwargs) is not None:
            return self.call(place, function, args, kwargs)
        if self.holding:
            if fits and key in self.kept:
                return scorewright_hold.fitted(function, args, kwargs, self.kept[key])
            learnt = self.kept.get(self.held.get(key))
            return self.call(place, function, args, kwargs) if learnt is None or fits else learnt.again(function, args, kwargs)
        value = self.call(place, function, args, kwargs)
        if fits:
            self.kept[key] = scorewright_hold.copied(vars(function.__self__))
        elif key in self.wanted:
            self.kept[key] = scorewright_hold.learn(function, args, kwargs, value)
            self.calls.add(key)
        return value
