// POST /v1/plan on the wire: model-predictive control through the learned model. H steps, N agents, A numbers of an action,
// S of a state, P pending actions, E elites. Everything is in the environment's own units.
import Type, { type Static } from 'typebox'
import { Choice, Chosen } from './choice.ts'
import { Start } from './rollout.ts'
import { SessionId } from './sessions.ts'
import {
  ClippedActions,
  Deadline,
  ModelReference,
  ModelUsed,
  novelties,
  nullable,
  numbers,
  Seed,
  strict,
  Timing,
} from './shapes.ts'

export const PLAN_METHODS = ['icem', 'mppi', 'cem'] as const
export const COORDINATION = ['together', 'in_turn'] as const
export const OTHERS = ['mean', 'sample'] as const
export const TERMINAL = ['value', 'none'] as const
export const STOPPED = ['done', 'deadline'] as const

const integer = (maximum: number, description: string) =>
  Type.Optional(Type.Integer({ minimum: 1, maximum, description }))
const weight = (description: string) => Type.Optional(Type.Number({ minimum: 0, maximum: 1e6, description }))

const Constraints = Type.Object(
  {
    low: Type.Optional(
      numbers(['N', 'A'], 'least action; inside the space of the model. With high alike an entry is fixed'),
    ),
    high: Type.Optional(numbers(['N', 'A'], 'greatest action')),
    max_change: Type.Optional(
      Type.Union([Type.Number({ minimum: 0 }), numbers(['N', 'A'], '')], {
        description: 'greatest change of an entry from one step to the next, one for all or [N, A]',
      }),
    ),
    previous: Type.Optional(
      numbers(
        ['N', 'A'],
        'the action before the plan, that its first changes from. Default: the last of pending_actions, of the start or of the session',
      ),
    ),
  },
  { ...strict, description: 'Kept by every candidate that is imagined, and so by the answer' },
)

const Objective = Type.Object(
  {
    discount: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 1,
        description: 'Default: that of the value of the model, else 0.99',
      }),
    ),
    terminal: Type.Optional(
      Type.Enum(TERMINAL, {
        description: 'what goes on after the last step. Default: value where the model has one',
      }),
    ),
    samples: integer(64, 'noises that every candidate meets. Default: 1'),
    risk: weight('times the deviation over the noises that is taken off. Default: 0'),
    novelty: weight('times the deviations past 4 of states that the training data hardly had. Default: 0'),
    smoothness: weight('times the squared change of actions from step to step. Default: 0'),
    departure: weight(
      "times the squared distance of the planned actions from the mean of the model's policy in the imagined states, in its deviations. Default: 0",
    ),
  },
  strict,
)

const WarmStart = Type.Object(
  {
    mean: numbers(['H', 'N', 'A'], 'of the plan before'),
    elites: Type.Optional(numbers(['E', 'H', 'N', 'A'], 'of the plan before')),
    steps: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 1024,
        description: 'actions of it that were taken since. Default: 1',
      }),
    ),
  },
  { ...strict, description: 'warm_start of the answer before; H may be another' },
)

export const PlanRequest = Type.Object(
  {
    model: Type.Optional(ModelReference),
    start: Type.Optional(Start),
    session_id: Type.Optional(SessionId),
    ...Choice,
    method: Type.Optional(
      Type.Enum(PLAN_METHODS, {
        description: 'icem (default, arXiv 2008.06389), mppi (as TD-MPC2 has it), cem (as PETS has it)',
      }),
    ),
    horizon: integer(1024, "H, at most the model's. Default: of the method, 12, 3 or 15"),
    population: integer(4096, 'candidates of the first iteration. Default: of the method, 48, 512 or 350'),
    iterations: integer(64, 'Default: of the method, 3, 6 or 5'),
    elites: integer(
      1024,
      'best candidates, that say where to look next. Default: of the method, 10, 64 or 35',
    ),
    beta: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 8,
        description:
          'power of the noise falls with frequency to this; 0 is white. Default: 0.25 of icem, else 0',
      }),
    ),
    coordinate: Type.Optional(
      Type.Enum(COORDINATION, {
        description:
          'together (default): the actions of all planned agents at once; in_turn: of one after the other, each knowing what those before it chose',
      }),
    ),
    agents: Type.Optional(
      Type.Array(Type.String(), { minItems: 1, description: 'whose actions are planned. Default: all' }),
    ),
    others: Type.Optional(
      Type.Enum(OTHERS, {
        description:
          'the policy of the model acts for the other agents, by its mean (default) or drawn actions',
      }),
    ),
    given: Type.Optional(
      numbers(
        ['H', 'N', 'A'],
        'what the other agents do, in place of the policy; entries of planned ones count nothing',
      ),
    ),
    prior: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 1,
        description:
          'share of the first candidates that the policy of the model makes; its mean is where the search begins. Default: 0.25 where there is one',
      }),
    ),
    constraints: Type.Optional(Constraints),
    objective: Type.Optional(Objective),
    warm_start: Type.Optional(WarmStart),
    pending_actions: Type.Optional(
      numbers(
        ['P', 'N', 'A'],
        'actions that will be taken before the answer is there: the plan begins after them',
      ),
    ),
    seed: Type.Optional({
      ...Seed,
      description:
        'The same model, request and seed give the same plan unless the deadline ended it, so agents may ask each for itself. Default: drawn, and returned',
    }),
    deadline_ms: Type.Optional({
      ...Deadline,
      description:
        'milliseconds after which the best so far is answered: no iteration is begun that would end later',
    }),
  },
  strict,
)
export type PlanRequest = Static<typeof PlanRequest>

const Penalties = Type.Object(
  { risk: Type.Number(), novelty: Type.Number(), smoothness: Type.Number(), departure: Type.Number() },
  { ...strict, description: 'what was taken off expected_return to compare candidates' },
)

const answered = (description: string) => ({
  ...nullable(Type.Number()),
  description: `${description}; null where the deadline came before anything was imagined`,
})

export const PlanReply = Type.Object(
  {
    model: ModelUsed,
    seed: Type.Integer(),
    ...Chosen,
    method: Type.Enum(PLAN_METHODS),
    horizon: Type.Integer({ description: 'H' }),
    agents: Type.Array(Type.String()),
    actions: numbers(['H', 'N', 'A'], 'the plan'),
    first: Type.Record(Type.String(), numbers(['A'], ''), { description: 'its first action, by agent' }),
    expected_return: answered('discounted rewards of the plan with its terminal value, mean over the noises'),
    return_deviation: answered("over the noises: the model's own randomness, not its ignorance"),
    terminal_value: answered('of expected_return, what goes on after the last step'),
    penalties: nullable(Penalties),
    states: {
      ...nullable(numbers(['H', 'S'], '')),
      description: '[H, S] after each action, with one of the noises',
    },
    ood: { ...nullable(novelties(['H'])), description: 'of states' },
    mean: numbers(['H', 'N', 'A'], 'that candidates were drawn around at last'),
    std: numbers(['H', 'N', 'A'], 'their deviation'),
    warm_start: Type.Object(
      { mean: numbers(['H', 'N', 'A'], ''), elites: numbers(['E', 'H', 'N', 'A'], '') },
      { ...strict, description: 'send it with the next request' },
    ),
    clipped_actions: ClippedActions,
    imagined_steps: Type.Integer({ description: 'joint steps' }),
    stopped: Type.Enum(STOPPED),
    timing: Timing,
  },
  strict,
)
export type PlanReply = Static<typeof PlanReply>
