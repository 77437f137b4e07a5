"""A remote multi-agent world model as an environment.

RemoteParallelEnv  one session, with PettingZoo's parallel API
RemoteVectorEnv    many sessions that step together
Client             models and whole rollouts, without a session
DimaError          whatever goes wrong, in words
"""

from .env import RemoteParallelEnv
from .errors import DimaError
from .rest import Client
from .spaces import Box
from .timing import Timing
from .vector import RemoteVectorEnv

__all__ = ["Box", "Client", "DimaError", "RemoteParallelEnv", "RemoteVectorEnv", "Timing"]
__version__ = "0.1.0"
