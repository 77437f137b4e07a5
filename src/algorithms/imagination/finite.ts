// Imagined experience with a number that is not finite is no experience: the network that made the first one is named.
import { DimaError } from '../../common/errors.ts'
import { advice } from '../../learning/divergence.ts'
import type { Imagined } from './imagine.ts'

/** Which network of a world makes what of an imagined step. */
export interface WorldNetworks {
  observation: string
  state: string
  /** also the probability to go on */
  reward: string
}

interface Part {
  array: keyof Omit<Imagined, 'rows'>
  words: string
  maker: keyof WorldNetworks | 'actor'
}

/** Each step takes in what came before: it is observed first, then acted on, then the next state is imagined. */
const LOOP: readonly Part[] = [
  { array: 'observations', words: 'observation', maker: 'observation' },
  { array: 'actions', words: 'action', maker: 'actor' },
  { array: 'logProbabilities', words: 'log-probability', maker: 'actor' },
  { array: 'states', words: 'state', maker: 'state' },
]

/** Rewards may be of all steps of a row in one pass, so that a lost state is lost in every one of them. */
const JUDGED: readonly Part[] = [
  { array: 'rewards', words: 'reward', maker: 'reward' },
  { array: 'continues', words: 'probability to go on', maker: 'reward' },
]

/**
 * DimaError `not_finite` that names step, network and what to try.
 * @param horizon H, steps of a row
 */
export function demandFiniteImagination(imagined: Imagined, horizon: number, networks: WorldNetworks): void {
  const first = firstOf(LOOP, imagined, horizon) ?? firstOf(JUDGED, imagined, horizon)
  if (!first) return
  const { words, maker } = first.part
  const network = maker === 'actor' ? maker : networks[maker]
  const rateName = `${maker === 'actor' ? 'behaviour' : network}.learningRate`
  throw new DimaError(
    'not_finite',
    `${network}: the imagined ${words} of step ${first.step + 1} is ${first.value}${advice(rateName)}`,
    { field: network, given: String(first.value) },
  )
}

/** Of parts with the same step, the one that stands first. */
function firstOf(parts: readonly Part[], imagined: Imagined, horizon: number) {
  const found = parts.flatMap((part) => firstStep(imagined, part, horizon))
  return found.length > 0 ? found.reduce((a, b) => (b.step < a.step ? b : a)) : undefined
}

/** The earliest step, from 0, at which some row of an array has lost its numbers. */
function firstStep({ rows, ...arrays }: Imagined, part: Part, horizon: number) {
  const values = arrays[part.array]
  const shift = part.array === 'states' ? 1 : 0 // the state after the action; a row begins with one more
  const width = values.length / (rows * (horizon + shift))
  let [step, value] = [Number.POSITIVE_INFINITY, 0]
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue
    const at = (Math.floor(i / width) % (horizon + shift)) - shift
    if (at < step) [step, value] = [at, values[i]!]
  }
  return Number.isFinite(step) ? [{ part, step, value }] : []
}
