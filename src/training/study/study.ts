// Which plan predicts best, and at what action noise: one denoiser a data set, every plan on each. All that is finished is
// kept in the study's folder, so the same call goes on where it was cut off.
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { DimaError } from '../../common/errors.ts'
import { writeFileAtomic } from '../../common/files.ts'
import type { TaskSpec } from '../../env/task-spec.ts'
import type { PresetName } from '../../networks/presets.ts'
import { DATA_SETS, type DataSet, meanReturn, type Played } from './data-sets.ts'
import { type HeldOutLosses, heldOutLosses } from './held-out-losses.ts'
import { type PlanCost, planCosts } from './plan-costs.ts'
import { type PlanError, planErrors } from './plan-errors.ts'
import { simulatorOf } from './subject.ts'
import { dataOf, type Masks, trainDenoiser } from './train-denoiser.ts'

export interface StudyOptions {
  task: TaskSpec
  preset: PresetName
  /** folder of the study */
  out: string
  updates: number
  segments: number
  seed: number
  onUpdate?: (denoiser: string, update: number, loss: number) => void
}

export interface DenoiserScores {
  dataSet: DataSet
  masks: Masks
  updates: number
  /** mean return of its episodes */
  return: number
  losses: HeldOutLosses
  errors: PlanError[]
}

export interface StudiedDenoiser {
  dataSet: DataSet
  masks: Masks
}

/** What is trained, the most telling first: a study that is cut off has both ends of the noise. */
export const DENOISERS: readonly StudiedDenoiser[] = [
  ...['policy-0.3655', 'policy-0.11', 'policy-0.05', 'untrained-0.3655'].map((name) => named(name, 'mixed')),
  ...['policy-0.3655', 'policy-0.11'].map((name) => named(name, 'one')),
]

function named(name: string, masks: Masks): StudiedDenoiser {
  return { dataSet: DATA_SETS.find((one) => one.name === name)!, masks }
}

export const denoiserName = ({ dataSet, masks }: StudiedDenoiser): string => `${dataSet.name}-${masks}`

/** Those named in `policy-0.11-one,policy-0.11-mixed`; all for an empty text. */
export function parseDenoisers(text: string): readonly StudiedDenoiser[] {
  if (text === '') return DENOISERS
  const [names, known] = [text.split(','), DENOISERS.map(denoiserName)]
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined)
    throw new DimaError('invalid_config', `there is no denoiser ${unknown}`, {
      field: 'only',
      expected: known.join(),
      given: unknown,
    })
  return DENOISERS.filter((one) => names.includes(denoiserName(one)))
}

/** Trains and scores one denoiser, or reads what was found before. */
export async function scoreDenoiser(
  denoiser: StudiedDenoiser,
  { train, heldOut }: Played,
  { task, preset, out, updates, segments, seed, onUpdate }: StudyOptions,
): Promise<DenoiserScores> {
  const { dataSet, masks } = denoiser
  const name = denoiserName(denoiser)
  const file = join(out, `${name}.json`)
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'))
  const data = dataOf(train)
  const training = { task, preset, masks, updates, seed }
  const report = (update: number, loss: number) => onUpdate?.(name, update, loss)
  const { p: parameters } = await trainDenoiser(training, data, join(out, `${name}.learner`), report)
  const { statistics } = data
  const simulator = await simulatorOf(task, preset, statistics, parameters)
  const scores = {
    dataSet,
    masks,
    updates,
    return: meanReturn([...train, ...heldOut]),
    losses: await heldOutLosses({ task, preset, statistics, parameters }, heldOut, seed),
    errors: await planErrors(simulator, heldOut, { segments, seed }),
  }
  await simulator.close()
  writeFileAtomic(file, json(scores))
  return scores
}

/** Times any denoiser: they differ in their weights alone. */
export async function timePlans(
  { train, heldOut }: Played,
  { task, preset, out }: StudyOptions,
  rounds: number,
): Promise<PlanCost[]> {
  const file = join(out, 'costs.json')
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'))
  const data = dataOf(train)
  const training = { task, preset, masks: 'mixed', updates: 0, seed: 1 } as const
  const { p } = await trainDenoiser(training, data, join(out, 'fresh.learner'))
  const simulator = await simulatorOf(task, preset, data.statistics, p)
  const costs = await planCosts(simulator, heldOut, rounds)
  await simulator.close()
  writeFileAtomic(file, json(costs))
  return costs
}

/** Writes study.json, or checks that the folder belongs to the very same study. */
export function claimStudy(out: string, identity: Record<string, unknown>): void {
  const file = join(out, 'study.json')
  mkdirSync(out, { recursive: true })
  if (!existsSync(file)) writeFileAtomic(file, json(identity))
  const kept = JSON.parse(readFileSync(file, 'utf8'))
  const field = Object.keys(identity).find((key) => !isDeepStrictEqual(kept[key], identity[key]))
  if (field === undefined) return
  throw new DimaError(
    'invalid_config',
    `${out} holds another study: ${field} differs; choose another --out`,
    {
      field,
    },
  )
}

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`
