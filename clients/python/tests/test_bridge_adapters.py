"""Every kind of environment through a session, against its dynamics computed again."""

import sys
from unittest import mock

import numpy as np

import bridge_toys
from bridge_talk import BridgeTest, Talk
from bridge_toys import AGENTS, LIMIT, Mass, Numbers, PointMass, VectorPoint
from marl_env import Final, GymnasiumVector, IsaacVectorEnv, Observed, PettingZooCopies, Stepped

N = 3


def masses(seed, count=N):
    """Fresh copies from seed, seed + 1, ..."""
    fresh = [Mass() for _ in range(count)]
    for e, mass in enumerate(fresh):
        mass.seed(seed + e)
        mass.begin()
    return fresh


def states(all_masses):
    return [mass.state() for mass in all_masses]


def drawn(random, shape):
    return random.uniform(-1, 1, shape).astype("<f4")


class PettingZooTest(BridgeTest):
    def test_what_is_declared(self):
        made = Talk().make("point_mass", 3)
        self.assertEqual(made["possible_agents"], AGENTS)
        space = {"shape": [3], "dtype": "float64", "low": -np.inf, "high": np.inf}
        self.assertEqual(made["obs_spaces"], {"east": space, "north": space})
        action = {"shape": [2], "dtype": "float32", "low": -1.0, "high": 1.0}
        self.assertEqual(made["act_spaces"], {"east": action, "north": action})
        self.assertEqual(made["state_space"], dict(space, shape=[4]))
        told = {
            key: made[key] for key in ("autoreset", "subset_reset", "reward", "num_envs", "env")
        }
        expected = ("disabled", True, "per_agent", 3, "point_mass")
        self.assertEqual(tuple(told.values()), expected)
        self.assertEqual((made["max_steps"], made["deterministic"], made["dt"]), (0, False, 0))

    def test_the_server_can_declare_what_pettingzoo_has_no_place_for(self):
        talk = Talk(declared=dict(max_steps=LIMIT, deterministic=True, dt=0.125, reward="shared"))
        made = talk.make("point_mass", 2)
        self.assertEqual(
            (made["max_steps"], made["deterministic"], made["dt"]), (LIMIT, True, 0.125)
        )
        self.answered("reset_ok", talk.ask("reset", seed=4))
        reply = talk.step(**talk.rest())
        single = masses(4, 2)
        for mass in single:
            mass.push(0.0, 0.0)
        self.same(reply["reward"], [mass.reward for mass in single])

    def test_episodes_are_those_of_the_dynamics(self):
        talk, random = self.talk("point_mass"), np.random.default_rng(1)
        expected = masses(40)
        reply = self.answered("reset_ok", talk.ask("reset", seed=40))
        ends = set()
        for _ in range(40):
            for agent in AGENTS:
                self.same(reply["obs"][agent], [mass.seen()[agent] for mass in expected])
            self.same(reply["state"], states(expected))
            actions = {agent: drawn(random, (N, 2)) for agent in AGENTS}
            for agent in AGENTS:  # copy 0 is pulled to the origin
                actions[agent][0] = np.clip(
                    -expected[0].state()[:2] - expected[0].state()[2:], -1, 1
                )
            for e, mass in enumerate(expected):
                east, north = (actions[agent][e].tolist() for agent in AGENTS)
                mass.push(east[0] + north[0], east[1] + north[1])
            reply = self.answered("step_ok", talk.step(**actions))
            for agent in AGENTS:
                self.same(reply["reward"][agent], [mass.reward for mass in expected])
            ended = np.array([mass.reached for mass in expected])
            cut = np.array([mass.late and not mass.reached for mass in expected])
            self.same(reply["terminated"], ended.astype("u1"))
            self.same(reply["truncated"], cut.astype("u1"))
            self.assertGreaterEqual(reply["timing_ms"], 0)
            if (ended | cut).any():
                ends |= set(np.where(ended, "terminated", "truncated")[ended | cut])
                reply = talk.ask("reset", mask=(ended | cut).astype("|u1"))
                self.answered("reset_ok", reply)
                for e in np.flatnonzero(ended | cut):
                    expected[e].begin()
        self.assertEqual(ends, {"terminated", "truncated"})

    def test_without_a_state_there_is_none(self):
        talk = self.talk("stateless")
        self.assertIsNone(talk.made["state_space"])
        self.assertIsNone(talk.ask("reset", seed=1)["state"])
        self.assertIsNone(talk.step(**talk.rest())["state"])

    def test_a_state_that_is_not_declared_is_found(self):
        class Undeclared(PointMass):
            def __init__(self):
                super().__init__()
                del self.state_space

        talk = Talk({"x": Undeclared})
        self.assertEqual(talk.make("x")["state_space"]["shape"], [4])
        self.same(talk.ask("reset", seed=7)["state"], states(masses(7)))

    def test_a_state_of_several_dimensions_is_taken_flat(self):
        class Matrix(PointMass):
            def __init__(self):
                super().__init__()
                del self.state_space

            def state(self):
                return self._mass.state().reshape(1, 2, 2)

        class Grows(Matrix):
            def state(self):
                return np.zeros((1, 4 + self._mass.steps))

        class Declared(Matrix):
            def __init__(self):
                super().__init__()
                self.state_space = bridge_toys.Box(-np.inf, np.inf, (1, 2, 2), np.float64)

        class Number(Matrix):
            def state(self):
                return np.float64(self._mass.x)

        for make in (Matrix, Declared):
            talk = Talk({"x": make})
            self.assertEqual(talk.make("x")["state_space"]["shape"], [4])
            self.same(talk.ask("reset", seed=7)["state"], states(masses(7)))
        talk = Talk({"x": Number})
        self.assertEqual(talk.make("x")["state_space"]["shape"], [1])
        self.same(talk.ask("reset", seed=7)["state"], [[mass.x] for mass in masses(7)])
        talk = Talk({"x": Grows})
        talk.make("x")
        talk.ask("reset")
        refusal = talk.step(**talk.rest())
        self.refused("env_failed", refusal, "the state of copy 0 has shape", "5", "[1, 4]")

    def test_a_state_that_is_none_or_fails_is_told(self):
        class Nothing(PointMass):
            def __init__(self):
                super().__init__()
                del self.state_space

            def state(self):
                return None

        class Words(Nothing):
            def state(self):
                return "upright"

        class Fails(PointMass):
            def state(self):
                raise KeyError("pose")

        self.assertIsNone(Talk({"x": Nothing}).make("x")["state_space"])
        self.refused("env_failed", Talk({"x": Words}).make("x"), "the state of copy 0 is str")
        talk = Talk({"x": Fails})
        talk.make("x")
        self.refused("env_failed", talk.ask("reset"), "copy 0: state failed: KeyError")

    def test_a_reward_is_one_number_in_any_form(self):
        class Pays(PointMass):
            def step(self, actions):
                results = super().step(actions)
                results[1]["north"] = pay(results[1]["north"])
                return results

        forms = [np.float32, lambda x: np.array([x]), np.array, lambda x: [[x]], lambda x: int(x)]
        for pay in forms:
            talk = Talk({"x": Pays})
            talk.make("x")
            talk.ask("reset", seed=7)
            given = [np.asarray(pay(mass.reward)).item() for mass in self.pushed(masses(7))]
            self.same(talk.step(**talk.rest())["reward"]["north"], given)
        wrong = {"1.5": "is str", b"1": "is bytes", True: "is bool", None: "is NoneType"}
        wrong = list(wrong.items()) + [([1.0, 2.0], "has shape [2]"), (float("nan"), "is nan")]
        wrong += [
            (np.bool_(True), "is bool"),
            (np.array(["1"]), "is an array of <U1"),
            ({}, "is dict"),
        ]
        for value, said in wrong:
            pay = lambda _: value  # noqa: E731
            talk = Talk({"x": Pays})
            talk.make("x")
            talk.ask("reset")
            refusal = talk.step(**talk.rest())
            self.refused("env_failed", refusal, f"the reward of north in copy 0 {said}")

    def test_a_flag_is_a_truth_value(self):
        class Flags(PointMass):
            def step(self, actions):
                results = super().step(actions)
                results[2]["north"] = flag
                return results

        for flag in (0, np.False_, np.array([False]), 0.0):
            talk = Talk({"x": Flags})
            talk.make("x")
            talk.ask("reset")
            self.same(talk.step(**talk.rest())["terminated"], [0] * N)
        for flag, said in (
            ("False", "is str"),
            (2, "is 2"),
            ([0, 0], "has shape [2]"),
            (None, "is None"),
        ):
            talk = Talk({"x": Flags})
            talk.make("x")
            talk.ask("reset")
            refusal = talk.step(**talk.rest())
            self.refused("env_failed", refusal, f"the termination of north in copy 0 {said}")

    @staticmethod
    def pushed(all_masses):
        for mass in all_masses:
            mass.push(0.0, 0.0)
        return all_masses

    def test_an_agent_that_leaves_before_the_others_is_named(self):
        talk = self.talk("leaves_early")
        talk.ask("reset", seed=1)
        for _ in range(2):
            self.answered("step_ok", talk.step(**talk.rest()))
        self.refused("env_failed", talk.step(**talk.rest()), "north left while east goes on")
        self.refused("no_episode", talk.step(**talk.rest()))
        self.answered("reset_ok", talk.ask("reset"))

    def test_an_agent_that_vanishes_without_a_flag_is_named(self):
        class Vanishes(PointMass):
            def step(self, actions):
                results = super().step(actions)
                self.agents = ["east"]
                return results

        talk = Talk({"x": Vanishes})
        talk.make("x")
        talk.ask("reset")
        self.refused("env_failed", talk.step(**talk.rest()), "north")

    def test_an_agent_that_results_leave_out_is_named(self):
        class Forgets(PointMass):
            def step(self, actions):
                results = super().step(actions)
                del results[1]["north"]
                return results

        talk = Talk({"x": Forgets})
        talk.make("x")
        talk.ask("reset")
        self.refused("env_failed", talk.step(**talk.rest()), "no reward for north", "copy 0")

    def test_the_step_of_old_versions_is_refused(self):
        class Old(PointMass):
            def step(self, actions):
                observations, rewards, ended, _, infos = super().step(actions)
                return observations, rewards, ended, infos

        talk = Talk({"x": Old})
        talk.make("x")
        talk.ask("reset")
        self.refused("env_failed", talk.step(**talk.rest()), "five")

    def test_rewards_said_to_be_shared_must_be(self):
        class Selfish(PointMass):
            def step(self, actions):
                results = super().step(actions)
                results[1]["north"] += 1
                return results

        talk = Talk({"x": Selfish}, dict(reward="shared"))
        talk.make("x")
        talk.ask("reset")
        self.refused("env_failed", talk.step(**talk.rest()), "shared", "north")

    def test_one_environment_for_all_copies_is_refused(self):
        env = PointMass()
        reply = Talk({"x": lambda: env}).make("x", 2)
        self.refused("env_failed", reply, "twice")
        self.answered("made", Talk({"x": lambda: env}).make("x", 1))

    def test_actions_have_the_shape_of_the_environments_own_space(self):
        class Square(PointMass):
            def action_space(self, agent):
                return bridge_toys.Box(-1, 1, (2, 1), np.float32)

            def step(self, actions):
                assert actions["east"].shape == (2, 1)
                return super().step({agent: action[:, 0] for agent, action in actions.items()})

        talk = Talk({"x": Square})
        self.assertEqual(talk.make("x")["act_spaces"]["east"]["shape"], [2])
        talk.ask("reset")
        self.answered("step_ok", talk.step(**talk.rest()))

    def test_pictures(self):
        talk = self.talk("point_mass")
        talk.ask("reset")
        talk.step(**talk.rest())
        self.same(talk.ask("render", copy=2)["image"], np.ones((2, 4, 3)))
        self.refused("invalid_request", talk.ask("render", copy=3), "copy")
        for env in ("stateless", "next_step", "hands", "numbers"):
            self.refused("unsupported", self.talk(env).ask("render"), "picture")

    def test_copies_are_closed_with_the_session(self):
        envs = [PointMass() for _ in range(2)]
        remaining = list(envs)
        talk = Talk({"x": lambda: remaining.pop(0)})
        talk.make("x", 2)
        talk.ask("reset")
        self.answered("closed", talk.ask("close"))
        self.assertTrue(talk.last)
        self.assertEqual([env.agents for env in envs], [[], []])


class GymnasiumTest(BridgeTest):
    def forced(self, expected, actions):
        """What the masses do."""
        for e, mass in enumerate(expected):
            forces = actions["agent_0"][e].reshape(2, 2).astype(float)
            mass.push(*(forces[0] + forces[1]).tolist())

    def test_one_agent_whose_observation_is_flattened(self):
        made = self.talk("next_step").made
        self.assertEqual(made["possible_agents"], ["agent_0"])
        self.assertEqual(made["obs_spaces"]["agent_0"]["shape"], [4])
        self.assertEqual(made["act_spaces"]["agent_0"]["shape"], [4])
        self.assertIsNone(made["state_space"])
        self.assertEqual(made["reward"], "shared")

    def test_next_step_resets_a_step_later(self):
        talk, random = self.talk("next_step"), np.random.default_rng(2)
        self.assertEqual((talk.made["autoreset"], talk.made["subset_reset"]), ("next_step", False))
        expected, resets = masses(11), 0
        self.same(talk.ask("reset", seed=11)["obs"]["agent_0"], states(expected))
        over = np.zeros(N, bool)
        for _ in range(40):
            actions = {"agent_0": drawn(random, (N, 4))}
            for e, mass in enumerate(expected):
                if over[e]:
                    mass.begin()
                else:
                    self.forced([mass], {"agent_0": actions["agent_0"][e : e + 1]})
            reply = self.answered("step_ok", talk.step(**actions))
            self.same(reply["obs"]["agent_0"], states(expected))
            self.same(reply["reward"], [0 if o else m.reward for o, m in zip(over, expected)])
            ended = np.array([not o and m.reached for o, m in zip(over, expected)])
            cut = np.array([not o and m.late and not m.reached for o, m in zip(over, expected)])
            self.same(reply["terminated"], ended.astype("u1"))
            self.same(reply["truncated"], cut.astype("u1"))
            resets += over.sum()
            over = ended | cut
        self.assertGreater(resets, N)

    def test_same_step_keeps_final_observations_in_both_spellings(self):
        for spelling in ("final_obs", "final_observation"):
            maker = {"x": lambda num_envs: VectorPoint(num_envs, "SameStep", spelling)}
            talk, random = Talk(maker), np.random.default_rng(3)
            self.assertEqual(talk.make("x")["autoreset"], "same_step")
            expected, finals = masses(5), 0
            talk.ask("reset", seed=5)
            for _ in range(30):
                actions = {"agent_0": drawn(random, (N, 4))}
                self.forced(expected, actions)
                over = [e for e, mass in enumerate(expected) if mass.reached or mass.late]
                last = [expected[e].state() for e in over]
                for e in over:
                    expected[e].begin()
                reply = self.answered("step_ok", talk.step(**actions))
                self.same(reply["obs"]["agent_0"], states(expected))
                self.assertEqual("final" in reply, bool(over))
                if over:
                    self.same(reply["final"]["index"], over)
                    self.same(reply["final"]["obs"]["agent_0"], last)
                    self.assertIsNone(reply["final"]["state"])
                    finals += len(over)
            self.assertGreater(finals, N)

    def test_disabled_resets_by_mask(self):
        talk, expected = self.talk("disabled"), masses(9)
        self.assertEqual((talk.made["autoreset"], talk.made["subset_reset"]), ("disabled", True))
        talk.ask("reset", seed=9)
        for _ in range(LIMIT):
            reply = talk.step(**talk.rest())
            self.forced(expected, talk.rest())
        self.same(reply["truncated"], [1] * N)
        mask = np.array([1, 0, 1], "|u1")
        reply = talk.ask("reset", mask=mask, seed=70)
        for e in (0, 2):
            expected[e] = masses(70)[e]
        self.same(reply["obs"]["agent_0"], states(expected))
        self.refused("no_episode", talk.step(**talk.rest()), "copy 1")
        self.answered("reset_ok", talk.ask("reset", mask=1 - mask))
        self.answered("step_ok", talk.step(**talk.rest()))

    def test_a_mask_of_nothing_changes_nothing(self):
        talk = self.talk("disabled")
        first = talk.ask("reset", seed=9)
        again = talk.ask("reset", mask=np.zeros(N, "|u1"))
        self.same(again["obs"]["agent_0"], first["obs"]["agent_0"])

    def test_a_split_gives_several_agents_who_all_see_everything(self):
        split = {"left": [0, 3], "right": [1, 2]}

        def make(num_envs):
            return GymnasiumVector(VectorPoint(num_envs, "SameStep"), split)

        talk, random, expected = Talk({"x": make}), np.random.default_rng(3), masses(5)
        made = talk.make("x")
        self.assertEqual(made["possible_agents"], ["left", "right"])
        self.assertEqual(made["act_spaces"]["left"]["shape"], [2])
        self.assertEqual(made["state_space"]["shape"], [4])
        talk.ask("reset", seed=5)
        whole = drawn(random, (N, 4))
        reply = talk.step(left=whole[:, [0, 3]], right=whole[:, [1, 2]])
        self.forced(expected, {"agent_0": whole})
        for seen in (reply["obs"]["left"], reply["obs"]["right"], reply["state"]):
            self.same(seen, states(expected))

    def test_a_split_has_each_action_once(self):
        for split in ({"a": [0, 1], "b": [1, 2, 3]}, {"a": [0, 1, 2]}, {"a": [0, 1, 2, 3, 4]}):
            talk = Talk({"x": bridge_toys.next_step}, dict(split=split))
            self.refused("unsupported", talk.make("x"), "split")

    def test_how_copies_are_reset_must_be_known(self):
        def silent(num_envs):
            env = VectorPoint(num_envs)
            env.metadata = {}
            return env

        with mock.patch.dict(sys.modules):
            sys.modules.pop("gymnasium", None)  # its version would tell
            self.refused("unsupported", Talk({"x": silent}).make("x"), "autoreset")
        made = Talk({"x": silent}, dict(autoreset="next_step")).make("x")
        self.assertEqual(made["autoreset"], "next_step")
        reply = Talk({"x": silent}, dict(autoreset="sometimes")).make("x")
        self.refused("unsupported", reply, "sometimes")

    def test_a_mode_that_is_not_the_true_one_is_noticed(self):
        """Really disabled, really same_step, and declared to be another."""
        wrong = (
            ("SameStep", "next_step", "the step that resets it"),
            ("NextStep", "same_step", "final"),
        )
        for true, said, told in wrong:
            talk = Talk({"x": lambda num_envs: VectorPoint(num_envs, true)}, dict(autoreset=said))
            talk.make("x")
            talk.ask("reset", seed=1)
            replies = [talk.step(**talk.rest()) for _ in range(LIMIT + 1)]
            failed = [reply for reply in replies if reply["type"] == "error"]
            self.refused("env_failed", failed[0], told)

    def test_seeds_of_their_own(self):
        talk = self.talk("disabled")
        reply = talk.ask("reset", seed=np.array([5, 1, 9], "<u4"))
        self.same(reply["obs"]["agent_0"], states([masses(seed, 1)[0] for seed in (5, 1, 9)]))


class IsaacTest(BridgeTest):
    def test_what_is_declared(self):
        made = self.talk("hands").made
        self.assertEqual((made["autoreset"], made["subset_reset"]), ("next_step_acted", False))
        self.assertEqual((made["max_steps"], made["deterministic"]), (LIMIT, False))
        self.assertEqual(made["possible_agents"], ["right", "left"])
        clipped = {"shape": [5], "dtype": "float32", "low": -5.0, "high": 5.0}
        self.assertEqual(made["obs_spaces"]["left"], clipped)

    def test_a_copy_is_reset_and_acts_in_one_step(self):
        talk, random = self.talk("hands"), np.random.default_rng(4)
        expected, starts, kinds = [Mass() for _ in range(N)], 0, set()
        over = np.ones(N, bool)
        reply = self.answered("reset_ok", talk.ask("reset", seed=1))
        actions = talk.rest()
        for t in range(40):
            for e, mass in enumerate(expected):
                if over[e]:
                    mass.begin()
                mass.push(*(actions["right"][e].astype(float) + actions["left"][e]).tolist())
            seen = np.clip(np.float32(states(expected)), -5, 5)
            self.same(reply["state"], seen)
            self.same(reply["obs"]["right"], np.column_stack([seen, np.zeros(N)]))
            self.same(
                reply["obs"]["left"], np.column_stack([seen, np.full(N, 5.0)])
            )  # 100, clipped
            over = np.array([mass.reached or mass.late for mass in expected])
            if t > 0:
                late = np.array([mass.late for mass in expected])
                self.same(reply["truncated"], (over & late).astype("u1"))
                self.same(reply["terminated"], (over & ~late).astype("u1"))
                self.same(reply["reward"], [mass.reward for mass in expected])
                kinds |= {"late" if mass.late else "reached" for mass in np.array(expected)[over]}
            starts += over.sum()
            actions = {agent: drawn(random, (N, 2)) for agent in ("right", "left")}
            reply = self.answered("step_ok", talk.step(**actions))
        self.assertGreater(starts, N)
        self.assertEqual(kinds, {"late", "reached"})

    def test_rewards_of_their_own_are_served_or_refused(self):
        class Rivals(bridge_toys.ToyHands):
            def step(self, actions):
                results = list(super().step(actions))
                results[2][1, 1] = -2.0
                return tuple(results)

        def served(reward):
            hands = ["right", "left"]
            return {"x": lambda num_envs: IsaacVectorEnv(Rivals(num_envs), hands, reward=reward)}

        talk = Talk(served("shared"))
        talk.make("x", N)
        talk.ask("reset")
        said = ("shared", "copy 1", "left -2", 'reward="per_agent"')
        self.refused("env_failed", talk.step(**talk.rest()), *said)
        talk = Talk(served("per_agent"))
        self.assertEqual(talk.make("x", N)["reward"], "per_agent")
        talk.ask("reset")
        reward = talk.step(**talk.rest())["reward"]
        self.assertEqual((reward["left"][1], reward["right"][0]), (-2.0, reward["left"][0]))

    def test_all_copies_begin_anew_or_none(self):
        talk = self.talk("hands")
        talk.ask("reset")
        talk.step(**talk.rest())
        self.refused("unsupported", talk.ask("reset", mask=np.ones(N, "|u1")), "mask")
        self.answered("reset_ok", talk.ask("reset"))
        self.same(talk.session._env.task.progress_buf, [1] * N)


class VectorEnvTest(BridgeTest):
    def test_rewards_and_flags_of_one_column_are_taken(self):
        class Columns(Numbers):
            def step(self, actions):
                stepped = super().step(actions)
                never = np.zeros((self.num_envs, 1))
                return stepped._replace(rewards=stepped.rewards[:, None], terminated=never)

        class Wrong(Numbers):
            def step(self, actions):
                return super().step(actions)._replace(**change)

        talk = Talk({"x": Columns})
        talk.make("x", N)
        talk.ask("reset")
        reply = self.answered("step_ok", talk.step(**talk.rest()))
        self.assertEqual((reply["reward"].shape, reply["terminated"].shape), ((N,), (N,)))
        for change, said in (
            ({"rewards": np.zeros(N, bool)}, "the reward is an array of bool"),
            ({"rewards": ["1", "2", "3"]}, "the reward is an array of <U1"),
            ({"rewards": np.zeros((N, 2))}, "the reward has shape [3, 2], expected [3]"),
            ({"truncated": np.array([0, 2, 0])}, "truncated of copy 1 is 2, not true or false"),
        ):
            talk = Talk({"x": Wrong})
            talk.make("x", N)
            talk.ask("reset")
            self.refused("env_failed", talk.step(**talk.rest()), said)

    def test_it_is_served_as_it_says(self):
        talk = self.talk("numbers", 4)
        self.assertEqual((talk.made["max_steps"], talk.made["dt"]), (1000, 0.05))
        self.assertEqual(talk.ask("reset")["state"].shape, (4, 17))
        reply = talk.step(**talk.rest())
        self.assertEqual((reply["reward"].dtype, reply["state"].dtype), (np.float64, np.float64))
        self.assertEqual(reply["obs"]["agent_1"].dtype, np.float32)

    def test_infos_are_passed_on(self):
        class Informed(Numbers):
            def step(self, actions):
                flags = np.array([True, False])
                info = {"success": flags, "agent_0": {"force": np.ones((2, 3))}, "note": "x"}
                return super().step(actions)._replace(info=info)

        talk = Talk({"x": Informed})
        talk.make("x", 2)
        talk.ask("reset")
        info = talk.step(**talk.rest())["info"]
        self.same(info["success"], [1, 0])
        self.same(info["agent_0"]["force"], np.ones((2, 3)))
        self.assertEqual(info["note"], "x")

    def test_what_breaks_its_word_is_refused_by_name(self):
        rows = {"agent_0": np.zeros((2, 19)), "agent_1": np.zeros((2, 19))}
        inf, wide = rows["agent_0"] + np.inf, np.zeros((2, 20))
        broken = (
            (dict(observations={"agent_0": rows["agent_0"]}), "agent_1"),
            (dict(observations=dict(rows, agent_1=wide)), "agent_1"),
            (dict(observations=dict(rows, agent_1=inf)), "agent_1"),
            (dict(observations=dict(rows, agent_1="no")), "agent_1"),
            (dict(observations=dict(rows, agent_1=[[1], [1, 2]])), "agent_1"),
            (dict(state=None), "state"),
            (dict(state=np.full((2, 17), np.nan)), "state"),
            (dict(rewards=np.zeros(3)), "reward"),
            (dict(rewards=[0, np.nan]), "reward"),
            (dict(terminated=None), "terminated"),
            (dict(truncated=np.zeros((2, 2))), "truncated"),
        )
        for change, name in broken:

            class Broken(Numbers):
                def step(self, actions):
                    return super().step(actions)._replace(**change)

            talk = Talk({"x": Broken})
            talk.make("x", 2)
            talk.ask("reset")
            self.refused("env_failed", talk.step(**talk.rest()), name)
            self.refused("no_episode", talk.step(**talk.rest()))

    def test_terminated_counts_where_both_are_true(self):
        class Both(Numbers):
            def step(self, actions):
                return super().step(actions)._replace(terminated=[1, 0], truncated=[True, True])

        talk = Talk({"x": Both})
        talk.make("x", 2)
        talk.ask("reset")
        reply = talk.step(**talk.rest())
        self.same(reply["terminated"], [1, 0])
        self.same(reply["truncated"], [0, 1])

    def test_anything_with_the_same_attributes_will_do(self):
        class Plain:
            possible_agents = ["a"]
            autoreset = "same_step"
            num_envs = 2

            def __init__(self):
                box = bridge_toys.Box(-1, 1, (1,), np.float32)
                self.observation_spaces = self.action_spaces = {"a": box}

            def reset(self, seeds=None, mask=None):
                return Observed({"a": [[0], [0]]})

            def step(self, actions):
                final = Final([1], {"a": [[9]]})
                return Stepped({"a": actions["a"]}, [1, 2], [0, 1], [0, 0], final=final)

            def close(self):
                pass

        talk = Talk({"x": Plain})
        self.answered("made", talk.make("x", 2))
        talk.ask("reset")
        reply = self.answered("step_ok", talk.step(a=np.array([[0.5], [0.25]], "<f4")))
        self.same(reply["obs"]["a"], [[0.5], [0.25]])
        self.same(reply["final"]["obs"]["a"], [[9]])

    def test_what_contradicts_itself_is_not_made(self):
        wrong = (
            (dict(possible_agents=[]), "agents"),
            (dict(possible_agents=["agent_0", "agent_0"]), "agents"),
            (dict(possible_agents=["agent_0", 3]), "names"),
            (dict(observation_spaces={}), "agent_0"),
            (dict(reward="mine"), "reward"),
            (dict(autoreset="sometimes"), "autoreset"),
            (dict(subset_reset=False), "subset_reset"),
        )
        for change, name in wrong:

            def make(num_envs):
                env = Numbers(num_envs)
                vars(env).update(change)
                return env

            self.refused("unsupported", Talk({"x": make}).make("x"), name)

    def test_answers_that_would_be_too_large_are_refused_before(self):
        reply = Talk().make("numbers", 60_000)
        self.answered("made", reply)

        def wide(num_envs):
            env = Numbers(num_envs)
            env.state_space = bridge_toys.Space(60_000)
            return env

        self.refused("unsupported", Talk({"x": wide}).make("x", 1000), "copies")

    def test_a_session_can_serve_the_adapter_itself(self):
        def make(num_envs):
            return PettingZooCopies([PointMass() for _ in range(num_envs)], max_steps=LIMIT)

        self.assertEqual(Talk({"x": make}).make("x")["max_steps"], LIMIT)
        self.refused("unsupported", Talk({"x": make}, dict(dt=1.0)).make("x"), "dt")
