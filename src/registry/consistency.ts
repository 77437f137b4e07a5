// What a manifest's schema can't say: parts of it must agree with each other.
import { layoutOf } from '../common/action-layout.ts'
import type { BundleKind } from './kind.ts'
import { tooLarge } from './limits.ts'
import type { AgentFacts, BundleFile, Manifest, Start } from './manifest.ts'
import { wrongGraphs } from './signatures.ts'

/** The first contradiction in words, or undefined. */
export function contradiction(manifest: Manifest, kind: BundleKind): string | undefined {
  return (
    wrongNormalisation(manifest) ??
    wrongAgents(manifest) ??
    wrongFileList(manifest) ??
    tooLarge(manifest) ??
    kind.contradiction(manifest) ??
    wrongGraphs(manifest, kind)
  )
}

/** Why the first bad one of a bundle's starts does not fit its model, or undefined. */
export function wrongStart(
  { agents, action, state, context, normalisation: { mean, std } }: Manifest,
  starts: readonly Start[],
): string | undefined {
  const isJoint = (joint: number[][]) =>
    joint.length === agents.length && joint.every((own) => own.length === action.dimension)
  for (const [i, { states, actions }] of starts.entries()) {
    const count = states.length
    if (count < 1 || count > context) return `start ${i} has ${count} states, the model takes 1 to ${context}`
    if (!states.every((entries) => entries.length === state.length))
      return `start ${i} has a state that is not ${state.length} numbers`
    const scaled = (value: number, i: number) => Math.fround((value - mean[i]!) / std[i]!)
    if (!states.every((entries) => entries.map(scaled).every(Number.isFinite)))
      return `start ${i} has a state that is not finite once it is scaled`
    if (actions.length !== count - 1 || !actions.every(isJoint))
      return `start ${i} needs ${count - 1} joint actions [${agents.length}, ${action.dimension}]`
  }
  return undefined
}

/** Every file of the bundle besides manifest.json. */
export const listedFiles = ({ graphs, documents }: Manifest): BundleFile[] => [
  ...Object.values(graphs),
  ...documents,
]

function wrongNormalisation({ state, normalisation: { mean, std } }: Manifest): string | undefined {
  if (mean.length !== state.length)
    return `normalisation.mean has ${mean.length} entries, state ${state.length}`
  if (std.length !== state.length) return `normalisation.std has ${std.length} entries, state ${state.length}`
  if (!std.every((value) => value > 0)) return 'normalisation.std has an entry that is not positive'
  return undefined
}

function wrongAgents({ agents, action, observation }: Manifest): string | undefined {
  const names = agents.map(({ name }) => name)
  if (new Set(names).size !== names.length) return 'two agents have the same name'
  // As a key of JSON no client could send it.
  if (names.includes('__proto__')) return 'no agent can be named __proto__'
  const odd = names.find((name) => name === '' || /[\p{Cc}\p{Cs}]/u.test(name))
  if (odd !== undefined)
    return `agent ${JSON.stringify(odd)} has a name that is empty or has control characters`
  // Agents with fewer actuators than the widest are padded, so fewer is fine.
  const wide = agents.find(({ actuators }) => actuators.length > action.dimension)
  if (wide) return `agent ${wide.name} has more actuators than action.dimension ${action.dimension}`
  const form = agents.map((agent) => wrongForm(agent, observation.length)).find(Boolean)
  if (form) return form
  if (!(action.low < action.high)) return 'action.low is not below action.high'
  return undefined
}

function wrongForm(
  { name, actuators, choices, bounds, observed = 1 }: AgentFacts,
  seen: number,
): string | undefined {
  const { box } = layoutOf(actuators.length, choices)
  if (box < 0) return `agent ${name} has choices of more options than actuators`
  if (bounds && !(bounds.low.length === box && bounds.high.length === box))
    return `agent ${name} has bounds of another length than its ${box} numbers`
  if (bounds?.low.some((low, i) => low > bounds.high[i]!))
    return `agent ${name} has a bound above its upper one`
  return observed > seen ? `agent ${name} observes more than the ${seen} entries of observation` : undefined
}

function wrongFileList(manifest: Manifest): string | undefined {
  const names = listedFiles(manifest).map(({ file }) => file)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice) return `${twice} is listed twice`
  if (names.includes('manifest.json')) return 'manifest.json lists itself'
  return undefined
}
