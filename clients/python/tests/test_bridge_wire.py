"""Messages and arrays of marl-env/1 through msgpack and back."""

import unittest

import msgpack
import numpy as np

from marl_env import wire


def marker(**change):
    return {**{"nd": "<f4", "s": [2], "d": b"12345678"}, **change}


class BridgeWireTest(unittest.TestCase):
    def test_arrays_come_back_with_type_shape_and_values(self):
        for dtype in wire.DTYPES:
            for shape in ((), (0,), (3,), (2, 0, 4), (2, 3)):
                array = np.arange(np.prod(shape, dtype=int)).astype(dtype).reshape(shape)
                back = wire.array(wire.unpack(wire.pack({"x": array}))["x"])
                self.assertEqual((back.dtype, back.shape), (array.dtype, array.shape))
                np.testing.assert_array_equal(back, array)

    def test_the_map_is_the_one_of_the_protocol(self):
        raw = msgpack.unpackb(wire.pack(np.array([[1.5, -2]], np.float32)))
        self.assertEqual(raw, {"nd": "<f4", "s": [1, 2], "d": np.array([1.5, -2], "<f4").tobytes()})

    def test_strides_do_not_matter(self):
        array = np.arange(12.0).reshape(3, 4)
        for view in (array.T, array[::2, 1:], np.asfortranarray(array)):
            np.testing.assert_array_equal(wire.array(wire.unpack(wire.pack(view))), view)

    def test_keys_and_dtype_may_be_bytes(self):
        data = np.array([3, 4], "<f4").tobytes()
        for dtype in ("<f4", b"<f4"):
            sent = msgpack.packb({"deep": [{b"nd": dtype, b"s": [2], b"d": data}]})
            np.testing.assert_array_equal(wire.array(wire.unpack(sent)["deep"][0]), [3, 4])

    def test_lengths_may_be_floats_as_javascript_may_write_them(self):
        np.testing.assert_array_equal(wire.array(marker(s=[1.0, 2.0])).shape, (1, 2))

    def test_numbers_may_start_anywhere(self):
        """An offset that is no multiple of 8 is usual inside a message, and inside a buffer."""
        array = np.arange(5.0)
        for pad in range(1, 9):
            buffer = bytearray(pad) + wire.pack({"k" * pad: array})
            back = wire.array(wire.unpack(memoryview(buffer)[pad:])["k" * pad])
            np.testing.assert_array_equal(back, array)
            self.assertTrue(back.flags.aligned)

    def test_what_comes_back_is_the_readers_own(self):
        back = wire.array(wire.unpack(wire.pack(np.zeros(3))))
        back[0] = 1
        self.assertTrue(back.flags.writeable)

    def test_infinities_and_nan_travel(self):
        sent = {"low": float("-inf"), "x": np.array([np.nan, np.inf])}
        back = wire.unpack(wire.pack(sent))
        self.assertEqual(back["low"], float("-inf"))
        np.testing.assert_array_equal(wire.array(back["x"]), sent["x"])

    def test_what_is_no_such_array_is_not_sent(self):
        for value in (object(), np.array(["a"]), np.array([1j]), np.arange(3), np.array([True])):
            with self.assertRaises(TypeError):
                wire.pack(value)
        with self.assertRaises(TypeError):
            wire.pack(np.array([object()]))

    def test_arrays_of_anything_but_plain_numbers_are_refused(self):
        for dtype in ("|O", "|V8", "<c8", "<f2", ">f4", "<i8", "f4", "nonsense", b"|O", 7, None):
            with self.assertRaisesRegex(wire.WireError, "dtype"):
                wire.array(marker(nd=dtype))

    def test_arrays_that_contradict_themselves_are_refused(self):
        shapes = (
            [3],
            [-2],
            [2, 1.5],
            "2",
            [True, 2],
            [1] * 9,
            [2**40],
            [0, 2**26, 2**26, 2**26],
            None,
        )
        for shape in shapes:
            with self.assertRaises(wire.WireError):
                wire.array(marker(s=shape))
        broken = (marker(d="12345678"), marker(d=b"1234567"), {"nd": "<f4"}, [1.0], None, 5)
        for value in broken:
            with self.assertRaises(wire.WireError):
                wire.array(value)

    def test_bytes_that_are_no_message_are_refused(self):
        whole = wire.pack([1, 2])
        broken = [b"", b"\xc1", whole[:-1], whole + b"\0", b"\xa1\xff", msgpack.packb({1: 2})]
        broken += [msgpack.packb(msgpack.ExtType(5, b"x")), msgpack.packb(msgpack.Timestamp(1))]
        for data in broken:
            with self.assertRaises(wire.WireError):
                wire.unpack(data)

    def test_depth_and_number_of_values_are_limited(self):
        nested = []
        for _ in range(wire.LEVELS - 1):
            nested = [nested]
        self.assertEqual(wire.unpack(wire.pack(nested)), nested)
        for levels in (wire.LEVELS + 1, 400, 100_000):
            with self.assertRaises(wire.WireError):
                wire.unpack(b"\x91" * levels + b"\xc0")
        half = [None] * (wire.VALUES // 2)
        wire.unpack(wire.pack([half]))
        with self.assertRaisesRegex(wire.WireError, "values"):
            wire.unpack(wire.pack([half, half]))
