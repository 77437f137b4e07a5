// The main process's side of a proof: starts the process, watches its time and memory, ends it, and says how it went.
import type { ChildProcess } from 'node:child_process'
import type { Logger } from '../../common/logger.ts'
import { startProcess } from '../../common/start-process.ts'
import type { GraphSessionOptions } from '../../engine/session.ts'
import { type Bundle, checkDocuments } from '../../registry/load.ts'
import type { StartWindow } from '../../worlds/starts.ts'
import type { Kinds } from '../../worlds/world.ts'
import type { FromProof } from './proof-messages.ts'
import { BUSY, type Patience, Silence } from './silence.ts'
import { startWindow } from './start-windows.ts'
import { vitalsOf } from './vitals.ts'

export interface ProofLimits {
  /** processor seconds of one run of a graph, and of opening it; large graphs have more */
  runSeconds: number
  /** processor seconds of everything */
  totalSeconds: number
  memoryMiB: number
  /** seconds in which the process must be up */
  startSeconds: number
}

export const PROOF_LIMITS: ProofLimits = {
  runSeconds: 2,
  totalSeconds: 30,
  memoryMiB: 4096,
  startSeconds: 120,
}

/** The start states that a proven bundle brings, or why it is not served. */
export type Proof = { starts: StartWindow[] } | { reason: string }

export type Prove = (bundle: Bundle, signal?: AbortSignal) => Promise<Proof>

/** A proof that says nothing against the bundle: the process was killed from outside, or the machine held it. */
interface Inconclusive {
  again: string
}

/** So often may a proof end without a result before the bundle is held to be the reason. */
const ATTEMPTS = 2
const WATCH_MS = 50
/** A second more for each so many bytes of a graph: opening it reads and rearranges all of its weights. */
const BYTES_PER_SECOND = 16 * 1024 * 1024

/**
 * Never throws, except for the signal's reason when that aborts.
 * @param session how graphs are opened: where they will serve. A device has its own kernels, memory and ways to hang.
 */
export const proveIn =
  (
    kinds: Kinds,
    limits: ProofLimits,
    logger: Pick<Logger, 'info'>,
    session: GraphSessionOptions = {},
  ): Prove =>
  async (bundle, signal) => {
    const { name, version } = bundle
    const wrote = (text: string) => logger.info({ name, version, text }, 'the proof of a bundle wrote')
    const args = [kinds.url, JSON.stringify(session)]
    const start = () => startProcess('./proof-process', import.meta.url, wrote, args)
    for (let attempt = 1; ; attempt++) {
      const found = await proveOnce(bundle, start, limits, signal)
      signal?.throwIfAborted()
      if (!('again' in found)) return found
      if (attempt === ATTEMPTS) return { reason: found.again }
    }
  }

/** Takes a bundle's word for it: for tests and benchmarks of other things, which bring graphs that they made themselves. */
export const trust: Prove = async (bundle) => ({ starts: (await checkDocuments(bundle)).map(startWindow) })

function proveOnce(
  bundle: Bundle,
  start: () => ChildProcess,
  limits: ProofLimits,
  signal: AbortSignal | undefined,
): Promise<Proof | Inconclusive> {
  const child = start()
  return new Promise((resolve) => {
    const watched = new Watched(child, limits, sizesOf(bundle))
    const end = (found: Proof | Inconclusive) => {
      clearInterval(watching)
      signal?.removeEventListener('abort', abort)
      child.kill('SIGKILL')
      resolve(found)
    }
    const abort = () => end({ again: 'the proof was stopped' })
    const watching = setInterval(() => {
      const wrong = watched.look(performance.now())
      if (wrong) end(wrong)
    }, WATCH_MS)
    signal?.addEventListener('abort', abort)
    if (signal?.aborted) abort()
    child.on('message', (message: FromProof) => {
      watched.hear(message)
      if (message.type === 'up')
        child.send({ bundle }, () => {}) // when it has ended, `exit` tells
      else if (message.type === 'proven') end({ starts: message.starts })
      else if (message.type === 'refused') end({ reason: message.reason })
    })
    child.on('error', () => end({ again: 'its proof could not be started' }))
    child.once('exit', (_, killedBy) => end(watched.ended(killedBy)))
  })
}

/** Bytes of the graphs, by file. */
const sizesOf = ({ manifest }: Bundle): Map<string, number> =>
  new Map(Object.values(manifest.graphs).map(({ file, size }) => [file, size]))

/** What is known of a proof process. */
class Watched {
  private readonly child: ChildProcess
  private readonly limits: ProofLimits
  private readonly sizes: ReadonlyMap<string, number>
  private readonly silence = new Silence()
  private heard = performance.now()
  private up = false
  private file = ''

  constructor(child: ChildProcess, limits: ProofLimits, sizes: ReadonlyMap<string, number>) {
    this.child = child
    this.limits = limits
    this.sizes = sizes
  }

  hear(message: FromProof): void {
    this.heard = performance.now()
    this.up = true
    if (message.type === 'doing') this.file = message.file
  }

  look(now: number): Proof | Inconclusive | undefined {
    const { totalSeconds, memoryMiB } = this.limits
    const vitals = vitalsOf(this.child.pid)
    if (vitals && vitals.residentMiB > memoryMiB)
      return this.refusal(`takes more than ${memoryMiB} MiB of memory (PROOF_MEMORY_MIB)`)
    if (vitals && vitals.cpuMs > 1000 * totalSeconds)
      return this.refusal(`is not done in ${totalSeconds} s of processor time (PROOF_SECONDS)`)
    if (!this.silence.tooLong(now, this.heard, () => vitals, this.patience())) return undefined
    if (!this.up || vitals?.stopped) return { again: 'its proof process did not start or was held' }
    return this.refusal(
      `is not done in ${this.runSeconds.toFixed(1)} s of processor time (PROOF_RUN_SECONDS)`,
    )
  }

  ended(killedBy: string | null): Proof | Inconclusive {
    const again = `${this.place()}its proof process ended (${killedBy ?? 'by itself'})`
    // What kills from outside says so; a crash is the bundle's.
    return killedBy === 'SIGKILL' || !this.up ? { again } : { reason: again }
  }

  /** For the graph that is opened or run. */
  private get runSeconds(): number {
    return this.limits.runSeconds + (this.sizes.get(this.file) ?? 0) / BYTES_PER_SECOND
  }

  private patience(): Patience {
    const computingMs = 1000 * (this.up ? this.runSeconds : this.limits.startSeconds)
    const mostMs = BUSY * computingMs
    return { computingMs, stoppedMs: mostMs, idleMs: mostMs, mostMs }
  }

  private refusal(what: string): Proof {
    return { reason: `${this.place()}${what}` }
  }

  /** The file that it works on, in front of what is wrong. */
  private place(): string {
    return this.file ? `${this.file} ` : ''
  }
}
