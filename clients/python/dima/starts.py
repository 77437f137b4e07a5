"""Start windows as they are sent."""

from __future__ import annotations

from typing import Any, Dict, Mapping

import numpy as np

from .errors import DimaError, wrong_field

_DTYPES = {"states": np.float64, "actions": np.float32}


def start_fields(start: Any, field: str = "start") -> Dict[str, np.ndarray]:
    """``{"states": [l, S], "actions": [l-1, N, A]}`` with arrays; without actions when there are none.

    Sizes are the server's to check. DimaError ``invalid_request`` or ``invalid_shape``.
    """
    if not isinstance(start, Mapping) or "states" not in start or set(start) - set(_DTYPES):
        raise DimaError(
            "invalid_request",
            f'{field} is no dictionary of "states" [l, S] and, when l > 1, "actions" [l-1, N, A]',
        )
    return {
        name: _array(values, _DTYPES[name], f"{field}.{name}")
        for name, values in start.items()
        if values is not None and not (name == "actions" and np.size(values) == 0)
    }


def _array(values: Any, dtype: Any, field: str) -> np.ndarray:
    try:
        return np.asarray(values, dtype)
    except (TypeError, ValueError):
        message = f"{field} is not one array of numbers"
        raise wrong_field("invalid_shape", field, message, "array", type(values).__name__) from None
