// What `npm run evaluate` wrote into a run's folder, as a summary has it: returns and rewards in evaluation.json, errors on
// fixed sets of episodes in held-out.json.
import { existsSync, readFileSync, statSync } from 'node:fs'
import Type, { type Static, type TSchema } from 'typebox'
import Value from 'typebox/value'
import { parseJson } from '../../common/json.ts'
import { damaged } from '../../report/damaged.ts'
import type { RunFolder } from '../../runs/run-folder.ts'
import { SET_NAMES } from '../sets/names.ts'
import { round } from './curves.ts'
import type { ModelErrors, Returns, RunSummary } from './summary.ts'

const PlayedReturns = Type.Object({
  episodes: Type.Integer(),
  mean: Type.Number(),
  std: Type.Number(),
  success: Type.Optional(Type.Number()),
})

/** The part of evaluation.json that is kept; the rest may be anything. */
const Evaluation = Type.Object({
  policy: Type.Object({
    meanActions: PlayedReturns,
    sampledActions: PlayedReturns,
    imaginedReward: Type.Number(),
    realReward: Type.Number(),
    rewardRelativeError: Type.Number(),
  }),
})

const Errors = {
  oneStepStateL1: Type.Number(),
  cumulativeStateL1: Type.Array(Type.Number(), { minItems: 1 }), // by step 1..H
}
const SetScore = Type.Object({ episodes: Type.Integer(), ...Errors, persistence: Type.Object(Errors) })

/** The part of held-out.json that is kept. */
const HeldOut = Type.Object({
  plan: Type.String(),
  seed: Type.Integer(),
  segments: Type.Integer(),
  sets: Type.Object(Object.fromEntries(SET_NAMES.map((name) => [name, Type.Optional(SetScore)]))),
})

type Scored = Pick<RunSummary, 'meanActions' | 'sampledActions' | 'reward' | 'errors'>

/**
 * Scores that are older than the checkpoint are left out: the run has learned on since.
 * DimaError `invalid_config` for a file that is none.
 * @param onSkipped gets why scores are left out
 */
export function readScores(folder: RunFolder, onSkipped: (why: string) => void): Scored {
  const trained = statSync(folder.file('checkpoint.msgpack')).mtimeMs
  const read = <S extends TSchema>(name: string, schema: S): Static<S> | undefined => {
    const path = folder.file(name)
    if (!existsSync(path)) return undefined
    if (statSync(path).mtimeMs >= trained) return readAs(schema, path)
    onSkipped(`${path} is older than the checkpoint and left out: evaluate again`)
    return undefined
  }
  const [evaluation, heldOut] = [read('evaluation.json', Evaluation), read('held-out.json', HeldOut)]
  return { ...(evaluation && policyOf(evaluation)), errors: heldOut ? errorsOf(heldOut) : [] }
}

function readAs<S extends TSchema>(schema: S, path: string): Static<S> {
  const scores = parseJson(readFileSync(path, 'utf8'))
  if (Value.Check(schema, scores)) return scores
  const [error] = Value.Errors(schema, scores)
  throw damaged(path, `${error?.instancePath.slice(1).replaceAll('/', '.')} ${error?.message}`)
}

export const policyOf = ({ policy }: Static<typeof Evaluation>): Omit<Scored, 'errors'> => ({
  meanActions: returnsOf(policy.meanActions),
  sampledActions: returnsOf(policy.sampledActions),
  reward: {
    imagined: round(policy.imaginedReward, 4),
    real: round(policy.realReward, 4),
    relativeError: round(policy.rewardRelativeError, 4),
  },
})

const returnsOf = ({ mean, std, episodes, success }: Static<typeof PlayedReturns>): Returns => ({
  mean: round(mean, 1),
  std: round(std, 1),
  episodes,
  ...(success !== undefined && { success: round(success, 3) }),
  by: 'evaluate',
})

export function errorsOf({ plan, seed, segments, sets }: Static<typeof HeldOut>): ModelErrors[] {
  return SET_NAMES.flatMap((set): ModelErrors[] => {
    const score = (sets as Partial<Record<string, Static<typeof SetScore>>>)[set]
    if (!score) return []
    const { episodes, cumulativeStateL1, persistence } = score
    const drawn = { plan, seed, episodes, segments, horizon: cumulativeStateL1.length }
    return [{ set, ...drawn, ...sumsOf(score), persistence: sumsOf(persistence) }]
  })
}

const sumsOf = (of: Pick<Static<typeof SetScore>, keyof typeof Errors>) => ({
  oneStep: round(of.oneStepStateL1, 4),
  sum: round(of.cumulativeStateL1.at(-1)!, 4),
})
