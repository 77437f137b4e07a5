"""What is checked and made without a server."""

import pickle
import unittest

import numpy as np

from dima import Box, DimaError, Timing
from dima.address import address_of
from dima.model import chosen_model
from dima.seeds import SeedStream, checked_seed
from dima.spaces import unbounded


class AddressTest(unittest.TestCase):
    def test_one_address_is_two(self):
        for url in (
            "ws://host:1",
            "http://host:1",
            "host:1",
            "http://host:1/",
            "ws://host:1/v1/stream",
        ):
            address = address_of(url)
            self.assertEqual(address.pages, "http://host:1")
            self.assertEqual(address.stream, "ws://host:1/v1/stream")
        secure = address_of("https://host/sub/")
        self.assertEqual(secure.pages, "https://host/sub")
        self.assertEqual(secure.stream, "wss://host/sub/v1/stream")

    def test_nonsense_is_refused(self):
        for url in ("", "ftp://host", "ws://", "ws://host:port", None):
            with self.assertRaises(DimaError) as caught:
                address_of(url)
            self.assertEqual(caught.exception.code, "invalid_request")


class SpacesTest(unittest.TestCase):
    def test_samples_are_in_the_space_and_seeded(self):
        box = Box(-1, np.array([0.5, 1, 2], np.float32), (3,), np.float32)
        box.seed(3)
        samples = [box.sample() for _ in range(200)]
        self.assertTrue(all(box.contains(sample) for sample in samples))
        self.assertGreater(np.ptp(samples, axis=0).min(), 1)
        box.seed(3)
        np.testing.assert_array_equal(box.sample(), samples[0])

    def test_a_space_without_bounds_has_finite_samples(self):
        for box in (unbounded((4,)), Box(0, np.inf, (4,)), Box(-np.inf, 0, (4,))):
            sample = box.sample()
            self.assertTrue(np.isfinite(sample).all() and box.contains(sample))

    def test_what_does_not_belong(self):
        box = Box(-1, 1, (2,), np.float32)
        for other in (
            np.zeros(3, np.float32),
            np.zeros(2, np.float64),
            np.array([0, 2], np.float32),
            np.array([0, np.nan], np.float32),
        ):
            self.assertFalse(box.contains(other))
        self.assertEqual(box, Box(-1, 1, (2,), np.float32))
        self.assertNotEqual(box, Box(-1, 2, (2,), np.float32))


class SeedsTest(unittest.TestCase):
    def test_a_seed_starts_the_stream_afresh(self):
        one, other = SeedStream(), SeedStream()
        self.assertEqual(one.next(5), 5)
        other.next(5)
        self.assertEqual([one.next(None) for _ in range(3)], [other.next(None) for _ in range(3)])
        self.assertNotEqual(SeedStream().next(None), SeedStream().next(None))

    def test_numbers_of_numpy_are_seeds_and_others_are_not(self):
        self.assertEqual(checked_seed(np.int64(3)), 3)
        for seed in (-1, 2**32, 1.5, "1"):
            with self.assertRaises(DimaError):
                checked_seed(seed)


class ErrorsTest(unittest.TestCase):
    def test_an_error_survives_pickling_between_processes(self):
        error = DimaError("episode_over", "it is over", hint="Reset.", errors=[{"field": "x"}])
        back = pickle.loads(pickle.dumps(error))
        self.assertEqual(str(back), "episode_over: it is over (Reset.)")
        self.assertEqual(back.errors, [{"field": "x"}])

    def test_timings_are_no_difference(self):
        self.assertEqual(Timing(1, 2, 3), Timing(4, 5, 6))
        self.assertEqual(list(Timing(1, 2, 3)), [1, 2, 3])


class ModelTest(unittest.TestCase):
    def test_a_model_is_named_where_there_are_several(self):
        def model(name, *labels):
            return {"name": name, "versions": [{"version": "1", "labels": list(labels)}]}

        served = [model("a", "stable"), model("b")]
        self.assertEqual(chosen_model("x@1", served), "x@1")
        self.assertEqual(chosen_model(None, [model("a"), model("b", "stable", "default")]), "b@default")
        with self.assertRaises(DimaError):
            chosen_model(None, [model("a", "default"), model("b", "default")])
        self.assertEqual(chosen_model(None, served[:1]), "a")
        for models, part in ((served, "a, b"), ([], "no model")):
            with self.assertRaises(DimaError) as caught:
                chosen_model(None, models)
            self.assertIn(part, str(caught.exception))
