// MARIE as one of the kinds of world models.
import type { WorldKind } from '../../world.ts'
import { choices } from './choices.ts'
import { contradiction, fields, signatures } from './manifest.ts'
import { memories } from './memory.ts'
import { openPlayer } from './player.ts'
import { MarieSimulator } from './simulator.ts'

export const marie: WorldKind = {
  name: 'marie',
  policies: true,
  fields,
  signatures,
  contradiction,
  choices,
  about: {
    title: 'A MARIE world model',
    choices: `* \`observations\`: \`exact\` shows what the task makes of the imagined state, \`decoded\` what the imagined tokens say, from
  which the state is recovered.`,
  },
  memories,
  player: openPlayer,
  simulator: (spec, graphs) => new MarieSimulator(spec, graphs),
}
