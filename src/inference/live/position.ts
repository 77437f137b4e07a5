// Where a session stands between two steps, and the row that an executor needs to take the next. A position is never
// changed: a step makes another, so a fork shares its parent's and a failed step leaves nothing behind.
// L context, H horizon, h steps since the reward window's anchor, N agents, A action, S state, O observation; x is the
// scaled state of scaling.ts.
import type { LiveRow, StepOutcome } from '../../worlds/dima/serve/live-row.ts'
import { lettersOf, type SimulatorSpec } from '../../worlds/dima/serve/spec.ts'

export interface Position {
  /** names the executor's reward cache: LiveRow.id */
  readonly lineage: number
  /** of the episode */
  readonly seed: number
  /** hash of the episode's start (noise.ts) */
  readonly key: number
  /** resets so far */
  readonly episode: number
  /** steps since the last */
  readonly episodeStep: number
  /** [L + h, S] x, oldest first, 0 <= h < H: L - 1 before the anchor, of which those before the start are zero */
  readonly states: Float32Array
  /** [L - 1 + h, N, A] the actions between them */
  readonly actions: Float32Array
  /** [S] the last state in environment units */
  readonly state: Float64Array
  /** [N, O] */
  readonly observations: Float32Array
  readonly terminated: boolean
  readonly truncated: boolean
}

let lineages = 0

/** Unique in this process. Whatever is not simply the next step of the same lineage takes a new one. */
export const newLineage = (): number => ++lineages

export const isOver = ({ terminated, truncated }: Position): boolean => terminated || truncated

/** A position's actions and the one to take, `action` [N, A]: [L + h, N, A]. */
export const withAction = ({ actions }: Position, action: Float32Array): Float32Array =>
  append(actions, action)

/** The row for the last of `actions` [L + h, N, A]; the window and the reward window are views of one history. */
export function rowOf(spec: SimulatorSpec, position: Position, actions: Float32Array): LiveRow {
  const { L, N, A, S } = lettersOf(spec)
  const { states } = position
  return {
    id: position.lineage,
    seed: position.seed,
    key: position.key,
    step: position.episodeStep,
    window: states.subarray(states.length - L * S),
    actions: actions.subarray(actions.length - L * N * A),
    rewardStates: states.subarray((L - 1) * S),
    rewardActions: actions.subarray((L - 1) * N * A),
  }
}

/** The position after the last of `actions` [L + h, N, A]. `maxSteps` truncates the episode. */
export function follow(
  spec: SimulatorSpec,
  position: Position,
  actions: Float32Array,
  outcome: StepOutcome,
  maxSteps: number | null,
): Position {
  const { N, A, S } = lettersOf(spec)
  const episodeStep = position.episodeStep + 1
  const states = append(position.states, outcome.next) // [L + h + 1, S]
  const dropped = stepsToDrop(spec, actions.length / (N * A))
  // Every field by name: a spread costs more than all the rest of a commit.
  return {
    lineage: position.lineage,
    seed: position.seed,
    key: position.key,
    episode: position.episode,
    episodeStep,
    states: dropped > 0 ? states.slice(dropped * S) : states,
    actions: dropped > 0 ? actions.slice(dropped * N * A) : actions,
    state: outcome.state,
    observations: outcome.observations,
    terminated: outcome.terminated,
    truncated: maxSteps !== null && episodeStep >= maxSteps,
  }
}

/**
 * The reward model was trained on windows of H steps that start anywhere in an episode. So a full window is begun anew
 * with the latest steps; positions restart, and executors notice that what they cached is of another window.
 */
const stepsToDrop = (spec: SimulatorSpec, actions: number): number =>
  actions < spec.context - 1 + spec.horizon ? 0 : spec.horizon - keptSteps(spec)

/** Steps before the current one that outlive it: L, but another must still fit. */
const keptSteps = ({ context, horizon }: SimulatorSpec): number => Math.min(context, horizon - 1)

/** h, so many steps after a start. */
export function rewardSteps(spec: SimulatorSpec, episodeStep: number): number {
  const { horizon } = spec
  if (episodeStep < horizon) return episodeStep
  const kept = keptSteps(spec)
  return kept + ((episodeStep - horizon) % (horizon - kept))
}

function append(values: Float32Array, more: Float32Array): Float32Array {
  const whole = new Float32Array(values.length + more.length)
  whole.set(values)
  whole.set(more, values.length)
  return whole
}
