// The session on the server, which ends with it, or when it is idle too long: made again from its last snapshot, or from its
// start, by doing once more what was done since. The same start, seed and actions give the same states.

import type { DimaStream } from '../../client/stream.ts'
import type { StreamSession } from '../../client/stream-session.ts'
import type { CreateSession, SessionState, Start, StepReply } from '../../client/types.ts'
import { actionsOf } from '../actors/levels.ts'
import type { Mixed, Mixer } from '../actors/mixer.ts'
import { policyOf } from '../actors/policy.ts'

type Plan = NonNullable<CreateSession['plan']>

export interface Terms {
  /** name@version */
  readonly model: string
  /** of world models that have plans */
  readonly plan?: Plan | undefined
}

export interface Begin {
  readonly seed: number
  readonly start: Start | undefined
}

interface Saved {
  readonly text: string
  /** steps of the episode that are in it */
  readonly steps: number
}

/** Steps that are done again at once. */
const AT_ONCE = 8

export class Live {
  private readonly stream: DimaStream
  private readonly range: Mixer['range']
  private readonly agents: number
  private session: StreamSession | undefined
  private terms: Terms | undefined
  private begun: Begin | undefined
  private saved: Saved | undefined
  /** steps of the session before this episode */
  private base = 0

  constructor(stream: DimaStream, { range, controls }: Pick<Mixer, 'range' | 'controls'>) {
    this.stream = stream
    this.range = range
    this.agents = controls.length
  }

  /** Throws ProblemError, ConnectionError. */
  async begin(terms: Terms, begin: Begin): Promise<SessionState> {
    this.saved = undefined
    if (this.session && this.terms?.model === terms.model && this.terms.plan === terms.plan) {
      this.begun = begin
      const { seed, start } = begin
      const state = await this.session.reset({ seed, ...(start ? { start } : {}) })
      this.base = state.committed_step_id
      return state
    }
    this.leave()
    this.terms = terms
    this.begun = begin
    return (await this.create()).state
  }

  step({ levels, acting }: Mixed): Promise<StepReply> {
    const session = this.session!
    const names = session.agents
    if (!acting) return session.step(actionsOf(levels, this.range, this.agents))
    const policy = policyOf(acting, names)
    if (acting.agents.length === names.length) return session.step(undefined, { policy })
    return session.step(actionsOf(levels, this.range, this.agents), { policy })
  }

  /** Takes a snapshot, with the steps that are in flight. */
  async save(): Promise<void> {
    const { session, base } = this
    if (!session) return
    const { snapshot, committed_step_id } = await session.snapshot()
    if (session === this.session && base === this.base)
      this.saved = { text: snapshot, steps: committed_step_id - base }
  }

  /** The session anew, as it was after `steps` of its episode. Throws ProblemError, ConnectionError. */
  async remake(steps: readonly Mixed[]): Promise<void> {
    this.session = undefined
    const done = await this.restore()
    for (let i = done; i < steps.length; i += AT_ONCE)
      await Promise.all(steps.slice(i, i + AT_ONCE).map((step) => this.step(step)))
  }

  /** Sessions that go on from here, with the same luck or, with seeds, another. */
  fork(count: number, seeds: readonly number[] | undefined): Promise<StreamSession[]> {
    return this.session!.fork(seeds ? { count, seeds: [...seeds] } : { count })
  }

  /** The server forgets it. */
  leave(): void {
    this.session?.close().catch(() => {})
    this.session = undefined
  }

  /** How many steps are in what it has made. A snapshot of another version of the model is of no use. */
  private async restore(): Promise<number> {
    const { saved } = this
    if (saved)
      try {
        this.session = await this.stream.restore(saved.text)
        this.base = this.session.state.committed_step_id - saved.steps
        return saved.steps
      } catch (error) {
        if (!isUseless(error)) throw error
        this.saved = undefined
      }
    await this.create()
    return 0
  }

  private async create(): Promise<StreamSession> {
    const { model, plan } = this.terms!
    const { seed, start } = this.begun!
    const session = await this.stream.create({
      model,
      seed,
      ...(start ? { start } : {}),
      ...(plan ? { plan } : {}),
    })
    this.session = session
    this.base = session.state.committed_step_id
    return session
  }
}

const isUseless = (error: unknown): boolean =>
  ['invalid_snapshot', 'model_gone'].includes((error as { problem?: { code: string } }).problem?.code ?? '')
