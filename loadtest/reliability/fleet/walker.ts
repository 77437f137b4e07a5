// A controller of one session: takes one numbered step after the other with the TypeScript client, by actions that are a
// function of session and step, and keeps what it was answered.
import { setTimeout as after } from 'node:timers/promises'
import { ProblemError } from '../../../src/client/errors.ts'
import { DimaStream } from '../../../src/client/stream.ts'
import type { StreamSession } from '../../../src/client/stream-session.ts'
import type { StepReply } from '../../../src/client/types.ts'
import { Rng } from '../../../src/common/rng.ts'
import { Gap } from '../gap.ts'

/** Before a step that was refused for reasons that pass is sent again. */
const RETRY_MS = 50
const PASSING_STATUS = 503

export interface WalkerOptions {
  url: string
  seed: number
  /** which of the sessions */
  index: number
  /** of a joint action: agents, numbers of each */
  shape: readonly [N: number, A: number]
  /** between steps */
  pauseMs: number
}

export class Walker {
  readonly gap = new Gap(performance.now())
  /** what each step was answered with: state, reward, termination probability */
  readonly answers: number[][] = []
  /** steps that were taken again after the store had lost them */
  rewound = 0
  /** refusals that the client did not repeat by itself, by code; the same step was sent again */
  readonly refused: Record<string, number> = {}
  /** committed at the end, as the server says */
  committed = 0
  /** what must not happen */
  readonly wrong: string[] = []
  private readonly options: WalkerOptions
  private readonly stream: DimaStream
  private readonly session: StreamSession

  private constructor(options: WalkerOptions, stream: DimaStream, session: StreamSession) {
    this.options = options
    this.stream = stream
    this.session = session
    session.onRewound = ({ from, to }) => {
      this.rewound += to - from + 1
    }
  }

  static async open(options: WalkerOptions): Promise<Walker> {
    const stream = await DimaStream.connect(options.url)
    const { seed, index } = options
    const session = await stream.create({
      seed: new Rng(seed, 'session', index).uint32(),
      autoreset: 'next_step',
    })
    return new Walker(options, stream, session)
  }

  /** Until the signal aborts, or so many steps. Closes the session. */
  async run(signal: AbortSignal, steps = Number.POSITIVE_INFINITY): Promise<void> {
    try {
      while (!signal.aborted && this.answers.length < steps) await this.step()
      this.committed = (await this.session.get()).committed_step_id
      await this.session.close()
    } catch (error) {
      this.wrong.push(`session ${this.options.index}, step ${this.answers.length + 1}: ${error}`)
    } finally {
      this.stream.close()
    }
  }

  private async step(): Promise<void> {
    const number = this.answers.length + 1
    const reply = await this.insist(this.actionsOf(number))
    this.gap.commit(performance.now())
    this.answers.push(numbersOf(reply))
    const { step_id, committed_step_id } = reply
    if (step_id !== number || committed_step_id !== number)
      this.wrong.push(`step ${number} was answered as ${step_id} of ${committed_step_id}`)
    if (this.options.pauseMs > 0) await after(this.options.pauseMs)
  }

  private async insist(actions: number[][]): Promise<StepReply> {
    for (;;) {
      try {
        return await this.session.step(actions)
      } catch (error) {
        if (!(error instanceof ProblemError) || error.problem.status !== PASSING_STATUS) throw error
        const { code } = error.problem
        this.refused[code] = (this.refused[code] ?? 0) + 1
        await after(RETRY_MS)
      }
    }
  }

  private actionsOf(step: number): number[][] {
    const { seed, index, shape } = this.options
    const rng = new Rng(seed, 'actions', index, step)
    const [N, A] = shape
    return Array.from({ length: N }, () => Array.from({ length: A }, () => 2 * rng.uniform() - 1))
  }
}

const numbersOf = ({ state, reward, termination_probability }: StepReply): number[] => [
  ...(state as number[]),
  reward,
  termination_probability,
]
