// Hyper-parameters: which share of the episodes is played otherwise than by sampling the policy, and how. A world model that
// has seen its policy's samples alone is wrong on other actions, the policy's own means among them.
import Type, { type Static } from 'typebox'

const part = (value: number, description: string) =>
  Type.Number({ default: value, minimum: 0, description: `part of these episodes: ${description}` })

const share = (value: number, description: string) =>
  Type.Number({ default: value, minimum: 0, maximum: 1, description })

export const explorationFields = {
  share: share(
    0,
    'share of the episodes after the warm-up that is not played by sampling the policy; 0: none (paper), and nothing of this group applies',
  ),
  lateShare: share(0.3, 'the same in the last fifth of the steps'),
  random: part(0.25, 'Gaussian actions as wide as policyStd'),
  noisy: part(0.15, "the policy's means, its deviation times a factor that is drawn for the episode"),
  held: part(0.15, 'each agent draws an action evenly from its bounds and holds it for some steps'),
  mixed: part(0.2, 'one agent acts at random, Gaussian or held, the others by the policy'),
  mean: part(0.25, "the policy's means"),
  leastNoise: Type.Number({ default: 0.25, exclusiveMinimum: 0, description: 'least factor of noisy' }),
  mostNoise: Type.Number({
    default: 2,
    exclusiveMinimum: 0,
    description: 'greatest factor of noisy; its logarithm is drawn evenly',
  }),
  mostHeld: Type.Integer({ default: 20, minimum: 1, description: 'steps that an action is held at most' }),
  finalWindows: Type.Enum(['recency', 'even', 'rare'], {
    default: 'rare',
    description:
      'windows that final epochs learn from. recency: drawn as before them; even: all steps alike; rare: besides, more of episodes whose mean state is rare',
  }),
}

const Exploration = Type.Object(explorationFields)
export type Exploration = Static<typeof Exploration>
