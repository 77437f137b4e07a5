"""Arrays through msgpack and back."""

import unittest

import msgpack
import numpy as np

from dima import DimaError
from dima.wire import pack, unpack


class WireTest(unittest.TestCase):
    def test_arrays_come_back_with_type_shape_and_values(self):
        for dtype in ("<f4", "<f8", "|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8"):
            for shape in ((), (0,), (3,), (2, 0, 4), (2, 3)):
                array = np.arange(np.prod(shape, dtype=int)).astype(dtype).reshape(shape)
                back = unpack(pack({"x": array}))["x"]
                self.assertEqual((back.dtype, back.shape), (array.dtype, array.shape))
                np.testing.assert_array_equal(back, array)

    def test_the_marker_is_the_one_that_others_read(self):
        raw = msgpack.unpackb(pack(np.array([[1.5, -2]], np.float32)))
        data = np.array([1.5, -2], "<f4").tobytes()
        expected = {"__ndarray__": True, "dtype": "<f4", "shape": [1, 2], "data": data}
        self.assertEqual(raw, expected)

    def test_byte_order_and_strides_do_not_matter(self):
        array = np.arange(12.0).reshape(3, 4)
        for view in (array.astype(">f8"), array.T, array[::2, 1:], np.asfortranarray(array)):
            back = unpack(pack(view))
            self.assertEqual(back.dtype, np.dtype("<f8"))
            np.testing.assert_array_equal(back, view)

    def test_keys_may_be_bytes(self):
        data = np.array([3, 4], "<f4").tobytes()
        marker = {b"__ndarray__": True, b"dtype": b"<f4", b"shape": [2], b"data": data}
        np.testing.assert_array_equal(unpack(msgpack.packb({"deep": [marker]}))["deep"][0], [3, 4])

    def test_what_comes_back_is_the_callers_own(self):
        back = unpack(pack(np.zeros(3)))
        back[0] = 1
        self.assertTrue(back.flags.owndata and back.flags.writeable)

    def test_scalars_flags_and_halves(self):
        given = {"f": np.float32(0.5), "i": np.int64(7), "b": np.bool_(True), "n": None, "t": "x"}
        self.assertEqual(unpack(pack(given)), {"f": 0.5, "i": 7, "b": True, "n": None, "t": "x"})
        self.assertEqual(unpack(pack(np.array([True, False]))), [True, False])
        self.assertEqual(unpack(pack(np.array([0.5], np.float16))).dtype, np.float32)

    def test_what_is_no_number_is_refused(self):
        for value in (object(), np.array([object()]), np.array(["a"]), np.array([1j])):
            with self.assertRaises(TypeError):
                pack(value)

    def test_what_is_broken_is_refused_in_words(self):
        def marker(**change):
            good = {"__ndarray__": True, "dtype": "<f4", "shape": [2], "data": b"12345678"}
            return msgpack.packb({**good, **change})

        broken = [
            b"",
            b"\xc1",
            pack([1, 2])[:-1],
            marker(shape=[3]),
            marker(shape=[-2]),
            marker(dtype="|O"),
            marker(dtype="nonsense"),
            marker(data="text"),
        ]
        for data in broken:
            with self.assertRaises(DimaError) as caught:
                unpack(data)
            self.assertEqual(caught.exception.code, "invalid_reply")
