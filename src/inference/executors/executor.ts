// The main process's side of one executor: starts it, asks it, notices when it dies or falls silent.
import type { ChildProcess } from 'node:child_process'
import { Asker } from '../../common/calls.ts'
import { DimaError } from '../../common/errors.ts'
import { startProcess } from '../../common/start-process.ts'
import { deviceName } from '../../engine/device.ts'
import type { GraphSessionOptions } from '../../engine/session.ts'
import type { Kinds } from '../../worlds/world.ts'
import type { CallName, Calls, FromExecutor, ToExecutor } from './messages.ts'

/** Why an executor ended. */
export type EndReason = 'died' | 'wedged'

export interface Executor {
  /** of its process, if it is one */
  readonly pid?: number | undefined
  /** that it computes on, in words; cpu where it is not said */
  readonly device?: string
  /** False once it has ended, before anyone hears of it. */
  readonly alive: boolean
  readonly exited: Promise<EndReason>
  /** performance.now() of its last sign of life */
  readonly lastHeard: number
  /** Throws DimaError `executor_failed` when it ends before it answers. */
  call<K extends CallName>(type: K, ask: Calls[K]['ask']): Promise<Calls[K]['answer']>
  kill(reason: EndReason): void
}

/**
 * @param session how it opens graphs
 * @param wrote is given the lines that the engine writes
 */
export function startExecutor(
  kinds: Kinds,
  session: GraphSessionOptions,
  wrote: (line: string) => void,
): Executor {
  const { device = 'cpu', card = 0 } = session
  const args = [kinds.url, JSON.stringify(session)]
  const child = startProcess('./executor-process', import.meta.url, wrote, args)
  return new ChildExecutor(child, deviceName(device, card))
}

class ChildExecutor implements Executor {
  alive = true
  readonly pid: number | undefined
  readonly device: string
  lastHeard = performance.now()
  readonly exited: Promise<EndReason>
  private readonly process: ChildProcess
  private readonly asker: Asker<ToExecutor>
  private reason: EndReason = 'died'

  constructor(process: ChildProcess, device: string) {
    this.process = process
    this.device = device
    this.pid = process.pid
    this.asker = new Asker((ask) => process.send(ask))
    process.on('message', (message: FromExecutor) => this.receive(message))
    this.exited = new Promise((resolve) => {
      const end = () => {
        this.alive = false
        this.asker.end(new DimaError('executor_failed', 'an executor stopped'))
        resolve(this.reason)
      }
      process.once('exit', end)
      process.on('error', () => {
        // It could not be started (and there is nothing to kill), or a message could not be sent.
        if (process.pid === undefined) end()
        else process.kill('SIGKILL')
      })
    })
  }

  call<K extends CallName>(type: K, ask: Calls[K]['ask']): Promise<Calls[K]['answer']> {
    return this.asker.ask({ type, ...ask } as ToExecutor)
  }

  /** An engine call can't be interrupted, and nothing in there needs saving. */
  kill(reason: EndReason): void {
    this.reason = reason
    this.process.kill('SIGKILL')
  }

  private receive(message: FromExecutor): void {
    this.lastHeard = performance.now()
    if ('id' in message) this.asker.answered(message)
  }
}
