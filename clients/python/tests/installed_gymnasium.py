"""Environments in Gymnasium's own hands: its checker, its wrappers, its makers."""

import sys
import tempfile
import types
import unittest
import warnings
from unittest import mock

try:
    import gymnasium
    from gymnasium.utils.env_checker import check_env
    from gymnasium.vector import AutoresetMode, VectorEnv
    from gymnasium.vector.utils import batch_space
    from gymnasium.wrappers import vector as wrappers
except ImportError:
    raise unittest.SkipTest("gymnasium 1.1 or later is not installed") from None

import numpy as np

from dima import RemoteJointEnv, RemoteVectorEnv
from servers import A, AGENTS, EnvTest, N, O, server

ID = "dima/RemoteModel-v0"
E = 3


class GymnasiumTest(EnvTest):
    def closing(self, env):
        self.addCleanup(env.close)
        return env

    def vector(self, **options):
        return self.closing(RemoteVectorEnv(options.pop("url", server()), E, **options))


class VectorEnvTest(GymnasiumTest):
    def test_it_is_one(self):
        for spaces in ("dict", "joint"):
            env = self.vector(spaces=spaces)
            self.assertIsInstance(env, VectorEnv)
            self.assertIs(env.metadata["autoreset_mode"], AutoresetMode.NEXT_STEP)
            self.assertEqual((env.spec, env.render_mode, env.closed), (None, None, False))
            for kind in ("observation", "action"):
                single = getattr(env, f"single_{kind}_space")
                self.assertIsInstance(single, gymnasium.Space)
                self.assertEqual(getattr(env, f"{kind}_space"), batch_space(single, E))
            observations, _ = env.reset(seed=1)
            self.assertIn(observations, env.observation_space)
            observations, rewards, *_ = env.step(env.action_space.sample())
            self.assertIn(observations, env.observation_space)
            self.assertEqual(rewards.shape, (E,))
            self.assertIsInstance(env.np_random, np.random.Generator)
            env.close()
            self.assertTrue(env.closed)

    def test_its_modes_are_gymnasiums(self):
        for mode in AutoresetMode:
            env = self.vector(autoreset=mode)
            self.assertIs(env.metadata["autoreset_mode"], mode)

    def test_statistics_of_episodes(self):
        for mode in AutoresetMode:
            env = wrappers.RecordEpisodeStatistics(self.vector(autoreset=mode, max_episode_steps=4))
            env.reset(seed=1)
            total = np.zeros(E)
            for _ in range(4):
                _, rewards, _, truncations, infos = env.step(env.action_space.sample())
                total += rewards
            self.assertTrue(truncations.all())
            np.testing.assert_allclose(infos["episode"]["r"], total)
            self.assertEqual(infos["episode"]["l"].tolist(), [4] * E)
            if mode is AutoresetMode.DISABLED:
                env.reset(options={"reset_mask": np.ones(E, bool)})
            env.step(env.action_space.sample())

    def test_wrappers_of_rewards(self):
        raw, env = self.vector(), wrappers.ClipReward(self.vector(), -0.5, 0.5)
        raw.reset(seed=1)
        env.reset(seed=1)
        action = raw.action_space.sample()
        np.testing.assert_allclose(env.step(action)[1], np.clip(raw.step(action)[1], -0.5, 0.5))
        env = wrappers.NormalizeReward(self.vector(spaces="joint"))
        env.reset(seed=1)
        self.assertTrue(np.isfinite(env.step(env.action_space.sample())[1]).all())

    def test_wrappers_of_observations_and_actions(self):
        env = wrappers.NormalizeObservation(self.vector(spaces="joint"))
        env = wrappers.RescaleAction(env, -2.0, 2.0)
        self.assertEqual(env.action_space.high.max(), 2)
        env.reset(seed=1)
        for _ in range(5):
            observations, *_ = env.step(env.action_space.sample())
        self.assertEqual((observations.shape, observations.dtype), ((E, N * O), np.float32))
        env = wrappers.FlattenObservation(self.vector())
        self.assertEqual(env.reset(seed=1)[0].shape, (E, N * O))

    def test_infos_of_each_environment(self):
        env = self.vector(autoreset="same_step", max_episode_steps=2)
        env = wrappers.DictInfoToList(wrappers.RecordEpisodeStatistics(env))
        self.assertEqual(len(env.reset(seed=1)[1]), E)
        env.step(env.action_space.sample())
        *_, infos = env.step(env.action_space.sample())
        self.assertEqual([info["episode"]["l"] for info in infos], [2] * E)
        self.assertEqual(set(infos[0]["final_obs"]), set(AGENTS))
        self.assertGreaterEqual(infos[0]["timing"].total_ms, 0)


class MakeTest(GymnasiumTest):
    def make(self, **options):
        return self.closing(gymnasium.make(ID, url=options.pop("url", server()), **options))

    def test_the_checker_finds_nothing(self):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            check_env(self.make().unwrapped)
        told = [str(one.message) for one in caught if "infinity" not in str(one.message)]
        self.assertEqual(told, [], "but for observations without bounds, which they are")

    def test_what_is_made(self):
        env = self.make(max_episode_steps=3)
        self.assertIsInstance(env.unwrapped, RemoteJointEnv)
        self.assertEqual(env.spec.id, ID)
        self.assertEqual(env.unwrapped.metadata["render_modes"], [])
        env.reset(seed=1)
        ends = [env.step(env.action_space.sample())[3] for _ in range(3)]
        self.assertEqual(ends, [False, False, True])
        other = self.closing(env.spec.make())
        np.testing.assert_array_equal(other.reset(seed=1)[0], env.reset(seed=1)[0])

    def test_many(self):
        env = self.closing(gymnasium.make_vec(ID, num_envs=E, url=server()))
        self.assertIsInstance(env, RemoteVectorEnv)
        self.assertEqual(env.single_action_space.shape, (N * A,))
        self.assertEqual(env.spec.kwargs["num_envs"], E)
        expected, _ = env.reset(seed=1)
        for mode in ("sync", "async"):
            with self.subTest(mode=mode):
                many = gymnasium.make_vec(ID, E, mode, url=server())
                self.addCleanup(many.close)
                np.testing.assert_array_equal(many.reset(seed=1)[0], expected)
                many.step(many.action_space.sample())
        env = gymnasium.make_vec(ID, E, url=server(), spaces="dict", max_episode_steps=1)
        self.closing(env).reset(seed=1)
        self.assertEqual(list(env.action_space), AGENTS)
        self.assertTrue(env.step(env.action_space.sample())[3].all())

    def test_processes_that_are_spawned(self):
        many = gymnasium.make_vec(
            ID, 2, "async", url=server(), vector_kwargs={"context": "spawn"}
        )
        self.addCleanup(many.close)
        self.assertEqual(many.reset(seed=1)[0].shape, (2, N * O))


class ShippedTest(GymnasiumTest):
    def test_the_checker_finds_nothing_in_the_shipped_model(self):
        env = gymnasium.make(ID, url=server("DIMA_SHIPPED_URL"), render_mode="rgb_array")
        self.closing(env)
        self.assertEqual(env.metadata["render_modes"], ["rgb_array"])
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            check_env(env.unwrapped)
        told = [str(one.message) for one in caught if "infinity" not in str(one.message)]
        self.assertEqual(told, [])

    def test_a_robot_is_drawn(self):
        env = self.vector(url=server("DIMA_SHIPPED_URL"), render_mode="rgb_array")
        with self.refused("not_reset"):
            env.render()
        env.reset(seed=1)
        before = env.render()
        for _ in range(5):
            env.step(env.action_space.sample())
        after = env.render()
        self.assertEqual((len(after), after[0].shape, after[0].dtype), (E, (270, 480, 3), np.uint8))
        self.assertTrue((before[0] != after[0]).any() and (after[0] != after[1]).any())

    def test_videos(self):
        for env, wrapper in (
            (self.vector(url=server("DIMA_SHIPPED_URL"), render_mode="rgb_array"), wrappers),
            (
                gymnasium.make(ID, url=server("DIMA_SHIPPED_URL"), render_mode="rgb_array"),
                gymnasium.wrappers,
            ),
        ):
            with tempfile.TemporaryDirectory() as folder, films() as written:
                env = self.closing(wrapper.RecordVideo(env, folder, video_length=4))
                env.reset(seed=1)
                for _ in range(6):
                    env.step(env.action_space.sample())
                env.close()
            ((frames, fps),) = written
            self.assertIn(len(frames), (4, 5))  # versions differ in counting the first one
            self.assertEqual(fps, 20)


def films():
    """What RecordVideo writes: frames and frames a second, with moviepy or, without, a stand-in."""
    written = []

    class Clip:
        def __init__(self, frames, fps):
            written.append((frames, fps))

        def write_videofile(self, path, **_):
            pass

    names = ("moviepy", "moviepy.video", "moviepy.video.io", "moviepy.video.io.ImageSequenceClip")
    modules = {name: types.ModuleType(name) for name in names}
    modules[names[-1]].ImageSequenceClip = Clip
    patch = mock.patch.dict(sys.modules, modules)

    class Context:
        def __enter__(self):
            patch.start()
            return written

        def __exit__(self, *_):
            patch.stop()

    return Context()
