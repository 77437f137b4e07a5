// How the networks of MARIE are trained: tokenizer and Transformer on what was played, actor and critic on what is imagined.
import type { TaskSpec } from '../../env/task-spec.ts'
import type { Recipes } from '../../learning/recipe.ts'
import { createActor } from '../../networks/actor.ts'
import { widthsOf } from '../../networks/dimensions.ts'
import { createTeamCritic } from '../../worlds/marie/networks/team-critic.ts'
import { createTokenizer } from '../../worlds/marie/networks/tokenizer.ts'
import { createWorldNetwork } from '../../worlds/marie/networks/world-network.ts'
import { boundsOf } from '../../worlds/marie/train/imagination.ts'
import { tokenizerObjective } from '../../worlds/marie/train/tokenizer-objective.ts'
import { worldObjective } from '../../worlds/marie/train/world-objective.ts'
import { actorObjective } from '../policy/actor-objective.ts'
import { criticObjective } from '../policy/critic-objective.ts'
import type { MarieConfig } from './config.ts'

/** Of actor and critic (docs/marie.md). */
const EPSILON = 1e-5

export function recipes(task: TaskSpec, { networks, hyperparameters, policy }: MarieConfig): Recipes {
  const { tokenizer, world, behaviour } = hyperparameters
  const widths = widthsOf(task)
  const rows = Math.floor((behaviour.rollouts * behaviour.steps) / behaviour.minibatches)
  const optimiser = ({ clipNorm, weightDecay }: typeof tokenizer | typeof world, name: string) => ({
    ...{ clipNorm, weightDecay },
    rateName: `${name}.learningRate`,
  })
  const learns = {
    ...{ clipNorm: behaviour.clipNorm, weightDecay: 0, epsilon: EPSILON },
    rateName: 'behaviour.learningRate',
  }
  return {
    tokenizer: () => ({
      ...optimiser(tokenizer, 'tokenizer'),
      objective: tokenizerObjective(
        createTokenizer(widths, networks.tokenizer),
        widths,
        networks.tokenizer,
        tokenizer.batch,
      ),
    }),
    world: () => ({
      ...optimiser(world, 'world'),
      objective: worldObjective(
        createWorldNetwork(widths, networks),
        widths,
        boundsOf(task),
        networks,
        world.sequences,
      ),
    }),
    actor: () => ({
      ...learns,
      objective: actorObjective(createActor(widths, policy.actor), widths, rows, {
        ...behaviour,
        apart: true,
      }),
    }),
    critic: () => ({
      ...learns,
      objective: criticObjective(
        createTeamCritic(widths, policy.critic),
        widths.observation,
        rows * widths.agents,
        behaviour,
      ),
    }),
  }
}
