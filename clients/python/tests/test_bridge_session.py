"""What a session answers to requests that are wrong, early, late or strange."""

import time

import msgpack
import numpy as np

import bridge_toys
from bridge_talk import BridgeTest, Talk
from bridge_toys import LIMIT, Mass, PointMass
from marl_env import wire
from marl_env.errors import CODES


class OrderTest(BridgeTest):
    def test_hello_comes_first_and_names_what_is_served(self):
        hello = Talk().hello
        self.assertEqual((hello["type"], hello["proto"]), ("hello", "marl-env/1"))
        self.assertEqual(hello["envs"], list(bridge_toys.ALL))
        self.assertNotIn("id", hello)

    def test_nothing_but_close_goes_before_make(self):
        for kind in ("reset", "step", "render"):
            self.refused("not_made", Talk().ask(kind), kind)
        self.answered("closed", Talk().ask("close"))

    def test_a_session_has_one_environment(self):
        talk = self.talk("point_mass")
        self.refused("already_made", talk.make("point_mass"))

    def test_step_needs_a_reset(self):
        talk = self.talk("point_mass")
        self.refused("no_episode", talk.step(**talk.rest()))

    def test_the_first_reset_is_of_all_copies(self):
        talk = self.talk("point_mass")
        mask = np.array([1, 0, 1], "|u1")
        self.refused("no_episode", talk.ask("reset", mask=mask), "all copies")
        self.answered("reset_ok", talk.ask("reset", mask=np.ones(3, "|u1")))
        self.answered("reset_ok", talk.ask("reset", mask=mask))

    def test_copies_that_ended_wait_for_their_reset_and_nothing_moves(self):
        talk = self.talk("point_mass", 2)
        talk.ask("reset", seed=8)
        talk.step(**talk.rest())
        talk.ask("reset", mask=np.array([0, 1], "|u1"))
        for _ in range(LIMIT - 1):
            before = talk.step(**talk.rest())
        self.same(before["truncated"], [1, 0])
        self.refused("no_episode", talk.step(**talk.rest()), "copy 0")
        after = talk.ask("reset", mask=np.array([1, 0], "|u1"))
        self.same(after["state"][1], before["state"][1])
        self.answered("step_ok", talk.step(**talk.rest()))

    def test_an_unknown_request_is_unsupported(self):
        self.refused("unsupported", Talk().ask("dance"), "dance")
        self.refused("unsupported", Talk().ask(["make"]))  # a list is no name

    def test_unknown_fields_are_passed_over_and_nil_is_left_out(self):
        talk = self.talk("point_mass", seed=None, options=None, colour="red")
        self.answered("reset_ok", talk.ask("reset", mask=None, seed=None, speed=3))


class FrameTest(BridgeTest):
    def test_what_is_no_message_is_fatal_and_has_no_number(self):
        nothing = ["text", b"", b"\xc1", b"\x91" * 1000]
        nothing += [msgpack.packb([1]), msgpack.packb({"id": -1})]
        numbers = [None, True, "1", 1.5, 2**32, [1], float("nan"), float("inf")]
        frames = nothing + [msgpack.packb({"type": "close", "id": number}) for number in numbers]
        for frame in frames:
            talk = Talk()
            reply = talk.raw(frame)
            self.refused("invalid_request", reply, fatal=True)
            self.assertIsNone(reply["re"])
            self.assertTrue(talk.last)

    def test_numbers_may_be_floats_as_javascript_may_write_them(self):
        talk = Talk()
        make = {
            "type": "make",
            "id": 4294967295.0,
            "env": "point_mass",
            "num_envs": 2.0,
            "seed": 3.0,
        }
        reply = self.answered("made", talk.raw(msgpack.packb(make)))
        self.assertEqual((reply["id"], reply["num_envs"]), (2**32 - 1, 2))

    def test_every_code_is_one_of_the_protocol(self):
        protocol = (
            "unknown_env not_made already_made no_episode invalid_request invalid_action "
            "unsupported env_failed unauthorized internal"
        )
        self.assertEqual(CODES, tuple(protocol.split()))


class MakeTest(BridgeTest):
    def test_an_unknown_environment_is_refused_by_name(self):
        for name in ("ant", None, 3, ["point_mass"], b"point_mass"):
            self.refused("unknown_env", Talk().make(name), "point_mass")

    def test_the_number_of_copies_is_checked(self):
        for count in (0, -1, 1.5, "3", None, True, 65_537, [1]):
            self.refused("invalid_request", Talk().make("point_mass", count), "num_envs")

    def test_agents_whose_actions_are_no_numbers_and_no_choices_are_named(self):
        reply = Talk().make("integers")
        self.refused("unsupported", reply, "the action of north", "Box of floats", "MultiDiscrete")

    def test_what_can_not_be_made_says_why_in_one_line(self):
        talk = Talk()
        reply = talk.make("unready")
        self.refused("env_failed", reply, "OSError: no such simulator")
        self.assertNotIn("Traceback", reply["message"])
        self.answered("made", talk.make("point_mass"))  # the session is as it was

    def test_what_is_no_environment_is_refused_by_kind(self):
        class Single:
            action_space = observation_space = step = reset = None

        class Half:
            num_envs = 3

        for maker, told in ((Single, "vector"), (Half, "possible_agents"), (dict, "dict")):
            self.refused("unsupported", Talk({"x": maker}).make("x"), told)

    def test_a_fixed_number_of_copies_is_told(self):
        talk = Talk({"x": lambda: bridge_toys.VectorPoint(8)})
        self.refused("unsupported", talk.make("x", 3), "8")
        self.answered("made", talk.make("x", 8))

    def test_options_become_arguments_and_others_are_refused(self):
        self.answered("made", Talk().make("point_mass", options={"slow": 0.0}))
        reply = Talk().make("point_mass", options={"fast": 1})
        self.refused("invalid_request", reply, "fast", "slow")
        self.refused(
            "invalid_request", Talk().make("next_step", options={"num_envs": 4}), "num_envs"
        )
        for options in ([1], [], 0, "slow", False):
            reply = Talk().make("point_mass", options=options)
            self.refused("invalid_request", reply, "options")
        given = []

        def any_options(**options):
            given.append(options)
            return PointMass()

        self.answered("made", Talk({"x": any_options}).make("x", 1, options={"a": [1, {"b": 2}]}))
        self.assertEqual(given, [{"a": [1, {"b": 2}]}])

    def test_a_simulator_that_wants_a_seed_at_creation_gets_it(self):
        given = []

        def one(seed=None):
            given.append(seed)
            return PointMass()

        def all_of_them(num_envs, seed=-1):
            given.append(seed)
            return bridge_toys.next_step(num_envs)

        Talk({"x": one}).make("x", 2, seed=0)
        Talk({"x": one}).make("x", 1)
        Talk({"x": all_of_them}).make("x", 2, seed=6)
        Talk({"x": all_of_them}).make("x", 2)
        self.assertEqual(given, [0, 1, None, 6, -1])

    def test_there_is_room_for_so_many_sessions(self):
        service = Talk(most=1)
        service.make("point_mass")
        other = Talk()
        other.session._service = service.session._service
        self.refused("unsupported", other.make("point_mass"), "room")
        service.ask("close")
        self.refused("unknown_env", other.make("nowhere"))
        self.refused("env_failed", other.make("unready"))
        self.answered("made", other.make("point_mass"))


class SeedTest(BridgeTest):
    def first(self, talk, **fields):
        return self.answered("reset_ok", talk.ask("reset", **fields))["state"]

    def started(self, seed, episodes=1):
        mass = Mass()
        mass.seed(seed)
        for _ in range(episodes):
            mass.begin()
        return mass.state()

    def test_copy_e_gets_s_plus_e(self):
        self.same(
            self.first(self.talk("point_mass"), seed=100), [self.started(100 + e) for e in range(3)]
        )

    def test_or_one_for_each(self):
        talk = self.talk("point_mass")
        seeds = np.array([7, 2**32 - 1, 0], "<u4")
        self.same(self.first(talk, seed=seeds), [self.started(int(seed)) for seed in seeds])

    def test_without_one_the_streams_go_on(self):
        talk = self.talk("point_mass")
        self.first(talk, seed=100)
        self.same(self.first(talk), [self.started(100 + e, 2) for e in range(3)])

    def test_that_of_make_is_for_the_first_reset_without_one(self):
        talk = self.talk("point_mass", seed=50)
        self.same(self.first(talk, seed=100)[0], self.started(100))
        self.same(self.first(talk), [self.started(50 + e) for e in range(3)])
        self.same(self.first(talk)[0], self.started(50, 2))

    def test_a_mask_reseeds_its_copies_alone(self):
        talk = self.talk("point_mass")
        before = self.first(talk, seed=100)
        after = self.first(talk, seed=30, mask=np.array([0, 0, 1], "|u1"))
        self.same(after, [before[0], before[1], self.started(32)])

    def test_others_are_refused(self):
        wrong = [-1, 1.5, "7", True, 2**53, [1, 2, 3], np.zeros(2, "<u4"), np.zeros(3, "<i4")]
        for seed in wrong:
            talk = self.talk("point_mass")
            self.refused("invalid_request", talk.ask("reset", seed=seed), "seed")
        for seed in (-1, "7", [1]):
            self.refused("invalid_request", Talk().make("point_mass", seed=seed), "seed")

    def test_so_are_other_masks(self):
        wrong = [1, [1, 0, 1], np.zeros(2, "|u1"), np.zeros(3, "<i4"), np.full(3, 2, "|u1")]
        for mask in wrong:
            talk = self.talk("point_mass")
            self.refused("invalid_request", talk.ask("reset", mask=mask), "mask")


class ActionTest(BridgeTest):
    def refuse(self, change, *parts):
        """Nothing moves, and the session goes on."""
        talk = self.talk("point_mass")
        before = talk.ask("reset", seed=1)["state"]
        actions = talk.rest()
        change(actions)
        self.refused("invalid_action", talk.step(**actions), *parts)
        self.same(talk.ask("reset", mask=np.zeros(3, "|u1"))["state"], before)
        self.answered("step_ok", talk.step(**talk.rest()))

    def test_what_is_not_finite_is_named_by_agent_copy_and_entry(self):
        for number in (np.nan, np.inf, -np.inf):
            change = {"north": np.zeros((3, 2), "<f4")}
            change["north"][2, 1] = number
            self.refuse(lambda actions: actions.update(change), "north", "copy 2", "entry 1")

    def test_what_is_beyond_float32_is_not_finite(self):
        wide = np.array([[0, 0], [1e39, 0], [0, 0]], "<f8")
        self.refuse(lambda actions: actions.update(east=wide), "east", "copy 1", "1e+39")

    def test_large_numbers_whose_squares_are_not_finite_are_finite(self):
        talk = self.talk("point_mass")
        talk.ask("reset")
        large = np.full((3, 2), 1e30, "<f4")
        self.answered("step_ok", talk.step(east=large, north=large))

    def test_other_shapes_and_types_are_named_by_agent(self):
        wrong = [np.zeros((3, 3), "<f4"), np.zeros((2, 2), "<f4"), np.zeros(6, "<f4")]
        wrong += [np.zeros((3, 2), "<i4"), np.zeros((3, 2), "|u1")]
        wrong += [[[0, 0]] * 3, "left", 1.5, {"nd": "|O", "s": [3, 2], "d": b"12345678" * 6}]
        for value in wrong:
            self.refuse(lambda actions: actions.update(north=value), "north")

    def test_missing_and_unknown_agents_are_named(self):
        self.refuse(lambda actions: actions.pop("north"), "north", "missing")
        self.refuse(lambda actions: actions.update(north=None), "north", "missing")
        self.refuse(lambda actions: actions.update(south=actions["north"]), "south", "east")

    def test_no_map_of_agents_is_no_action(self):
        talk = self.talk("point_mass")
        talk.ask("reset")
        for actions in (None, [], 3):
            self.refused("invalid_action", talk.ask("step", actions=actions), "actions")

    def test_float64_is_taken_where_float32_is_declared(self):
        talk, other = self.talk("point_mass"), self.talk("point_mass")
        for each in (talk, other):
            each.ask("reset", seed=5)
        third = np.full((3, 2), 1 / 3)
        wide, narrow = (
            each.step(east=third.astype(dtype), north=third.astype(dtype))
            for each, dtype in ((talk, "<f8"), (other, "<f4"))
        )
        self.same(wide["state"], narrow["state"])


class FailureTest(BridgeTest):
    def test_an_exception_is_one_line_and_the_copy_is_named(self):
        talk = self.talk("raises")
        talk.ask("reset")
        for _ in range(3):
            self.answered("step_ok", talk.step(**talk.rest()))
        reply = talk.step(**talk.rest())
        self.refused("env_failed", reply, "copy 0", "RuntimeError: the mass is lost")
        for hidden in ("second line", "Traceback", "bridge_toys"):
            self.assertNotIn(hidden, reply["message"])
        self.refused("no_episode", talk.step(**talk.rest()))
        self.answered("reset_ok", talk.ask("reset"))
        self.answered("step_ok", talk.step(**talk.rest()))

    def test_a_wrong_shape_is_named(self):
        talk = self.talk("wrong_shape")
        talk.ask("reset")
        reply = talk.step(**talk.rest())
        self.refused("env_failed", reply, "the observation of north in copy 0", "[1, 5]")

    def test_a_failed_reset_leaves_no_episode(self):
        class Once(PointMass):
            used = False

            def reset(self, seed=None, options=None):
                if self.used:
                    raise ValueError("only once")
                self.used = True
                return super().reset(seed)

        talk = Talk({"x": Once})
        talk.make("x")
        talk.ask("reset")
        self.refused("env_failed", talk.ask("reset"), "only once")
        self.refused("no_episode", talk.step(**talk.rest()))

    def test_an_environment_that_wants_to_exit_only_fails(self):
        class Exits(PointMass):
            def step(self, actions):
                raise SystemExit("window closed")

            def close(self):
                raise SystemExit("again")

        talk = Talk({"x": Exits})
        talk.make("x")
        talk.ask("reset")
        self.refused("env_failed", talk.step(**talk.rest()), "SystemExit")
        self.answered("closed", talk.ask("close"))

    def test_a_fault_of_the_server_is_fatal_and_says_nothing(self):
        talk = self.talk("point_mass")
        talk.session._results = None
        talk.session._requests["reset"] = lambda message: 1 / 0
        reply = talk.ask("reset")
        self.refused("internal", reply, fatal=True)
        self.assertNotIn("ZeroDivision", reply["message"])
        self.assertTrue(talk.last)

    def test_how_long_a_step_took_is_told(self):
        talk = self.talk("point_mass", 2, options={"slow": 0.02})
        talk.ask("reset")
        began = time.perf_counter()
        told = talk.step(**talk.rest())["timing_ms"]
        self.assertGreaterEqual(told, 40)
        self.assertLessEqual(told, 1000 * (time.perf_counter() - began))

    def test_answers_are_plain_msgpack(self):
        reply, _ = self.talk("point_mass").session.answer(b"")
        self.assertEqual(set(msgpack.unpackb(reply)), {"type", "re", "code", "message", "fatal"})
        self.assertLess(len(reply), wire.LARGEST)
