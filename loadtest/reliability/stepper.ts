// A well-behaved client of one session: plays scripted episodes over and over, numbers its steps, repeats a step that
// failed or was not answered under the same number, and compares what it gets with what it got the first time.
import { setTimeout as after } from 'node:timers/promises'
import type { SessionState, StepReply } from '../../src/api/sessions.ts'
import { Rng } from '../../src/common/rng.ts'
import { type Asked, type Door, Refused } from './door.ts'
import { Gap } from './gap.ts'

/** The server's own trouble, which passes: the same request is sent again. */
export const PASSING = ['executor_failed', 'overloaded', 'not_ready', 'session_busy', 'deadline_exceeded']

const RETRY_MS = 20

export interface Episode {
  seed: number
  /** [T, N, A] */
  actions: number[][][]
}

export interface StepperOptions {
  door: Door
  episodes: Episode[]
  /** a step without an answer for so long is sent again */
  patienceMs: number
  /** resolves when it may go on; asked before each step */
  turn?: () => Promise<void>
}

export interface StepperReport {
  commits: number
  episodes: number
  /** answers that were errors, by code; each was followed by a repetition */
  refused: Record<string, number>
  /** steps sent again because no answer had come */
  repeated: number
  /** largest difference |x - y| / max(1, |y|) between an episode's numbers and those of its first time */
  deviation: number
  /** what must not happen */
  wrong: string[]
}

type Numbers = number[]

export class Stepper {
  readonly gap = new Gap(performance.now())
  readonly report: StepperReport = {
    commits: 0,
    episodes: 0,
    refused: {},
    repeated: 0,
    deviation: 0,
    wrong: [],
  }
  private readonly options: StepperOptions
  /** by episode, of its first time: [T, numbers of a step] */
  private readonly book: Numbers[][] = []
  private id = ''
  private committed = 0

  constructor(options: StepperOptions) {
    this.options = options
  }

  /** Plays until the signal aborts, and then to the end of the episode; closes the session. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      for (let played = 0; !signal.aborted; played++) await this.play(played)
      await this.end()
    } catch (error) {
      this.report.wrong.push(String(error))
    }
  }

  private async play(played: number): Promise<void> {
    const place = played % this.options.episodes.length
    const { seed, actions } = this.options.episodes[place]!
    await this.begin(seed)
    const numbers: Numbers[] = []
    for (const [t, action] of actions.entries()) {
      await this.options.turn?.()
      const reply = await this.step(action)
      this.check(reply, t)
      numbers.push(numbersOf(reply))
      if (reply.terminated || reply.truncated) break
    }
    this.compare(place, numbers)
    this.report.episodes++
  }

  private async begin(seed: number): Promise<void> {
    const fields = this.id ? { session_id: this.id, seed } : { seed }
    const { session_id, committed_step_id } = await this.insist<SessionState>(
      this.id ? 'reset' : 'create',
      fields,
    )
    this.id = session_id
    this.expect(committed_step_id === this.committed, `a reset committed step ${committed_step_id}`)
  }

  /** The answers to all of its repetitions must be one. */
  private async step(actions: number[][]): Promise<StepReply> {
    const { patienceMs } = this.options
    const fields = { session_id: this.id, actions, step_id: this.committed + 1 }
    let answered: string | undefined
    let over = false
    const ask = async (): Promise<StepReply> => {
      const reply = await this.insist<StepReply>('step', fields, () => over)
      const text = JSON.stringify(numbersOf(reply))
      answered ??= text
      this.expect(answered === text, `step ${fields.step_id} has two answers`)
      return reply
    }
    const asked = [ask()]
    for (;;) {
      const reply = await Promise.race([...asked, after(patienceMs, undefined)])
      if (reply) {
        over = true // what a late repetition is told does not matter
        return reply
      }
      this.report.repeated++
      asked.push(ask())
      asked.at(-1)!.catch(() => {}) // of those that come too late
    }
  }

  /** Repeats what failed for reasons that pass. */
  private async insist<T>(operation: Asked, fields: object, over = () => false): Promise<T> {
    for (;;) {
      try {
        return await this.options.door.ask<T>(operation, fields)
      } catch (error) {
        if (!(error instanceof Refused) || over()) throw error
        const { code } = error.problem
        this.report.refused[code] = (this.report.refused[code] ?? 0) + 1
        if (!PASSING.includes(code)) throw error
        await after(RETRY_MS)
      }
    }
  }

  private check({ step_id, committed_step_id, episode_step }: StepReply, t: number): void {
    this.committed++
    this.report.commits++
    this.gap.commit(performance.now())
    const right = step_id === this.committed && committed_step_id === this.committed && episode_step === t + 1
    this.expect(
      right,
      `step ${this.committed} was answered as ${step_id} of ${committed_step_id}, ${episode_step}`,
    )
  }

  private compare(place: number, numbers: Numbers[]): void {
    const first = this.book[place] ?? numbers
    this.book[place] = first
    this.expect(first.length === numbers.length, `episode ${place} had another length`)
    for (const [t, values] of numbers.entries()) {
      const gaps = values.map((x, i) => difference(x, first[t]?.[i] ?? x))
      this.report.deviation = Math.max(this.report.deviation, ...gaps)
    }
  }

  private async end(): Promise<void> {
    const fields = { session_id: this.id }
    const { committed_step_id } = await this.insist<SessionState>('get', fields)
    this.expect(committed_step_id === this.committed, `${committed_step_id} steps are committed at the end`)
    await this.insist('close', fields)
  }

  private expect(right: boolean, otherwise: string): void {
    if (!right) this.report.wrong.push(otherwise)
  }
}

const numbersOf = ({ state, reward, termination_probability }: StepReply): Numbers => [
  ...(state as number[]),
  reward,
  termination_probability,
]

const difference = (x: number, y: number): number => Math.abs(x - y) / Math.max(1, Math.abs(y))

/** Random joint actions inside [-1, 1], a function of the seed and the names given. */
export function episodesOf(
  seed: number,
  client: number,
  count: number,
  steps: number,
  [N, A]: [number, number],
) {
  return Array.from({ length: count }, (_, e): Episode => {
    const rng = new Rng(seed, 'episode', client, e)
    const joint = () =>
      Array.from({ length: N }, () => Array.from({ length: A }, () => 2 * rng.uniform() - 1))
    return { seed: rng.uint32(), actions: Array.from({ length: steps }, joint) }
  })
}
