// Compares two versions on the same held-out segments: both are given the same windows and actions and measured in the
// same units. The same call gives the same numbers.
import { DimaError } from '../../common/errors.ts'
import type { Device } from '../../engine/device.ts'
import { requireDevice } from '../../engine/device-flag.ts'
import type { TaskSpec } from '../../env/task-spec.ts'
import type { EpisodeSource } from '../../episodes/sources/source.ts'
import type { Bundle } from '../../registry/load.ts'
import type { Manifest } from '../../registry/manifest.ts'
import { KINDS } from '../../worlds/kinds.ts'
import { openSimulator } from '../../worlds/open-simulator.ts'
import { type Contender, misfits, readContender } from './contender.ts'
import { heldOutEpisodes } from './held-out.ts'
import { type Performance, perform } from './performance.ts'
import { createTrials, type Trials } from './trials.ts'
import { judge, type Verdict } from './verdict.ts'

export interface ComparisonOptions {
  segments: number
  /** for each of the two */
  episodes: number
  seed: number
  tolerance: number
  /** that both imagine on; default: the CPU */
  device?: Device
}

export interface Comparison {
  /** `name/version` */
  current: string
  next: string
  episodes: string
  segments: number
  verdicts: Verdict[]
}

/** DimaError `invalid_config` when they are of different kinds, so that no comparison says anything. */
export async function compare(
  current: Bundle,
  next: Bundle,
  source: EpisodeSource,
  options: ComparisonOptions,
): Promise<Comparison> {
  if (options.device) await requireDevice(options.device)
  const contenders: [Contender, Contender] = [await readContender(current), await readContender(next)]
  const [a, b] = contenders
  const wrong = misfits(a.manifest, b.manifest)
  if (wrong.length > 0)
    throw new DimaError(
      'invalid_config',
      `${b.reference} can't take the place of ${a.reference}: ${wrong.join('; ')}`,
    )
  checkSource(source.spec, a.manifest)
  const { episodes, words } = await heldOutEpisodes(source, contenders, options)
  const trials = createTrials(a.manifest, episodes, options)
  const scale = commonScale(a.manifest, b.manifest)
  const sides = []
  for (const { loaded, manifest } of contenders)
    sides.push({ manifest, performance: await performanceOf(loaded, trials, scale, options.device) })
  return {
    current: a.reference,
    next: b.reference,
    episodes: words,
    segments: options.segments,
    verdicts: judge(sides[0]!, sides[1]!, options.tolerance),
  }
}

/** What keeps a label where it is. */
export const worseIn = ({ verdicts }: Comparison): Verdict[] =>
  verdicts.filter(({ verdict, decisive }) => decisive && verdict === 'worse')

async function performanceOf(
  { spec, graphs }: Contender['loaded'],
  trials: Trials,
  scale: readonly number[],
  device: Device = 'cpu',
): Promise<Performance> {
  const simulator = await openSimulator(KINDS, spec, graphs, { device })
  try {
    return await perform(simulator, trials, scale)
  } finally {
    await simulator.close()
  }
}

/** Models of different data have different deviations: errors are in units of both, their root mean square. */
function commonScale({ normalisation: a }: Manifest, { normalisation: b }: Manifest): number[] {
  return a.std.map((std, i) => Math.sqrt((std ** 2 + b.std[i]! ** 2) / 2))
}

function checkSource(spec: TaskSpec, manifest: Manifest): void {
  const shape = [spec.agents.map(({ name }) => name), spec.stateNames.length]
  const expected = [manifest.agents.map(({ name }) => name), manifest.state.length]
  if (JSON.stringify(shape) !== JSON.stringify(expected))
    throw new DimaError('invalid_config', `the episodes of ${spec.name} are not of ${manifest.environment}`, {
      expected,
      given: shape,
    })
}
