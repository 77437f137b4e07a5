// One live session: the order of its steps and what it has committed.
import { isDeepStrictEqual } from 'node:util'
import { abandonedBy, DimaError } from '../../common/errors.ts'
import type { Runner, WorkOptions } from '../runner.ts'
import type { Asked } from './decide.ts'
import { beginEpisode, nextEpisode } from './episode.ts'
import { advance } from './step.ts'
import type { Committed, Terms } from './terms.ts'
import type { Turns } from './turns.ts'
import type { ResetOptions, StepAnswer, StepOptions } from './types.ts'

/** A session's record in a store. Throws DimaError `session_moved` when it is somebody else's, `session_store` when that is not known. */
export interface Link {
  /** Resolves when it is written. */
  write(next: Committed): Promise<void>
  /** Resolves when nobody else has gone on with it. */
  verify(latest: Committed): Promise<void>
}

export class Session {
  readonly terms: Terms
  readonly turns: Turns
  private readonly runner: Runner
  private readonly link: Link | undefined
  private latest: Committed
  /** given to `write`, and whether it was written is not known */
  private unsettled: Committed | undefined

  /** @param link to where commits are kept besides; absent: nowhere */
  constructor(runner: Runner, terms: Terms, committed: Committed, turns: Turns, link?: Link) {
    this.runner = runner
    this.terms = terms
    this.latest = committed
    this.turns = turns
    this.link = link
  }

  get committed(): Committed {
    return this.latest
  }

  /** Whether the last commit may have been written or not, and nobody is finding out. */
  get isInDoubt(): boolean {
    return this.unsettled !== undefined && !this.turns.busy
  }

  /** What is committed when the requests before this one are done. */
  settled(): Promise<Committed> {
    return this.turns.take(async () => {
      if (this.link) await this.settle(this.link)
      return this.latest
    })
  }

  /** @param action [N, A] */
  step(action: Float32Array, options: StepOptions = {}): Promise<StepAnswer> {
    const asked = { action: action.slice(), policy: options.policy } // the caller may use its array again before the turn comes
    return this.turns.take(() => this.takeStep(asked, options))
  }

  reset({ seed, start }: ResetOptions): Promise<Committed> {
    return this.turns.take(async () => {
      if (this.unsettled) await this.commitAgain()
      const next = nextEpisode(this.latest.position)
      const options = { ...next, seed: seed ?? next.seed, start }
      const position = await beginEpisode(this.runner, this.terms, options, { owner: this.terms.owner })
      return this.commit({ ...this.latest, position })
    })
  }

  private async takeStep(asked: Asked, options: StepOptions): Promise<StepAnswer> {
    refuseLate(options)
    if (this.unsettled) await this.commitAgain()
    const { stepId, last } = this.latest
    const given = options.stepId ?? stepId + 1
    if (given === stepId && last) requireSame(last.asked, asked)
    else if (given === stepId + 1) {
      const written = this.commit(await advance(this.runner, this.terms, this.latest, asked, options))
      if (written instanceof Promise) await written // a tick less for who writes nowhere
    } else throw outOfOrder(stepId + 1, given)
    return this.latest.last!.answer
  }

  private commit(next: Committed): Committed | Promise<Committed> {
    this.turns.requireOpen()
    if (this.link) return this.commitBy(this.link, next)
    this.latest = next
    return next
  }

  /** Counts once it is written. Where that is not known it is written again, the same, before anything else is done. */
  private async commitBy(link: Link, next: Committed): Promise<Committed> {
    this.unsettled = next
    await link.write(next)
    this.unsettled = undefined
    this.turns.requireOpen()
    this.latest = next
    return next
  }

  private async commitAgain(): Promise<void> {
    if (this.unsettled && this.link) await this.commitBy(this.link, this.unsettled)
  }

  private async settle(link: Link): Promise<void> {
    await this.commitAgain()
    await link.verify(this.latest)
  }
}

function refuseLate({ signal, deadline }: WorkOptions): void {
  if (signal?.aborted) throw abandonedBy(signal, 'the step was canceled before its turn')
  if (deadline !== undefined && performance.now() > deadline)
    throw new DimaError('deadline_exceeded', 'the deadline passed before the turn of the step')
}

/** What is given for agents that the policy acts for is the same filler every time. */
function requireSame({ action, policy }: Asked, given: Asked): void {
  if (!isDeepStrictEqual(policy, given.policy))
    throw new DimaError('step_conflict', 'this step was committed with another policy', { field: 'policy' })
  if (given.action.length === action.length && action.every((x, i) => x === given.action[i])) return
  throw new DimaError('step_conflict', 'this step was committed with other actions', { field: 'actions' })
}

const outOfOrder = (expected: number, given: number): DimaError =>
  new DimaError('step_out_of_order', `step ${given} was sent, step ${expected} is next`, {
    field: 'step_id',
    expected,
    given,
  })
