"""What Gymnasium's environments derive from, or as much of it as is needed where it is missing.

VectorEnv of Gymnasium before 1.1 means something else, and is not used.
"""

from __future__ import annotations

from typing import Any, Dict

__all__ = ["Env", "VectorEnv", "autoreset_mode"]


class _Plain:
    metadata: Dict[str, Any] = {}
    spec: Any = None
    render_mode: Any = None

    @property
    def unwrapped(self) -> Any:
        return self

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()  # type: ignore[attr-defined]


try:
    from gymnasium import Env
except ImportError:

    class Env(_Plain):  # type: ignore[no-redef]
        """One environment."""


try:
    from gymnasium.vector import AutoresetMode, VectorEnv
except ImportError:
    AutoresetMode = None

    class VectorEnv(_Plain):  # type: ignore[no-redef]
        """Many environments."""

        closed = False


def autoreset_mode(name: str) -> Any:
    """Gymnasium's member of that name; the name itself without Gymnasium."""
    return name if AutoresetMode is None else AutoresetMode[name.upper()]
