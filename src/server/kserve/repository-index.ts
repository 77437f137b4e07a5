// The models folder in the words of the protocol's model repository extension.
import type { RepositoryIndex } from '../../api/kserve.ts'
import type { Repository } from '../../registry/repository.ts'

/** @param ready only what is served */
export function repositoryIndex({ bundles, refused }: Repository, ready: boolean): RepositoryIndex {
  const served = bundles.map(({ name, version }) => ({ name, version, state: 'READY' as const, reason: '' }))
  if (ready) return served
  const isServed = (one: { name: string; version?: string }) =>
    served.some(({ name, version }) => name === one.name && version === one.version)
  const others = refused.map(({ reference }) => ({ ...namesIn(reference), ...UNAVAILABLE }))
  return [...served, ...others.filter((one) => !isServed(one))]
}

const UNAVAILABLE = { state: 'UNAVAILABLE' as const, reason: 'refused: the log of the server has why' }

/** `name/version`, `name@label` or a folder's name. */
function namesIn(reference: string): { name: string; version?: string } {
  const [name = '', version] = reference.split(/[/@]/)
  return version === undefined ? { name } : { name, version }
}
