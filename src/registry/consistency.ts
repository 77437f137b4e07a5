// What a manifest's schema can't say: parts of it must agree with each other.
import type { BundleFile, Manifest } from './manifest.ts'

/** The first contradiction in words, or undefined. */
export function contradiction(manifest: Manifest): string | undefined {
  return (
    wrongNormalisation(manifest) ??
    wrongAgents(manifest) ??
    wrongSampling(manifest) ??
    wrongFileList(manifest)
  )
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

function wrongAgents({ agents, action }: Manifest): string | undefined {
  const names = agents.map(({ name }) => name)
  if (new Set(names).size !== names.length) return 'two agents have the same name'
  // Agents with fewer actuators than the widest are padded, so fewer is fine.
  const wide = agents.find(({ actuators }) => actuators.length > action.dimension)
  if (wide) return `agent ${wide.name} has more actuators than action.dimension ${action.dimension}`
  if (!(action.low < action.high)) return 'action.low is not below action.high'
  return undefined
}

function wrongSampling({ agents, sampling }: Manifest): string | undefined {
  if (sampling.sequentialSteps % agents.length === 0) return undefined
  return `sampling.sequentialSteps ${sampling.sequentialSteps} is not a multiple of ${agents.length} agents`
}

function wrongFileList(manifest: Manifest): string | undefined {
  const names = listedFiles(manifest).map(({ file }) => file)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice) return `${twice} is listed twice`
  if (names.includes('manifest.json')) return 'manifest.json lists itself'
  return undefined
}
