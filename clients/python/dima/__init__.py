"""A remote multi-agent world model as an environment.

RemoteParallelEnv  one session, with PettingZoo's parallel API
RemoteJointEnv     one session, with Gymnasium's API: one agent acts for all
RemoteVectorEnv    many sessions that step together, with Gymnasium's vector API
Client             models, whole rollouts and what a policy does, without a session
AsyncClient        all of it for asyncio
DimaError          whatever goes wrong, in words

After ``import dima``, ``gymnasium.make("dima/RemoteModel-v0", url=...)`` makes a RemoteJointEnv and
``gymnasium.make_vec`` a RemoteVectorEnv.
"""

from .aio import AsyncClient
from .aio_session import AsyncSession
from .env import RemoteParallelEnv
from .errors import DimaError
from .joint import RemoteJointEnv
from .registration import register
from .rest import Client
from .spaces import Box
from .timing import Timing
from .vector import RemoteVectorEnv

__all__ = [
    "AsyncClient",
    "AsyncSession",
    "Box",
    "Client",
    "DimaError",
    "RemoteJointEnv",
    "RemoteParallelEnv",
    "RemoteVectorEnv",
    "Timing",
]
__version__ = "0.1.0"

register()
