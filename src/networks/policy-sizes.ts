// Sizes of the networks of a policy, whatever it is trained in, and the names of presets.
import type { ActorConfig } from './actor.ts'
import type { CriticConfig } from './critic.ts'

export interface PolicyConfig {
  actor: ActorConfig
  critic: CriticConfig
}

/** Of DIMA: 3 hidden layers and a head, critic 2 and a head (method.md 4.1). */
export const DIMA_POLICY: PolicyConfig = {
  actor: { width: 128, layers: 3 },
  critic: { width: 256, layers: 2, headGain: 1 },
}

/** Of PPO without a model, MAPPO and HAPPO: both 3 x 128; only the actor's head starts small (method.md 6). */
export const PPO_POLICY: PolicyConfig = {
  actor: { width: 128, layers: 3 },
  critic: { width: 128, layers: 3, headGain: 1 },
}

/** Of HASAC: actors, and each of the two critics of states and joint actions (method.md 6.2). */
export const SAC_POLICY: PolicyConfig = {
  actor: { width: 256, layers: 2 },
  critic: { width: 256, layers: 2 },
}

/** `paper` is the full architecture, `small` trains in under an hour on two cores, `debug` is for tests. */
export const PRESET_NAMES = ['debug', 'small', 'paper'] as const
export type PresetName = (typeof PRESET_NAMES)[number]
