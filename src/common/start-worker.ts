// Starts one of our modules in a thread of this process.
import { Worker, type WorkerOptions } from 'node:worker_threads'
import { isSource, moduleUrl } from './module-url.ts'

/**
 * @param name module without extension, relative to `from`
 * @param from the caller's import.meta.url; its extension tells whether this is source or built code
 */
export function startWorker(name: string, from: string, options: WorkerOptions = {}): Worker {
  const module = moduleUrl(name, from)
  if (!isSource(from)) return new Worker(module, options)
  // execArgv: an inherited `--import tsx` would only register it a second time.
  return new Worker(afterTsx(module), { execArgv: [], ...options })
}

/**
 * A module that imports `module` once it can. Node 20 doesn't run TypeScript, and in a thread `--import tsx` comes too
 * late for the first module.
 */
function afterTsx(module: URL): URL {
  const tsx = import.meta.resolve('tsx/esm/api')
  const first = `import { register } from '${tsx}'; register(); await import('${module}')`
  return new URL(`data:text/javascript,${encodeURIComponent(first)}`)
}
