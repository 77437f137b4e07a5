// Rotations as quaternions w, x, y, z, as MuJoCo has them.

export type Point = readonly [x: number, y: number, z: number]
export type Quaternion = readonly [w: number, x: number, y: number, z: number]

export function aboutAxis([x, y, z]: Point, angle: number): Quaternion {
  const [c, s] = [Math.cos(angle / 2), Math.sin(angle / 2)]
  return [c, s * x, s * y, s * z]
}

/** First `b`, then `a`. */
export function times([w, x, y, z]: Quaternion, [v, i, j, k]: Quaternion): Quaternion {
  return [
    w * v - x * i - y * j - z * k,
    w * i + x * v + y * k - z * j,
    w * j - x * k + y * v + z * i,
    w * k + x * j - y * i + z * v,
  ]
}

/** Turns about the fixed axes x, y, z in this order. */
export function turned(roll: number, pitch: number, yaw: number): Quaternion {
  const [x, y, z] = [aboutAxis([1, 0, 0], roll), aboutAxis([0, 1, 0], pitch), aboutAxis([0, 0, 1], yaw)]
  return times(z, times(y, x))
}

/** q turns a point: p + 2 w (v x p) + 2 v x (v x p), v its last three. */
export function turnedPoint([w, x, y, z]: Quaternion, [a, b, c]: Point): Point {
  const [i, j, k] = [y * c - z * b, z * a - x * c, x * b - y * a]
  return [a + 2 * (w * i + y * k - z * j), b + 2 * (w * j + z * i - x * k), c + 2 * (w * k + x * j - y * i)]
}
