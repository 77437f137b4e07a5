// DIMA as one of the kinds of world models.
import type { WorldKind } from '../../world.ts'
import { choices } from './choices.ts'
import { composedGraphs } from './composed-graphs.ts'
import { contradiction, fields, type PerGraph, signatures } from './manifest.ts'
import { memories } from './memory.ts'
import { DimaSimulator } from './simulator.ts'
import { asDima, asDimaGraphs } from './spec.ts'

export const dima: WorldKind = {
  name: 'dima',
  policies: true,
  fields,
  signatures,
  contradiction,
  choices,
  about: {
    title: 'A DIMA world model',
    choices: `* \`joint\` shows the denoiser all agents' actions at two noise levels: most accurate and cheapest, so it is the default.
* \`sequential\` is the paper's plan: one agent's action at a time. It costs more and knows less; it is here for comparison.
* \`progressive\` reveals the agents one by one and keeps them visible.`,
  },
  memories,
  composed: (spec, graphs, policy) => composedGraphs(asDima(spec), graphs as PerGraph<Uint8Array>, policy),
  simulator: (spec, graphs) => new DimaSimulator(asDima(spec), asDimaGraphs(graphs)),
}
