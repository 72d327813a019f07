"""The module of types, which only programs that look at their own types need: it takes as long as all the rest to
load, so it is loaded when somebody asks for a name in it."""

import importlib.util
import sys
from types import ModuleType


def _types() -> ModuleType:
    name = f"{__package__}.types"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.find_spec(name)
    if spec is None or spec.loader is None:
        raise ImportError(f"{name} is missing", name=name)
    spec.loader = importlib.util.LazyLoader(spec.loader)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


types = _types()
