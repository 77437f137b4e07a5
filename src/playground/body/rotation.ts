// Quaternions [w, x, y, z] and points, written into arrays that are there: poses are made 60 times a second, 17 at a time.

type Numbers = number[] | Float64Array | Float32Array

/** out = a b; out may be a. */
export function multiply(out: Numbers, a: ArrayLike<number>, b: ArrayLike<number>): void {
  const [aw, ax, ay, az] = [a[0]!, a[1]!, a[2]!, a[3]!]
  const [bw, bx, by, bz] = [b[0]!, b[1]!, b[2]!, b[3]!]
  out[0] = aw * bw - ax * bx - ay * by - az * bz
  out[1] = aw * bx + ax * bw + ay * bz - az * by
  out[2] = aw * by - ax * bz + ay * bw + az * bx
  out[3] = aw * bz + ax * by - ay * bx + az * bw
}

/** out += scale * (q turns v). */
export function addTurned(
  out: Numbers,
  offset: number,
  q: ArrayLike<number>,
  v: ArrayLike<number>,
  scale = 1,
): void {
  const [w, x, y, z] = [q[0]!, q[1]!, q[2]!, q[3]!]
  const [a, b, c] = [v[0]!, v[1]!, v[2]!]
  const [i, j, k] = [y * c - z * b, z * a - x * c, x * b - y * a] // cross product
  out[offset] = out[offset]! + scale * (a + 2 * (w * i + y * k - z * j))
  out[offset + 1] = out[offset + 1]! + scale * (b + 2 * (w * j + z * i - x * k))
  out[offset + 2] = out[offset + 2]! + scale * (c + 2 * (w * k + x * j - y * i))
}

export function normalise(q: Numbers): void {
  const length = Math.hypot(q[0]!, q[1]!, q[2]!, q[3]!) || 1
  for (let i = 0; i < 4; i++) q[i] = q[i]! / length
}

/** A turn by `angle`, radians, about a unit vector. */
export function about(out: Numbers, axis: ArrayLike<number>, angle: number): void {
  const sine = Math.sin(angle / 2)
  out[0] = Math.cos(angle / 2)
  for (let i = 0; i < 3; i++) out[i + 1] = sine * axis[i]!
}
