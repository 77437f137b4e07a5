// How many steps a world model of this kind may be shown, of which it takes the last, and imagines at once. They are as many as
// DIMA's, so that both are scored on the same segments.
import { BLOCKS } from '../networks/presets.ts'

export const CONTEXT = 3 // L, states that a start may have
export const HORIZON = 15 // H, steps of a rollout

export const NEEDED_STEPS = { training: BLOCKS, evaluation: CONTEXT + HORIZON + 1 }
