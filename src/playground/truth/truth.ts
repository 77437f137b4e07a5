// The true environment beside the imagined one: MuJoCo, in a worker, loaded when it is first asked for.
// N agents, A numbers of an action, S of a state.
import { hasTruth, ROBOTS } from './has-truth.ts'
import type { Answer, Ask, TrueStep } from './messages.ts'

export { hasTruth } from './has-truth.ts'
export type { TrueStep } from './messages.ts'

export interface Truth {
  /** Sets the environment onto a state [S], in the units of the wire. Rejects in words: what is wrong with it. */
  begin(state: readonly number[]): Promise<void>
  /** One step of all agents, actions [N][A]. It may be asked for before the last has answered. Rejects in words. */
  step(actions: readonly (readonly number[])[]): Promise<TrueStep>
  /** Ends the worker; what is outstanding rejects. May be called twice. */
  close(): void
}

const ADDRESS = '/assets/truth.js'

/**
 * Loads MuJoCo in a worker, about 2.6 MB compressed (2.2 MB over https or on this machine).
 * @throws Error in words: the environment is not one of ours, or loading failed
 */
export async function openTruth(environment: string): Promise<Truth> {
  if (!hasTruth(environment))
    throw new Error(`the true ${environment} can't run in a browser: only ${ROBOTS.join(', ')} can`)
  const truth = new WorkerTruth(new Worker(ADDRESS, { type: 'module', name: 'truth' }))
  try {
    await truth.ask({ open: environment })
    return truth
  } catch (error) {
    truth.close()
    throw error
  }
}

interface Waiting {
  resolve(answer: TrueStep | null): void
  reject(error: Error): void
}

class WorkerTruth implements Truth {
  private readonly worker: Worker
  /** Asks without an answer, oldest first: answers come in their order. */
  private readonly waiting: Waiting[] = []
  private ended: Error | undefined

  constructor(worker: Worker) {
    this.worker = worker
    worker.onmessage = ({ data }: MessageEvent<Answer>) => this.take(data)
    // A file that can't be had or run says nothing more.
    worker.onerror = ({ message }) => this.end(`MuJoCo could not be loaded${message ? `: ${message}` : ''}`)
  }

  async begin(state: readonly number[]): Promise<void> {
    await this.ask({ begin: state })
  }

  async step(actions: readonly (readonly number[])[]): Promise<TrueStep> {
    return (await this.ask({ step: actions })) as TrueStep
  }

  close(): void {
    this.end('the true environment is closed')
  }

  ask(ask: Ask): Promise<TrueStep | null> {
    if (this.ended) return Promise.reject(this.ended)
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject })
      this.worker.postMessage(ask)
    })
  }

  private take(answer: Answer): void {
    const waiting = this.waiting.shift()
    if ('wrong' in answer) waiting?.reject(new Error(answer.wrong))
    else waiting?.resolve(answer.answer)
  }

  private end(why: string): void {
    if (this.ended) return
    this.ended = new Error(why)
    this.worker.terminate()
    for (const { reject } of this.waiting.splice(0)) reject(this.ended)
  }
}
