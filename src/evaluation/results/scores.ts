// What `npm run evaluate` wrote into a run's folder, as a summary has it.
import { existsSync, readFileSync, statSync } from 'node:fs'
import Type, { type Static } from 'typebox'
import Value from 'typebox/value'
import { parseJson } from '../../common/json.ts'
import { damaged } from '../../report/damaged.ts'
import type { RunFolder } from '../../runs/run-folder.ts'
import { HELD_OUT_SETS, type HeldOutSet, scoresFile } from '../held-out-sets.ts'
import { round } from './curves.ts'
import type { ModelErrors, Returns, RunSummary } from './summary.ts'

const Errors = Type.Object({
  oneStepStateL1: Type.Number(),
  cumulativeStateL1: Type.Array(Type.Number(), { minItems: 1 }), // by step 1..H
})
const PlayedReturns = Type.Object({ episodes: Type.Integer(), mean: Type.Number(), std: Type.Number() })

/** The part of evaluation.json that is kept; the rest may be anything. */
const Evaluation = Type.Object({
  episodes: Type.Integer(),
  segments: Type.Integer(),
  plans: Type.Array(Type.Intersect([Type.Object({ plan: Type.String() }), Errors]), { minItems: 1 }),
  persistence: Errors,
  policy: Type.Optional(
    Type.Object({
      meanActions: PlayedReturns,
      sampledActions: PlayedReturns,
      imaginedReward: Type.Number(),
      realReward: Type.Number(),
      rewardRelativeError: Type.Number(),
    }),
  ),
})
type Evaluation = Static<typeof Evaluation>

type Scored = Pick<RunSummary, 'meanActions' | 'sampledActions' | 'reward' | 'errors'>

/**
 * Of every set that was evaluated. Those older than the checkpoint are left out: the run has learned on since.
 * DimaError `invalid_config` for a file that is none.
 * @param onSkipped gets why scores are left out
 */
export function readScores(folder: RunFolder, onSkipped: (why: string) => void): Scored {
  const trained = statSync(folder.file('checkpoint.msgpack')).mtimeMs
  const sets = HELD_OUT_SETS.map((set) => ({ set, path: folder.file(scoresFile(set, true)) }))
  const found = sets.filter(({ path }) => existsSync(path))
  const isOld = ({ path }: { path: string }) => statSync(path).mtimeMs < trained
  for (const { path } of found.filter(isOld))
    onSkipped(`${path} is older than the checkpoint and left out: evaluate again`)
  const current = found.filter((one) => !isOld(one))
  const scored = current.map(({ set, path }) => scoresOf(readEvaluation(path), set))
  return Object.assign({}, ...scored, { errors: scored.flatMap(({ errors }) => errors) })
}

function readEvaluation(path: string): Evaluation {
  const evaluation = parseJson(readFileSync(path, 'utf8'))
  if (Value.Check(Evaluation, evaluation)) return evaluation
  const [error] = Value.Errors(Evaluation, evaluation)
  throw damaged(path, `${error?.instancePath.slice(1).replaceAll('/', '.')} ${error?.message}`)
}

export function scoresOf(evaluation: Evaluation, set: HeldOutSet): Scored {
  const { policy } = evaluation
  const errors = [errorsOf(evaluation, set)]
  if (!policy) return { errors }
  return {
    meanActions: returnsOf(policy.meanActions),
    sampledActions: returnsOf(policy.sampledActions),
    reward: {
      imagined: round(policy.imaginedReward, 4),
      real: round(policy.realReward, 4),
      relativeError: round(policy.rewardRelativeError, 4),
    },
    errors,
  }
}

/** Of the plan that is scored first, which is the kind's best. */
function errorsOf({ episodes, segments, plans, persistence }: Evaluation, set: HeldOutSet): ModelErrors {
  const [first] = plans
  const sums = (of: Static<typeof Errors>) => ({
    oneStep: round(of.oneStepStateL1, 4),
    sum: round(of.cumulativeStateL1.at(-1)!, 3),
  })
  const horizon = first!.cumulativeStateL1.length
  return {
    set,
    plan: first!.plan,
    horizon,
    episodes,
    segments,
    ...sums(first!),
    persistence: sums(persistence),
  }
}

const returnsOf = ({ mean, std, episodes }: Static<typeof PlayedReturns>): Returns => ({
  mean: round(mean, 1),
  std: round(std, 1),
  episodes,
  by: 'evaluate',
})
