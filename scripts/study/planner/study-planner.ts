// npm run study:planner: what plans earn in the true environment beside the policy, and whether they keep what they promise
// in the model. Every step is planned anew from the true state.
import Type, { type Static } from 'typebox'
import { type Row, record, significant, write } from '../../../loadtest/record.ts'
import { runCommand } from '../../../src/common/command.ts'
import { DimaError } from '../../../src/common/errors.ts'
import { mean, sampleDeviation } from '../../../src/common/statistics.ts'
import { openGraphSession } from '../../../src/engine/session.ts'
import { makeEnv } from '../../../src/env/make-env.ts'
import { ofBundle, ofRun } from '../../../src/evaluation/sets/subject.ts'
import { KINDS } from '../../../src/worlds/kinds.ts'
import { openSimulator } from '../../../src/worlds/open-simulator.ts'
import { type Calibrated, type Care, calibration } from './calibration.ts'
import { CONTROLLERS, type Controller } from './controllers.ts'
import { type Control, type Played, play } from './episode.ts'
import { inTheModel } from './in-the-model.ts'

const Flags = Type.Object(
  {
    run: Type.String({ default: '', description: 'run folder; default: --bundle' }),
    bundle: Type.String({ default: 'halfcheetah-2x3@stable', description: 'published model' }),
    models: Type.String({ default: 'models', description: 'models folder' }),
    starts: Type.Integer({ default: 5, minimum: 1, description: 'episodes of each controller' }),
    steps: Type.Integer({ default: 200, minimum: 1, description: 'of an episode' }),
    modelStarts: Type.Integer({
      default: 50,
      minimum: 0,
      description: 'starts for the comparison in the model',
    }),
    plans: Type.Integer({
      default: 40,
      minimum: 0,
      description: 'plans that are played to their end unchanged',
    }),
    only: Type.String({ default: '', description: 'regular expression of the controllers to play' }),
    seed: Type.Integer({ default: 1, minimum: 1, description: 'of the first episode; others follow' }),
    out: Type.String({ default: 'bench/planner.json', description: 'where to write the figures' }),
  },
  { additionalProperties: false },
)
type Flags = Static<typeof Flags>

/** Noises that candidates meet, and how much their deviation counts. */
const CARES: Care[] = [
  { samples: 1, risk: 0 },
  { samples: 8, risk: 0 },
  { samples: 8, risk: 1 },
]

async function main(flags: Flags): Promise<void> {
  const subject = flags.run ? await ofRun(flags.run) : await ofBundle(flags.models, flags.bundle)
  if (!subject.graphs.policy)
    throw new DimaError('no_policy', `${subject.model} has no policy`, { field: 'bundle' })
  const simulator = await openSimulator(KINDS, subject.spec, subject.graphs)
  const policy = await openGraphSession(subject.graphs.policy)
  const env = await makeEnv(subject.environment)
  const control: Control = { env, simulator, policy, discount: 0.99 }
  const able = CONTROLLERS.filter(
    ({ name, terminal }) =>
      new RegExp(flags.only).test(name) && (terminal !== 'value' || subject.graphs.value),
  )
  const { starts, steps, seed } = flags
  const notes = { model: subject.model, starts, steps, seed }
  const rows: Row[] = []
  for (const controller of able) {
    rows.push(await measure(control, controller, flags))
    write(flags.out, notes, rows)
  }
  const model = flags.modelStarts > 0 ? await inTheModel(control, flags.modelStarts, flags.seed) : undefined
  const promises: Calibrated[] = []
  if (flags.plans > 0)
    for (const care of CARES) promises.push(await calibration(control, flags.plans, flags.seed, care))
  env.close()
  await simulator.close()
  console.log(JSON.stringify({ model, promises }))
  record(flags.out, { ...notes, inTheModel: model ?? null, promises }, rows)
}

async function measure(
  control: Control,
  controller: Controller,
  { starts, steps, seed }: Flags,
): Promise<Row> {
  const played: Played[] = []
  for (let i = 0; i < starts; i++) {
    played.push(await play(control, controller, seed + i, steps))
    console.error(`${controller.name}, start ${i + 1}: ${played.at(-1)!.reward.toFixed(3)} a step`)
  }
  const rewards = played.map(({ reward }) => reward)
  return {
    controller: controller.name,
    reward: significant(mean(rewards)),
    error: significant((sampleDeviation(rewards) ?? 0) / Math.sqrt(starts)),
    imaginedSteps: Math.round(mean(played.map(({ imaginedSteps }) => imaginedSteps))),
    planMs: significant(mean(played.map(({ planMs }) => planMs))),
    novel: significant(mean(played.map(({ novel }) => novel))),
  }
}

runCommand('study:planner', Flags, main)
