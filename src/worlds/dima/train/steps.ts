// How many steps a world model sees and imagines, and so needs of its data.
import type { NeededSteps } from '../../../episodes/sources/split.ts'

export const CONTEXT = 3 // L, states the denoiser is conditioned on (method.md 2.6)
export const HORIZON = 15 // H, steps of an imagined rollout (method.md 3)

/** The reward model learns from sequences of H steps. */
export const NEEDED_STEPS: NeededSteps = { training: HORIZON, evaluation: CONTEXT + HORIZON + 1 }

/** What a sampler's noise levels lie between, and how (method.md 2.8); two joint levels are as good as eight (7.6). */
export const SAMPLING = { sigmaMin: 0.002, sigmaMax: 5, rho: 7, jointSteps: 2 }
