// What a request may choose of how a model imagines, and how replies tell it. It depends on the model's kind: plan and
// order are for models of kind dima, observations for mamba too, and stand beside the other fields of a request; what other kinds offer
// stands in options. In replies observations are what was observed, so that how is told in options.
import Type from 'typebox'
import { nullable } from './shapes.ts'

export const PLAN_NAMES = ['sequential', 'joint', 'progressive'] as const
export const ORDER_NAMES = ['descending', 'ascending', 'random'] as const
export const OBSERVATION_NAMES = ['exact', 'decoded'] as const

const Options = Type.Record(Type.String(), Type.Unknown(), {
  maxProperties: 64,
  description:
    "What the model's kind lets a request choose: GET /v1/models/{name} says what. For dima plan, order and observations, " +
    'for mamba observations, which may stand here or beside it',
})

/** Of requests. */
export const Choice = {
  plan: Type.Optional(
    Type.Enum(PLAN_NAMES, {
      description: "How a next state is sampled. Default: the model's default_plan",
    }),
  ),
  order: Type.Optional(
    Type.Union(
      [Type.Enum(ORDER_NAMES), Type.Array(Type.Union([Type.String(), Type.Integer({ minimum: 0 })]))],
      {
        description:
          'Order in which agents are shown to the sampler: by index, or a list of agent names or indices (0..N-1). ' +
          'progressive: a permutation. sequential: N or K entries, every agent equally often. Not with joint. ' +
          'Default: descending',
      },
    ),
  ),
  observations: Type.Optional(
    Type.Enum(OBSERVATION_NAMES, {
      description:
        'exact: as the task makes them of a state, the default of models that can; decoded: by the decoder, as the ' +
        'policy of the model always sees. GET /v1/models/{name} says which there are',
    }),
  ),
  options: Type.Optional(Options),
}

/** Of replies. */
export const Chosen = {
  plan: Type.Optional(Type.Enum(PLAN_NAMES)),
  order: Type.Optional({
    ...nullable(Type.Array(Type.String())),
    description: 'agents in the order in which they were shown; null for joint',
  }),
  options: Type.Optional({
    ...Options,
    description: 'what else was chosen, where a model offers more than plan and order',
  }),
}
