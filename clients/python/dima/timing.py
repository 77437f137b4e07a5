"""How long the server took."""

from __future__ import annotations

from dataclasses import astuple, dataclass, field


@dataclass(frozen=True)
class Timing:
    """Milliseconds. All timings are equal: how long a step took is no part of what happened in it,
    and comparisons of two runs with one seed (PettingZoo's compare infos) are about what happened.
    In their order they are a sequence of three numbers, which TorchRL makes a tensor of.
    """

    queue_ms: float = field(compare=False)
    """waited for an executor"""
    compute_ms: float = field(compare=False)
    """spent in the executor"""
    total_ms: float = field(compare=False)
    """from the request to the start of writing the reply"""

    def __len__(self) -> int:
        return 3

    def __getitem__(self, index: int) -> float:
        return astuple(self)[index]
