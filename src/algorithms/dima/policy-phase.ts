// An epoch's updates of the policy, inside the world model as it is now, as often as the epoch rule says.
import type { Episode } from '../../episodes/replay/episode.ts'
import type { MetricLine } from '../../learning/learner.ts'
import type { PhaseClock } from '../../runs/phase-clock.ts'
import { imaginationOf } from '../../worlds/dima/train/imagination.ts'
import { NETWORK_NAMES } from '../../worlds/dima/train/world-model.ts'
import type { Behaviour, BehaviourMetrics } from './behaviour.ts'
import type { Position } from './epoch-plan.ts'
import type { Phase, RunParts } from './run-parts.ts'

/** Lines of metrics about the last update. */
export async function improvePolicy(
  behaviour: Behaviour,
  parts: RunParts,
  { position, clock, onUpdate, signal }: Phase,
): Promise<MetricLine[]> {
  const { config, plan, intake } = parts
  await loadWorldModel(parts, clock)
  const updates = config.hyperparameters.behaviour.updatesPerEpoch * plan.rounds(position)
  let lines: MetricLine[] = []
  for (let i = 0; i < updates && !signal?.aborted; i++) {
    const rate = plan.behaviourRate(position, i / updates)
    const metrics = await behaviour.update(intake, rate, clock)
    onUpdate({ actor: metrics.actor.loss!, critic: metrics.critic.loss! }, (i + 1) / updates)
    const update = { update: behaviour.state.updates, learning_rate: rate }
    lines = linesOf(metrics, update, position, meanReward(intake.replay.episodes.at(-1)!))
  }
  return lines
}

async function loadWorldModel({ lanes, task, config, intake }: RunParts, clock: PhaseClock): Promise<void> {
  const parameters = await Promise.all(NETWORK_NAMES.map((name) => lanes.learner(name).parameters()))
  const { plan } = config.hyperparameters.behaviour
  const { spec, graphs } = imaginationOf(task, { ...config, plan }, intake, parameters)
  await clock.time('imagine', () => lanes.load(spec, graphs))
}

const linesOf = (
  { imagination, actor, critic }: BehaviourMetrics,
  update: MetricLine,
  { epoch, steps }: Position,
  true_reward: number,
): MetricLine[] => [
  { epoch, network: 'actor', ...update, ...actor },
  { epoch, network: 'critic', ...update, ...critic },
  { epoch, steps, ...imagination, true_reward, policy_std: actor.policy_std! },
]

const meanReward = ({ rewards, length }: Episode): number => rewards.reduce((a, b) => a + b, 0) / length
