// MAMBA as one of the kinds of world models.
import type { WorldKind } from '../../world.ts'
import { choices } from './choices.ts'
import { contradiction, fields, policySignature, signatures } from './manifest.ts'
import { memories } from './memory.ts'
import { openPlayer } from './player.ts'
import { MambaSimulator } from './simulator.ts'

export const mamba: WorldKind = {
  name: 'mamba',
  policies: true,
  policySignature,
  fields,
  signatures,
  contradiction,
  choices,
  about: {
    title: 'A MAMBA world model',
    choices: `* \`observations\`: \`exact\` shows what the task makes of the imagined state, \`decoded\` what the model imagines, from
  which the state is recovered.`,
    policy: "the agents' latent states, [B, N, F], which `observe.onnx` makes of what they see and did",
  },
  memories,
  player: openPlayer,
  simulator: (spec, graphs) => new MambaSimulator(spec, graphs),
}
