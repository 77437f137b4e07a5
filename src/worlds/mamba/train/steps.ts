// How many steps a world model of this kind is shown and imagines. It could do with any number of either; these are as many as
// DIMA's, so that both are scored on the same segments.
export const CONTEXT = 3 // L, states that a start may have
export const HORIZON = 15 // H, steps of a rollout

/** Learning needs no more than two steps; the segments that models are scored on need these. */
export const NEEDED_STEPS = { training: 2, evaluation: CONTEXT + HORIZON + 1 }
