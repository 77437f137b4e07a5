// Every hyper-parameter of a HASAC run with its default, unit and source, and what tasks and presets change.
import Type, { type Static } from 'typebox'
import { parseConfig } from '../../common/config.ts'
import type { PresetName } from '../../networks/policy-sizes.ts'
import { evaluationField, playFields, positive, walkFields } from '../off-policy/hyperparameters.ts'
import { evaluationEpisodes, tunedTask } from '../tuned-task.ts'

export const HasacHyperparameters = Type.Object(
  {
    ...playFields,
    ...walkFields,
    actorLearningRate: positive(1e-3, 'Adam, of every actor (method.md 6.2)'),
    criticLearningRate: positive(1e-3, 'Adam, of both critics (method.md 6.2)'),
    polyak: Type.Number({
      default: 0.005,
      exclusiveMinimum: 0,
      maximum: 1,
      description:
        'share of the way that the target critics go to the critics with each update (method.md 6.2)',
    }),
    temperature: Type.Enum(['automatic', 'fixed'], {
      default: 'automatic',
      description:
        'weights of the entropy: one for each agent and one for the critics, learned from 1 on, or all the same (method.md 6.2)',
    }),
    alpha: positive(0.2, 'weight of the entropy where it is fixed (method.md 6.2)'),
    temperatureLearningRate: positive(3e-4, 'Adam, of the logarithms of the temperatures (method.md 6.2)'),
    ...evaluationField,
  },
  { additionalProperties: false },
)
export type HasacHyperparameters = Static<typeof HasacHyperparameters>

type Overlay = Partial<HasacHyperparameters>

interface Tuned {
  /** of HARL's tuned_configs */
  file: string
  values: Overlay
}

const ANT: Overlay = { nStep: 5, criticLearningRate: 3e-4, temperature: 'fixed' }
const CHEETAH: Overlay = { nStep: 10 }
const WALKER: Overlay = { nStep: 20, actorLearningRate: 5e-4, temperature: 'fixed' }
/** A transition of the hands takes 3.6 kB, and the paper's runs have 300,000: more are not kept. */
const HANDS: Overlay = {
  nStep: 20,
  actorLearningRate: 5e-4,
  criticLearningRate: 5e-4,
  gamma: 0.95,
  capacity: 300_000,
}

/** HARL's tuned files by task. Walker2d-3x2 has none, and its robot's values; BottleCap has none, and Pen's. */
export const HASAC_TUNED: Readonly<Record<string, Tuned>> = {
  'Ant-2x4': { file: 'mamujoco/Ant-v2-2x4', values: { ...ANT, batch: 2200 } },
  'Ant-4x2': { file: 'mamujoco/Ant-v2-4x2', values: ANT },
  'HalfCheetah-2x3': { file: 'mamujoco/HalfCheetah-v2-2x3', values: CHEETAH },
  'HalfCheetah-3x2': { file: 'mamujoco/HalfCheetah-v2-3x2', values: CHEETAH },
  'HalfCheetah-6x1': { file: 'mamujoco/HalfCheetah-v2-6x1', values: CHEETAH },
  'Walker2d-2x3': { file: 'mamujoco/Walker2d-v2-2x3', values: WALKER },
  'Walker2d-3x2': { file: 'mamujoco/Walker2d-v2-2x3', values: WALKER },
  'DexHands-BottleCap': { file: 'dexhands/ShadowHandPen', values: HANDS },
  'DexHands-DoorOpenInward': { file: 'dexhands/ShadowHandDoorOpenInward', values: HANDS },
  'DexHands-DoorOpenOutward': {
    file: 'dexhands/ShadowHandDoorOpenOutward',
    values: { ...HANDS, gamma: 0.99 },
  },
  'DexHands-Pen': { file: 'dexhands/ShadowHandPen', values: HANDS },
}

/** Of textbook SAC (Haarnoja et al. 2018, arXiv 1812.05905, Table 1), whatever the task: our own choice. */
const BUSY: Overlay = {
  updatesPerStep: 1,
  batch: 256,
  nStep: 1,
  actorLearningRate: 3e-4,
  criticLearningRate: 3e-4,
}

const TINY: Overlay = {
  copies: 3,
  stepsPerCopy: 20,
  warmupSteps: 120,
  updatesPerStep: 0.1,
  batch: 32,
  evaluation: { everySteps: 10_000, episodes: 2 },
}

/** `paper` has HARL's values, 0.05 updates a step; `small` the textbook's, one update a step, for fewer steps. */
export function hasacPreset(preset: PresetName, task: string): HasacHyperparameters {
  const { values = {} } = HASAC_TUNED[tunedTask(task)] ?? {}
  const { gamma, capacity } = values
  const busy = { ...(gamma && { gamma }), ...(capacity && { capacity }), ...BUSY }
  const overlay: Overlay = { debug: { ...values, ...TINY }, small: busy, paper: values }[preset]
  const evaluation = { ...overlay.evaluation, ...evaluationEpisodes(task) }
  return parseConfig(HasacHyperparameters, { ...overlay, evaluation })
}
