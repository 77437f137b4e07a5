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
  // execArgv: an inherited `--import` would only register the compiler a second time.
  return new Worker(compiling(module), { execArgv: [], ...options })
}

/**
 * A module that imports `module` once it can. Node 20 doesn't run TypeScript, and in a thread `--import` comes too late
 * for the first module.
 */
function compiling(module: URL): URL {
  const compiler = new URL('./typescript.mjs', import.meta.url)
  const first = `import '${compiler}'; await import('${module}')`
  return new URL(`data:text/javascript,${encodeURIComponent(first)}`)
}
