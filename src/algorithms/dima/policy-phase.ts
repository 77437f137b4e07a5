// An epoch's updates of the policy, inside the world model as it is now.
import type { TaskSpec } from '../../env/task-spec.ts'
import type { Episode } from '../../episodes/replay/episode.ts'
import type { Data } from '../../episodes/replay/intake.ts'
import type { Lanes } from '../../learning/lanes/lanes.ts'
import type { MetricLine } from '../../learning/learner.ts'
import type { PhaseClock } from '../../runs/phase-clock.ts'
import { imaginationOf } from '../../worlds/dima/train/imagination.ts'
import { NETWORK_NAMES } from '../../worlds/dima/train/world-model.ts'
import type { Behaviour, BehaviourMetrics } from './behaviour.ts'
import type { DimaConfig } from './config.ts'
import type { Position } from './epoch-plan.ts'

export interface PolicyPhase {
  behaviour: Behaviour
  lanes: Lanes
  config: DimaConfig
  task: TaskSpec
  data: Data
  /** of all that was played */
  ends: number
  position: Position
  clock: PhaseClock
  /** times that all updates of an epoch are made */
  rounds: number
  /** learning rate at a share of this epoch's updates */
  rate(share: number): number
  /** after every update */
  onUpdate(losses: { actor: number; critic: number }, share: number): void
  signal?: AbortSignal | undefined
}

/** Lines of metrics about the last update. */
export async function improvePolicy(phase: PolicyPhase): Promise<MetricLine[]> {
  const { behaviour, config, data, clock, signal } = phase
  await loadWorldModel(phase)
  const updates = config.hyperparameters.behaviour.updatesPerEpoch * phase.rounds
  let lines: MetricLine[] = []
  for (let i = 0; i < updates && !signal?.aborted; i++) {
    const rate = phase.rate(i / updates)
    const metrics = await behaviour.update(data, rate, clock)
    phase.onUpdate({ actor: metrics.actor.loss!, critic: metrics.critic.loss! }, (i + 1) / updates)
    lines = linesOf(metrics, rate, phase)
  }
  return lines
}

async function loadWorldModel({ lanes, task, config, data, ends, clock }: PolicyPhase): Promise<void> {
  const parameters = await Promise.all(NETWORK_NAMES.map((name) => lanes.learner(name).parameters()))
  const { statistics } = data
  const { plan } = config.hyperparameters.behaviour
  const { spec, graphs } = imaginationOf(task, { ...config, plan }, { statistics, ends }, parameters)
  await clock.time('imagine', () => lanes.load(spec, graphs))
}

function linesOf(
  { imagination, actor, critic }: BehaviourMetrics,
  learning_rate: number,
  { behaviour, data, position: { epoch, steps } }: PolicyPhase,
): MetricLine[] {
  const { updates: update } = behaviour.state
  const true_reward = meanReward(data.replay.episodes.at(-1)!)
  return [
    { epoch, network: 'actor', update, learning_rate, ...actor },
    { epoch, network: 'critic', update, learning_rate, ...critic },
    { epoch, steps, ...imagination, true_reward, policy_std: actor.policy_std! },
  ]
}

const meanReward = ({ rewards, length }: Episode): number => rewards.reduce((a, b) => a + b, 0) / length
