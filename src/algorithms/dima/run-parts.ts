// What a run of DIMA, or of its world model alone, is made of, and what each phase of an epoch is told.
import { DimaError } from '../../common/errors.ts'
import { moduleUrl } from '../../common/module-url.ts'
import type { TaskSpec } from '../../env/task-spec.ts'
import { Intake } from '../../episodes/replay/intake.ts'
import { Lanes } from '../../learning/lanes/lanes.ts'
import { withStatus } from '../../runs/heartbeat.ts'
import type { PhaseClock } from '../../runs/phase-clock.ts'
import type { TrainerOptions } from '../../runs/run-trainer.ts'
import { SIGMA_DATA } from '../../worlds/dima/networks/presets.ts'
import { dimensionsOf, NETWORK_NAMES } from '../../worlds/dima/train/world-model.ts'
import { type WorldModelBatches, worldModelBatches } from '../../worlds/dima/train/world-model-batches.ts'
import { Behaviour } from '../imagination/behaviour.ts'
import type { DimaConfig } from './config.ts'
import { EpochPlan, type Position } from './epoch-plan.ts'

export interface RunParts {
  config: DimaConfig
  task: TaskSpec
  plan: EpochPlan
  lanes: Lanes
  /** updates that learners of the world model take in a call */
  stepsPerCall: number
  intake: Intake
  batches: WorldModelBatches
  /** where a policy is learned */
  behaviour: Behaviour | undefined
}

/** One phase of the epoch at hand. */
export interface Phase {
  position: Position
  clock: PhaseClock
  /** after every update, with the share of the phase that is done */
  onUpdate(losses: Record<string, number>, share: number): void
  signal?: AbortSignal | undefined
}

const RECIPES = moduleUrl('./recipes', import.meta.url).href

/** Networks that the lanes are dealt: actor and critic learn when the world model does not. */
const GROUPS = [['denoiser', 'actor'], ['reward', 'critic'], ['decoder']]
/** The lightest by far: it fills what the others leave of two lanes. */
const ROAMING = ['decoder']
const WORLD_MODEL: ReadonlySet<string> = new Set(NETWORK_NAMES)

/** Compiles everything. The source stays the caller's. */
export async function openParts(config: DimaConfig, options: TrainerOptions): Promise<RunParts> {
  const { source, folder, resources } = options
  const task = source.spec
  const learns = config.hyperparameters.behaviour.updatesPerEpoch > 0
  if (learns && !source.play)
    throw new DimaError('invalid_config', 'a policy needs an environment to play in', { field: 'algorithm' })
  const groups = learns ? GROUPS : GROUPS.map((group) => group.filter((name) => WORLD_MODEL.has(name)))
  const opening = { recipes: RECIPES, task, config, resources, groups, roaming: ROAMING }
  const lanes = await withStatus(options.reporter, `compiling ${groups.flat().join(', ')}`, () =>
    Lanes.open(opening),
  )
  return {
    config,
    task,
    plan: new EpochPlan(config),
    lanes,
    stepsPerCall: resources.stepsPerCall,
    intake: new Intake(folder, source, config.hyperparameters),
    batches: worldModelBatches(task, config),
    behaviour: learns ? behaviourOf(config, task, lanes) : undefined,
  }
}

function behaviourOf({ hyperparameters, policy, seed }: DimaConfig, task: TaskSpec, lanes: Lanes): Behaviour {
  const { behaviour, recency } = hyperparameters
  const dims = dimensionsOf(task)
  const descending = Array.from({ length: dims.agents }, (_, i) => dims.agents - 1 - i)
  const world = {
    choice: { name: behaviour.plan, order: behaviour.plan === 'joint' ? [] : descending },
    stateScale: SIGMA_DATA,
    networks: { observation: 'decoder', state: 'denoiser', reward: 'reward' },
  }
  return new Behaviour({ lanes, dims, policy, hyperparameters: behaviour, recency, world, seed })
}
