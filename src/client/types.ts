// The wire's types with the shapes of their arrays. B rows, H steps, N agents, A numbers of an action, S of a state, O of
// an observation, M sessions, Q quantile levels. Everything is in environment units.
import type * as plans from '../api/plan.ts'
import type * as policies from '../api/policy.ts'
import type * as rollouts from '../api/rollout.ts'
import type * as sessions from '../api/sessions.ts'

/** As the API has it, but for these fields. */
type With<Wire, Fields> = Omit<Wire, keyof Fields> & Fields

export interface Start {
  /** [l, S] latest states, oldest first */
  states: number[][]
  /** [l-1, N, A] joint actions between them */
  actions?: number[][][]
}

/** [N, A] agents in the order of the model, or [A] by agent name. */
export type JointAction = number[][] | Record<string, number[]>

export type RolloutRequest = With<
  rollouts.RolloutRequest,
  {
    starts: Start[]
    /** [B, H, N, A]; may be left out when the policy acts for all */
    actions?: number[][][][]
  }
>

export type RolloutReply = With<
  rollouts.RolloutResponse,
  {
    states?: number[][][] // [B, H, S]
    observations?: Record<string, number[][][]> // [B, H, O] by agent
    rewards?: number[][] // [B, H]
    terminations?: boolean[][] // [B, H]
    termination_probabilities?: number[][] // [B, H]
    lengths: number[] // [B]
    actions?: number[][][][] // [B, H, N, A]
    ood?: number[][] // [B, H]
    spread?: Spread
  }
>

export type PlanRequest = With<
  plans.PlanRequest,
  {
    start?: Start
    given?: number[][][] // [H, N, A]
    pending_actions?: number[][][] // [P, N, A]
    constraints?: {
      low?: number[][] // [N, A]
      high?: number[][] // [N, A]
      max_change?: number | number[][] // or [N, A]
      previous?: number[][] // [N, A]
    }
    warm_start?: {
      mean: number[][][] // [H, N, A]
      elites?: number[][][][] // [E, H, N, A]
      steps?: number
    }
  }
>

export type PlanReply = With<
  plans.PlanReply,
  {
    actions: number[][][] // [H, N, A]
    first: Record<string, number[]> // [A] by agent
    states: number[][] | null // [H, S]
    ood: number[] | null // [H]
    mean: number[][][] // [H, N, A]
    std: number[][][] // [H, N, A]
    warm_start: { mean: number[][][]; elites: number[][][][] } // [H, N, A] and [E, H, N, A]
  }
>

/** Mean, quantiles and disagreement over the samples of each row. */
export interface Spread {
  samples: number
  quantile_levels: number[] // [Q]
  states: { mean: number[][][]; quantiles: number[][][][] } // [B, H, S] and [Q, B, H, S]
  rewards: { mean: number[][]; quantiles: number[][][] } // [B, H] and [Q, B, H]
  termination_rates: number[][] // [B, H]
  disagreement: number[][] // [B, H]
}

export type StreamedStep = With<
  rollouts.StreamedStep,
  {
    states: number[][] // [B, S]
    observations: Record<string, number[][]> // [B, O] by agent
    rewards: number[] // [B]
    termination_probabilities: number[] // [B]
    ood: number[] // [B]
    actions?: number[][][] // [B, N, A] with a policy
  }
>

/** What a streamed rollout gives: one start, a step for each t, one end. */
export type StreamedPart = rollouts.StreamedStart | StreamedStep | rollouts.StreamedEnd

export type CreateSession = With<sessions.CreateSession, { start?: Start }>
export type ResetSession = With<sessions.ResetSession, { start?: Start }>
/** For whom the model's policy acts, and how. */
export type Policy = policies.Policy
/** Without actions where the policy acts for all. */
export type StepSession = With<sessions.StepSession, { actions?: JointAction }>

/** [O] by agent, or [B, O] of B rows. */
export type Observations = Record<string, number[] | number[][]>
export type ActRequest<Seen extends Observations = Observations> = With<
  policies.ActRequest,
  { observations: Seen }
>
/** Actions in the form of the observations. */
export type ActReply<Seen extends Observations = Observations> = With<
  policies.ActReply,
  { actions: { [agent in keyof Seen]: Seen[agent] } } // [A], or [B, A]
>
export type ForkSession = sessions.ForkSession
export type Snapshot = sessions.Snapshot
export type Closed = sessions.Closed

interface Place {
  state: number[] // [S]
  ood: number
  observations: Record<string, number[]> // [O] by agent
}

export type SessionState = With<sessions.SessionState, Place>
export type StepReply = With<
  sessions.StepReply,
  Place & { final?: Place; actions?: Record<string, number[]> } // [A] by agent, with a policy
>

export type StepMany = With<
  sessions.StepMany,
  {
    actions?: number[][][] // [M, N, A]
  }
>

export type StepManyReply = With<
  sessions.StepManyReply,
  {
    states: number[][] // [M, S]
    observations: Record<string, number[][]> // [M, O] by agent
    rewards: number[] // [M]
    termination_probabilities: number[] // [M]
    ood: number[] // [M]
    finals: (Place | null)[] // [M]
    actions?: Record<string, number[][]> // [M, A] by agent, with a policy
  }
>
