// Starts one of our modules in a child process that talks in structured clones (typed arrays go as they are).
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/**
 * @param name module without extension, relative to `from`
 * @param from the caller's import.meta.url; its extension tells whether this is source or built code
 */
export function startProcess(name: string, from: string): ChildProcess {
  const source = from.endsWith('.ts')
  const path = fileURLToPath(new URL(`${name}.${source ? 'ts' : 'js'}`, from))
  // Node 20 doesn't run TypeScript itself, so source is started through tsx.
  return fork(path, { execArgv: source ? ['--import', 'tsx'] : [], serialization: 'advanced' })
}
