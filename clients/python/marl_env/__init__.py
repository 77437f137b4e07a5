"""Serves Python environments to a trainer elsewhere: the protocol marl-env/1 (docs/bridge.md).

serve            any PettingZoo parallel environment, Gymnasium vector environment or VectorEnv
VectorEnv        N copies that step together, to be written by you
Observed, Stepped, Final   what its methods return
Space            rows of numbers between bounds
GymnasiumVector, PettingZooCopies, IsaacVectorEnv   such environments as a VectorEnv
BridgeError      a refusal in words

    python -m marl_env my_tasks:make --port 8765

Needs Python 3.7, NumPy, msgpack and websockets.
"""

from .errors import BridgeError
from .gymnasium_vector import GymnasiumVector
from .isaac import IsaacVectorEnv
from .pettingzoo_copies import PettingZooCopies
from .server import serve
from .spaces import Space
from .vector_env import Final, Observed, Stepped, VectorEnv

__all__ = [
    "BridgeError",
    "Final",
    "GymnasiumVector",
    "IsaacVectorEnv",
    "Observed",
    "PettingZooCopies",
    "Space",
    "Stepped",
    "VectorEnv",
    "serve",
]
__version__ = "0.1.0"
