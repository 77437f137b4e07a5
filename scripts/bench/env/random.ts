// Random actions that cost next to nothing, the same as in native-mujoco.c.

/** Marsaglia's xorshift32 as a stream in [-1, 1); `seed` is not 0. */
export function xorshift(seed: number): () => number {
  let bits = seed
  return () => {
    bits ^= bits << 13
    bits ^= bits >>> 17
    bits ^= bits << 5
    return ((bits >>> 0) / 2 ** 32) * 2 - 1
  }
}
