// npm run study:observations: what the decoder costs. Of a published model, decoded and exact observations of the same imagined
// states against what the environment showed; the graph `perceive` is put beside those of a bundle that has none.
import Type, { type Static } from 'typebox'
import { runCommand } from '../../src/common/command.ts'
import { DimaError } from '../../src/common/errors.ts'
import { unalignedTable } from '../../src/common/markdown.ts'
import { closedFormOf } from '../../src/env/closed-form.ts'
import { taskSpec } from '../../src/env/make-env.ts'
import { sourceFlags } from '../../src/episodes/sources/flags.ts'
import { decoderFloor, persistence } from '../../src/evaluation/baselines.ts'
import { drawSegments, rolloutOf, type Segments, sizesOf } from '../../src/evaluation/held-out.ts'
import { playSet } from '../../src/evaluation/sets/names.ts'
import { ofBundle, type SetSubject } from '../../src/evaluation/sets/subject.ts'
import { accumulate, stepErrors } from '../../src/evaluation/step-errors.ts'
import { compileServing } from '../../src/graph/serving-graph.ts'
import { widthsOf } from '../../src/networks/dimensions.ts'
import { perceiveGraph } from '../../src/networks/perceive-graph.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import { type OpenSimulator, openSimulator } from '../../src/worlds/open-simulator.ts'

const Flags = Type.Object(
  {
    bundle: Type.String({ default: 'halfcheetah-2x3@stable', description: 'published model' }),
    models: Type.String({ default: 'models', description: 'models folder' }),
    episodes: Type.Integer({ default: 5, minimum: 1, description: 'episodes with random actions' }),
    segments: Type.Integer({ default: 500, minimum: 1, description: 'start windows in them' }),
    seed: Type.Integer({ default: 1, minimum: 0, description: 'of episodes, windows and sampling' }),
    ...sourceFlags,
  },
  { additionalProperties: false },
)
type Flags = Static<typeof Flags>

async function main(flags: Flags): Promise<void> {
  const subject = await ofBundle(flags.models, flags.bundle)
  const source = await subject.open(flags, flags.episodes)
  const simulator = await withPerceive(subject)
  try {
    const episodes = await playSet('random', { source }, flags.episodes, flags.seed)
    const segments = drawSegments(episodes, flags.segments, flags.seed, sizesOf(subject.spec))
    console.log(`${subject.model}: ${flags.segments} segments of ${flags.episodes} random episodes\n`)
    console.log(await table(simulator, segments, flags.seed))
  } finally {
    await simulator.close()
    await source.close()
  }
}

/** DimaError `invalid_config` of a task without a closed form. */
async function withPerceive({ spec, graphs, environment }: SetSubject): Promise<OpenSimulator> {
  const task = taskSpec(environment)
  const form = closedFormOf(task)
  if (!form) throw new DimaError('invalid_config', `${environment} has no closed form`, { field: 'bundle' })
  const perceive = compileServing('perceive', perceiveGraph(widthsOf(task), form), [], undefined)
  return openSimulator(KINDS, { ...spec, perceives: true } as typeof spec, { ...graphs, perceive })
}

/** Mean over the entries of all agents' observations, whose deviation is 1: of one step, and added up over all. */
async function table(simulator: OpenSimulator, segments: Segments, seed: number): Promise<string> {
  const { spec, kind } = simulator
  const sizes = sizesOf(spec)
  const width = sizes.agents * sizes.observation
  const rows = [['observations', '1 step', `${sizes.horizon} steps`]]
  const add = (name: string, errors: readonly number[]) =>
    rows.push([name, errors[0]!.toFixed(4), errors.at(-1)!.toFixed(3)])
  for (const observations of ['decoded', 'exact']) {
    const choice = kind.choices.choose({ observations }, seed, spec)
    const imagined = await simulator.rollout(rolloutOf(segments, sizes, choice, seed))
    const errors = stepErrors(imagined.observations, segments.observations, sizes.horizon, width)
    add(`${observations}, of imagined states`, accumulate(errors))
  }
  add('decoded, of true states', (await decoderFloor(simulator, segments)).cumulativeObservationL1)
  add('nothing changes', persistence(simulator, segments).cumulativeObservationL1)
  return unalignedTable(rows)
}

runCommand('study:observations', Flags, main)
