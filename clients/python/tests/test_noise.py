"""The generator of noise draws, to the last bit, what the server's does."""

import unittest

import numpy as np

from dima.noise import Streams, start_keys

# Of src/common/streams.ts with seeds 7 and 2**32 - 1 and keys 123 and 0.
NORMALS = [
    [2.170728921890259, -0.9219886064529419, -0.43565863370895386, 0.462312251329422, -1.636893391609192],
    [0.9933234453201294, 1.2158375978469849, -1.749070167541504, 1.1079593896865845, 0.9296452403068542],
]
OF_THE_POLICY = [
    [0.9605026245117188, -0.6058013439178467],
    [1.015080451965332, -0.9544110298156738],
]
UNIFORM = [0.39585797069594264, 0.12025277712382376]


class StreamsTest(unittest.TestCase):
    def setUp(self):
        self.streams = [Streams(7, np.array([123])), Streams(2**32 - 1, np.array([0]))]

    def test_normals_are_the_servers(self):
        for stream, normals, policy in zip(self.streams, NORMALS, OF_THE_POLICY):
            np.testing.assert_array_equal(stream.normals(5, 3)[0], np.float32(normals))
            np.testing.assert_array_equal(stream.normals(2, 0, "policy")[0], np.float32(policy))

    def test_uniform_numbers_are_the_servers(self):
        for stream, uniform in zip(self.streams, UNIFORM):
            self.assertEqual(stream.uniform(2, "termination")[0], uniform)

    def test_rows_have_streams_of_their_own(self):
        both = Streams(7, np.array([5, 123]))
        np.testing.assert_array_equal(both.normals(5, 3)[1], np.float32(NORMALS[0]))
        self.assertTrue((both.normals(5, 3)[0] != both.normals(5, 3)[1]).all())

    def test_a_narrower_draw_is_the_beginning_of_a_wider(self):
        wide = self.streams[0].normals(6, 1)
        np.testing.assert_array_equal(self.streams[0].normals(3, 1), wide[:, :3])


class StartKeysTest(unittest.TestCase):
    # Windows of two and of three states; padding is 9.
    states = np.array([[[9, 9], [0.1, -0.0], [1.5, -2.5]], [[0.25, 1], [2, 3], [4, 5]]])
    actions = np.array([[9, 0.3], [0.1, 0.2]], np.float32).reshape(2, 2, 1, 1)
    lengths = np.array([2, 3])

    def test_they_are_the_servers(self):
        keys = start_keys(self.states, self.actions, self.lengths)
        self.assertEqual(keys.tolist(), [2595759276, 209493100])

    def test_padding_does_not_matter(self):
        states, actions = self.states.copy(), self.actions.copy()
        states[0, 0], actions[0, 0] = -1, -1
        keys = start_keys(states, actions, self.lengths)
        self.assertEqual(keys[0], 2595759276)
        states[0, 1, 1] = 1e-9
        self.assertNotEqual(start_keys(states, actions, self.lengths)[0], 2595759276)


if __name__ == "__main__":
    unittest.main()
