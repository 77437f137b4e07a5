"""The name under which Gymnasium makes remote models."""

from __future__ import annotations

from typing import Any

from .vector import RemoteVectorEnv

ID = "dima/RemoteModel-v0"


def register() -> None:
    """So that gymnasium.make and gymnasium.make_vec know it; nothing without Gymnasium."""
    try:
        import gymnasium
    except ImportError:
        return
    if ID not in gymnasium.registry:
        gymnasium.register(
            id=ID,
            entry_point="dima.joint:RemoteJointEnv",
            vector_entry_point="dima.registration:joint_vector_env",
        )


def joint_vector_env(num_envs: int = 1, spaces: str = "joint", **options: Any) -> RemoteVectorEnv:
    """What gymnasium.make_vec makes: one agent acts for all, unless ``spaces="dict"``."""
    return RemoteVectorEnv(num_envs=num_envs, spaces=spaces, **options)
