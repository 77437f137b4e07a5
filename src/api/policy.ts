// The model's own policy on the wire: in rollouts, streams and live steps, and by itself, POST /v1/policy/act. B rows, N
// agents, A numbers of an action, O of an observation.
import Type, { type Static } from 'typebox'
import { Deadline, ModelReference, ModelUsed, numbers, Seed, strict, Timing } from './shapes.ts'

export const POLICY_MODES = ['sample', 'mean'] as const

/** Closed loop: the model's own policy acts on what the agents observe. */
export const Policy = Type.Object(
  {
    agents: Type.Optional(
      Type.Array(Type.String(), {
        minItems: 1,
        description: 'for whom it acts; the others take the given actions. Default: all',
      }),
    ),
    mode: Type.Optional(
      Type.Enum(POLICY_MODES, {
        description: 'sample (default): drawn, a function of seed, row and step; mean: the mean action',
      }),
    ),
  },
  { ...strict, description: 'Closed loop: the policy of the model acts on what the agents observe' },
)
export type Policy = Static<typeof Policy>

const byAgent = (item: 'O' | 'A', description: string) =>
  Type.Record(Type.String(), Type.Union([numbers([item], ''), numbers(['B', item], '')]), { description })

export const ActRequest = Type.Object(
  {
    model: Type.Optional(ModelReference),
    observations: byAgent(
      'O',
      '[O] by agent, or [B, O] of B rows. As the policy learned on them: those of the environment itself, or decoded ones. ' +
        'Agents that are left out are shown to it as zeros, and have no action in the reply',
    ),
    mode: Type.Optional(
      Type.Enum(POLICY_MODES, {
        description: 'sample (default): drawn, a function of seed, step and row; mean: the mean action',
      }),
    ),
    seed: Type.Optional({ ...Seed, description: 'of what is drawn. Default: drawn, and returned' }),
    step: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 4294967295,
        description: 'another step draws anew with the same seed: count it up in a loop. Default: 0',
      }),
    ),
    deadline_ms: Type.Optional(Deadline),
  },
  strict,
)
export type ActRequest = Static<typeof ActRequest>

export const ActReply = Type.Object(
  {
    model: ModelUsed,
    mode: Type.Enum(POLICY_MODES),
    seed: Type.Integer({ description: 'Send it, and step, to have what was drawn again' }),
    step: Type.Integer(),
    actions: byAgent('A', '[A] by agent, or [B, A] where observations had rows; inside their space'),
    timing: Timing,
  },
  strict,
)
export type ActReply = Static<typeof ActReply>
