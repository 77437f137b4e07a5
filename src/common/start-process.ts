// Starts one of our modules in a child process that talks in structured clones (typed arrays go as they are), and that
// ends when this one does.
import { type ChildProcess, fork } from 'node:child_process'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { endWithUs } from './end-with-us.ts'
import { isSource, moduleUrl } from './module-url.ts'

/** Lines that are passed on of what a child writes: a library that loses itself must not fill a log. */
const MOST_LINES = 100
const MOST_LENGTH = 2000

/**
 * @param name module without extension, relative to `from`
 * @param from the caller's import.meta.url; its extension tells whether this is source or built code
 * @param args as it finds them in process.argv from 2 on
 * @param wrote is given the lines that the child or a library in it writes; without it they go where this process writes
 */
export function startProcess(
  name: string,
  from: string,
  wrote?: (line: string) => void,
  args: readonly string[] = [],
): ChildProcess {
  const child = fork(fileURLToPath(moduleUrl(name, from)), args, {
    execArgv: isSource(from) ? ['--import', new URL('./typescript.mjs', import.meta.url).href] : [],
    serialization: 'advanced',
    silent: wrote !== undefined,
  })
  endWithUs(child)
  if (wrote) for (const stream of [child.stdout, child.stderr]) if (stream) readLines(stream, wrote)
  return child
}

/** Reads to the end, so that the child never waits, but tells only of the first lines. */
function readLines(stream: Readable, wrote: (line: string) => void): void {
  let rest = ''
  let told = 0
  const tell = (line: string) => {
    if (line.trim() && told++ < MOST_LINES) wrote(line.slice(0, MOST_LENGTH))
  }
  stream.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop()!.slice(0, MOST_LENGTH)
    for (const line of lines) tell(line)
  })
  stream.once('end', () => tell(rest))
}
