// Actions by chance that a robot can follow: levels that wander, pulled back to the middle.
import { MOST, REST } from './levels.ts'

const PULL = 0.12
const PUSH = 46 // levels a step

/** A number in [0, 1) of two, the same everywhere. */
export function hash(seed: number, at: number): number {
  let h = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(at + 0x7f4a7c15, 0xc2b2ae35)
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d)
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39)
  return ((h ^ (h >>> 15)) >>> 0) / 2 ** 32
}

/** The level after `before`. @param at differs between entries and between steps */
export function wander(before: number, seed: number, at: number): number {
  const noise = hash(seed, 2 * at) + hash(seed, 2 * at + 1) - 1 // of a triangle, deviation 0.41
  const next = before + PULL * (REST - before) + 2 * PUSH * noise
  return Math.max(0, Math.min(MOST, Math.round(next)))
}
