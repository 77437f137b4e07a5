"""Serves the environments that a function makes, or those of a dictionary of functions by name.

    python -m marl_env my_tasks:make_point_mass --port 8765 --max-steps 200

See --help, and ``serve`` for what such a function gives.
"""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import sys
from typing import Any, Callable, Dict, List, Optional

from .server import serve


def main(arguments: Optional[List[str]] = None) -> None:
    options = _parser().parse_args(arguments)
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr
    )
    logging.getLogger("websockets").setLevel(logging.WARNING)
    declared = {name: getattr(options, name) for name in ("autoreset", "max_steps", "dt", "reward")}
    declared["deterministic"] = options.deterministic or None
    try:
        make = function_of(options.factory)
        serve(
            make,
            options.host,
            options.port,
            options.token or os.environ.get("MARL_ENV_TOKEN"),
            name=options.name,
            max_sessions=options.max_sessions,
            **{name: value for name, value in declared.items() if value is not None},
        )
    except (ValueError, OSError) as error:
        sys.exit(f"marl_env: {error}")
    except KeyboardInterrupt:
        pass


def function_of(factory: str) -> Callable[..., Any]:
    """``module:name``, where a name may have dots. ValueError says what is missing."""
    module, colon, name = factory.partition(":")
    if not colon or not module or not name:
        raise ValueError(f"{factory!r} is not MODULE:FUNCTION")
    sys.path.insert(0, os.getcwd())
    try:
        found: Any = importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name != module:
            raise  # the module is there and lacks another
        raise ValueError(f"there is no module {module}") from None
    for part in name.split("."):
        if not hasattr(found, part):
            raise ValueError(f"{module} has no {name}")
        found = getattr(found, part)
    return found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m marl_env",
        description="Serves Python environments to DIMA's trainer (docs/bridge.md).",
    )
    parser.add_argument("factory", metavar="MODULE:FUNCTION", help="makes an environment")
    settings: Dict[str, Dict[str, Any]] = {
        "--host": {"default": "127.0.0.1", "help": "%(default)s; another one wants a token"},
        "--port": {"type": int, "default": 8765, "help": "%(default)s; 0: any free one"},
        "--token": {"help": "that clients must know; better in the environment: MARL_ENV_TOKEN"},
        "--name": {"help": "of the environment; else the function's"},
        "--max-sessions": {"type": int, "default": 64, "help": "at the same time; %(default)s"},
        "--autoreset": {"help": "of a Gymnasium environment: disabled, next_step or same_step"},
        "--max-steps": {"type": int, "help": "steps after which an episode is truncated"},
        "--dt": {"type": float, "help": "seconds of a step"},
        "--reward": {"help": "of a PettingZoo environment: per_agent (default) or shared"},
    }
    for flag, setting in settings.items():
        parser.add_argument(flag, **setting)
    parser.add_argument("--deterministic", action="store_true", help="same seeds, same numbers")
    return parser


if __name__ == "__main__":
    main()
