// What a session of this kind carries: the states and actions of its windows, from which an executor needs views to take
// the next step. L context, H horizon, h steps since the reward window's anchor, N agents, A action, S state; x is the
// scaled state of scaling.ts.
import Type from 'typebox'
import { readNumbers, snapshotError } from '../../snapshot-fields.ts'
import type { StartWindow } from '../../starts.ts'
import { lettersOf, type Memories, type WorldSpec } from '../../world.ts'
import { isResolved } from './choices.ts'
import { type DimaSpec, MOST_STEPS, Plan } from './manifest.ts'
import { type DimaChoice, offeredBy } from './observations.ts'
import type { PlanRequest } from './plan.ts'
import { environmentUnits } from './scaling.ts'
import { asDima } from './spec.ts'

export interface Windows {
  /** [L + h, S] x, oldest first, 0 <= h < H: L - 1 before the anchor, of which those before the start are zero */
  readonly states: Float32Array
  /** [L - 1 + h, N, A] the actions between them */
  readonly actions: Float32Array
}

/** With the action to take: actions [L + h, N, A]. */
type Turn = Windows

/** Turns of M rows side by side. */
export type TurnColumns = {
  /** [M, L, S] x, oldest first; slots before the first real state are zero */
  windows: Float32Array
  /** [M, L, N, A] the actions between those states and last the one to take; slots without one are zero */
  actions: Float32Array
  /** [M] h + 1, entries of each row's reward window; they follow each other in the next two */
  lengths: Uint32Array
  /** [h + 1, S] x of the states since the anchor, the current one last */
  rewardStates: Float32Array
  /** [h + 1, N, A] the actions taken in them, the one to take last */
  rewardActions: Float32Array
}

const fields = {
  plan: Type.Object(
    {
      name: Plan,
      order: Type.Array(Type.Integer({ minimum: 0 }), { maxItems: MOST_STEPS }),
    },
    { additionalProperties: false },
  ),
  exact: Type.Optional(Type.Literal(true)), // observations
  states: Type.Unknown(), // f4 [L + h, S]
  actions: Type.Unknown(), // f4 [L - 1 + h, N, A]
}

export const memories = (spec: WorldSpec): Memories<Windows, Turn, DimaChoice> =>
  new WindowMemories(asDima(spec))

class WindowMemories implements Memories<Windows, Turn, DimaChoice> {
  readonly fields = fields
  private readonly spec: DimaSpec

  constructor(spec: DimaSpec) {
    this.spec = spec
  }

  /** @param carried [L, S] x, zero before the first real state */
  begin({ actions }: { actions: Float32Array }, carried: Float32Array): Windows {
    const { L, N, A } = lettersOf(this.spec)
    const before = new Float32Array((L - 1) * N * A)
    before.set(actions, before.length - actions.length)
    return { states: carried, actions: before }
  }

  take({ states, actions }: Windows, action: Float32Array): Turn {
    return { states, actions: append(actions, action) }
  }

  /** @param next [S] x of the next state */
  follow({ states: before, actions }: Turn, next: Float32Array): Windows {
    const { N, A, S } = lettersOf(this.spec)
    const states = append(before, next) // [L + h + 1, S]
    const dropped = this.stepsToDrop(actions.length / (N * A))
    if (dropped === 0) return { states, actions }
    return { states: states.slice(dropped * S), actions: actions.slice(dropped * N * A) }
  }

  /** The window and the reward window are views of one history. */
  gather(turns: readonly Turn[]): TurnColumns {
    const { L, N, A, S } = lettersOf(this.spec)
    const M = turns.length
    const lengths = new Uint32Array(M)
    for (let row = 0; row < M; row++) lengths[row] = turns[row]!.states.length / S - (L - 1)
    const total = lengths.reduce((sum, length) => sum + length, 0)
    const columns: TurnColumns = {
      windows: new Float32Array(M * L * S),
      actions: new Float32Array(M * L * N * A),
      lengths,
      rewardStates: new Float32Array(total * S),
      rewardActions: new Float32Array(total * N * A),
    }
    for (let row = 0, first = 0; row < M; first += lengths[row++]!) {
      const { states, actions } = turns[row]!
      copyTail(states, columns.windows, row * L * S, L * S)
      copyTail(actions, columns.actions, row * L * N * A, L * N * A)
      copyTail(states, columns.rewardStates, first * S, lengths[row]! * S)
      copyTail(actions, columns.rewardActions, first * N * A, lengths[row]! * N * A)
    }
    return columns
  }

  bytes({ states, actions }: Windows): number {
    return states.byteLength + actions.byteLength
  }

  window({ states, actions }: Windows): StartWindow {
    const { L, N, A, S } = lettersOf(this.spec)
    const latest = states.subarray(states.length - L * S)
    const from = latest.findIndex((x) => x !== 0)
    const known = L - Math.floor(Math.max(0, from) / S) // those before the start are zero
    return {
      states: environmentUnits(this.spec, latest.slice((L - known) * S)),
      actions: actions.slice(actions.length - (known - 1) * N * A),
    }
  }

  pack({ states, actions }: Windows, { name, order, observations }: DimaChoice) {
    return { plan: { name, order }, ...(observations ? { exact: true } : {}), states, actions }
  }

  unpack(given: Readonly<Record<string, unknown>>, step: number): { memory: Windows; choice: DimaChoice } {
    const { L, N, A, S } = lettersOf(this.spec)
    const plan = given.plan as PlanRequest
    if (!isResolved(plan, this.spec)) throw snapshotError('plan.order', 'does not fit the plan')
    const exact = given.exact === true
    if (exact && !offeredBy(this.spec).includes('exact'))
      throw snapshotError('exact', 'asks for observations that this model does not have')
    const choice: DimaChoice = exact ? { ...plan, observations: 'exact' } : plan
    const h = this.rewardSteps(step)
    const states = readNumbers('f4', given.states, (L + h) * S, 'states')
    const actions = readNumbers('f4', given.actions, (L - 1 + h) * N * A, 'actions')
    return { memory: { states, actions }, choice }
  }

  /**
   * The reward model was trained on windows of H steps that start anywhere in an episode. So a full window is begun anew
   * with the latest steps; positions restart, and executors notice that what they cached is of another window.
   */
  private stepsToDrop(actions: number): number {
    const { context, horizon } = this.spec
    return actions < context - 1 + horizon ? 0 : horizon - this.keptSteps
  }

  /** Steps before the current one that outlive it: L, but another must still fit. */
  private get keptSteps(): number {
    return Math.min(this.spec.context, this.spec.horizon - 1)
  }

  /** h, so many steps after a start. */
  private rewardSteps(step: number): number {
    const { horizon } = this.spec
    if (step < horizon) return step
    const kept = this.keptSteps
    return kept + ((step - horizon) % (horizon - kept))
  }
}

function append(values: Float32Array, more: Float32Array): Float32Array {
  const whole = new Float32Array(values.length + more.length)
  whole.set(values)
  whole.set(more, values.length)
  return whole
}

/** The last `count` numbers, without a view of them: it would cost more than they do. */
function copyTail(values: Float32Array, target: Float32Array, to: number, count: number): void {
  const from = values.length - count
  for (let i = 0; i < count; i++) target[to + i] = values[from + i]!
}
