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

export class Session {
  readonly terms: Terms
  readonly turns: Turns
  private readonly runner: Runner
  private latest: Committed

  constructor(runner: Runner, terms: Terms, committed: Committed, turns: Turns) {
    this.runner = runner
    this.terms = terms
    this.latest = committed
    this.turns = turns
  }

  get committed(): Committed {
    return this.latest
  }

  /** What is committed when the requests before this one are done. */
  settled(): Promise<Committed> {
    return this.turns.take(async () => this.latest)
  }

  /** @param action [N, A] */
  step(action: Float32Array, options: StepOptions = {}): Promise<StepAnswer> {
    const asked = { action: action.slice(), policy: options.policy } // the caller may use its array again before the turn comes
    return this.turns.take(() => this.takeStep(asked, options))
  }

  reset({ seed, start }: ResetOptions): Promise<Committed> {
    return this.turns.take(async () => {
      const next = nextEpisode(this.latest.position)
      const options = { ...next, seed: seed ?? next.seed, start }
      const position = await beginEpisode(this.runner, this.terms, options, { owner: this.terms.owner })
      return this.commit({ ...this.latest, position })
    })
  }

  private async takeStep(asked: Asked, options: StepOptions): Promise<StepAnswer> {
    refuseLate(options)
    const { stepId, last } = this.latest
    const given = options.stepId ?? stepId + 1
    if (given === stepId && last) requireSame(last.asked, asked)
    else if (given === stepId + 1)
      this.commit(await advance(this.runner, this.terms, this.latest, asked, options))
    else throw outOfOrder(stepId + 1, given)
    return this.latest.last!.answer
  }

  private commit(next: Committed): Committed {
    this.turns.requireOpen()
    this.latest = next
    return next
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
