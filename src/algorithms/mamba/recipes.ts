// How the networks of MAMBA are trained: its world model, and actor and critic on imagined steps.
import type { TaskSpec } from '../../env/task-spec.ts'
import type { Recipes } from '../../learning/recipe.ts'
import { widthsOf } from '../../networks/dimensions.ts'
import { createLatentActor, createLatentCritic } from '../../worlds/mamba/networks/latent-policy.ts'
import { latentWidth } from '../../worlds/mamba/networks/presets.ts'
import { createWorldNetwork } from '../../worlds/mamba/networks/world-network.ts'
import { worldObjective } from '../../worlds/mamba/train/world-objective.ts'
import { actorObjective } from '../policy/actor-objective.ts'
import type { MambaConfig } from './config.ts'
import { criticObjective } from './critic-objective.ts'

export function recipes(task: TaskSpec, { networks, hyperparameters }: MambaConfig): Recipes {
  const { world, behaviour } = hyperparameters
  const widths = widthsOf(task)
  const rows = minibatchRows(behaviour)
  const learns = { clipNorm: behaviour.clipNorm, rateName: 'behaviour.learningRate' }
  return {
    world: () => ({
      objective: worldObjective(createWorldNetwork(widths, networks), widths, networks, world),
      clipNorm: world.clipNorm,
      weightDecay: 0,
      rateName: 'world.learningRate',
    }),
    actor: () => ({
      ...learns,
      weightDecay: behaviour.weightDecay,
      objective: actorObjective(
        createLatentActor(widths, networks),
        { ...widths, observation: latentWidth(networks) },
        rows,
        { clip: behaviour.clip, entropy: behaviour.entropy, apart: true },
      ),
    }),
    critic: () => ({
      ...learns,
      weightDecay: 0,
      objective: criticObjective(createLatentCritic(widths.agents, networks), widths.agents, networks, rows),
    }),
  }
}

/** Imagined steps of a minibatch: what does not fill one is left out of a pass. */
export const minibatchRows = ({
  rollouts,
  steps,
  minibatches,
}: MambaConfig['hyperparameters']['behaviour']): number => Math.floor((rollouts * steps) / minibatches)
