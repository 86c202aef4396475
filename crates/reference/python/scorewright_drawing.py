"""Stands in for drawing libraries that are not installed: nothing that a scorer computes comes from them."""
import importlib.abc
import importlib.util
import sys
import types

DRAWING = {"altair", "bokeh", "cufflinks", "dython", "folium", "matplotlib", "missingno", "plotly", "pydotplus", "seaborn", "wordcloud"}


class Drawing:
    """Stands in for a library that only draws and that this Python does not have: whatever is asked of it is done without effect."""

    def __init__(self, name):
        self.__name__ = name

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        if name in ("load_dataset", "sample_data"):
            raise ModuleNotFoundError(f"No module named '{self.__name__}', whose `{name}` gives data")
        return Drawing(name)

    def __call__(self, *values, **options):
        if self.__name__ == "subplots":
            return Drawing("figure"), axes(*values, **options)
        return tuple(map(Drawing, ("n", "bins", "patches"))) if self.__name__ == "hist" else Drawing(self.__name__)

    def __getitem__(self, key):
        return Drawing(self.__name__)

    def __setitem__(self, key, value):
        pass

    def __iter__(self):
        return iter(())

    def __enter__(self):
        return self

    def __exit__(self, *raised):
        return False


def axes(nrows=1, ncols=1, *, squeeze=True, **options):
    """What `plt.subplots` gives besides the figure: an array of that shape, or what stands alone in it."""
    import numpy as np

    grid = np.empty((nrows, ncols), dtype=object)
    for place in np.ndindex(grid.shape):
        grid[place] = Drawing("axes")
    if not squeeze:
        return grid
    return grid.item() if grid.size == 1 else grid.squeeze()


class Drawings(importlib.abc.Loader):
    """Finds what only draws, where nothing else does. Stands last on the path."""

    def find_spec(self, name, path=None, target=None):
        return importlib.util.spec_from_loader(name, self, is_package=True) if name.split(".")[0] in DRAWING else None

    def create_module(self, spec):
        module = types.ModuleType(spec.name)
        module.__getattr__ = lambda name: getattr(Drawing(spec.name), name)
        return module

    def exec_module(self, module):
        pass

    @staticmethod
    def stand_in():
        """Lets drawing go without effect, that of pandas' own `plot` and `hist` too, if this Python does not have matplotlib."""
        if not any(isinstance(finder, Drawings) for finder in sys.meta_path):
            if importlib.util.find_spec("matplotlib") is None:
                import pandas.plotting._core

                pandas.plotting._core._backends["matplotlib"] = Drawing("backend")
            sys.meta_path.append(Drawings())
