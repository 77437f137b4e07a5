// A rollout that is told step by step while it is imagined, past the horizon of the model if need be.

import type { StreamedEnd, StreamedStart, StreamedStep } from '../../api/rollout.ts'
import { abandonedBy } from '../../common/errors.ts'
import type { WorkOptions } from '../../inference/runner.ts'
import type { Manifest } from '../../registry/manifest.ts'
import { memoriesOf } from '../../worlds/kind-of.ts'
import { noveltyOf } from '../../worlds/novelty.ts'
import type { ServerContext } from '../context.ts'
import { chosenFields } from '../rollout/choice.ts'
import { divergedAt, firstNotFinite } from '../rollout/diverged.ts'
import { LiveRows, type Stepped } from '../rollout/live-rows.ts'
import { parseStreamedRollout } from '../rollout/parse.ts'
import { agentNames, modelUsed, type Reply, vector } from '../rollout/views.ts'
import { WireTensor } from '../wire/tensor.ts'
import type { Caller, Operation } from './operation.ts'
import { pay } from './paid.ts'
import { recordRollout } from './rollout.ts'
import { timingOf, workOptions } from './timing.ts'

export const rolloutStream: Operation = async (context, fields, caller) => {
  const { catalog, limits, metrics, streams } = context
  const parsed = parseStreamedRollout(fields, catalog, limits)
  caller.found?.(parsed.bundle)
  const leave = streams.take(caller.owner)
  try {
    const { lengths, took } = await tellPaid(context, parsed, caller)
    recordRollout(metrics, parsed, took)
    const end: Reply<StreamedEnd> = { type: 'end', lengths, timing: timingOf(took, caller) }
    return end
  } finally {
    leave()
  }
}

type Parsed = ReturnType<typeof parseStreamedRollout>

/** Charges for the whole and gives back what was not imagined, for whichever reason. */
async function tellPaid(context: ServerContext, parsed: Parsed, caller: Caller): Promise<Told> {
  const { batch, horizon } = parsed.rollout
  const lengths = Array<number>(batch).fill(horizon)
  const told: Told = { steps: 0, lengths, took: { queueMs: 0, computeMs: 0 } }
  const giveBack = pay(caller, batch * horizon)
  try {
    await tellSteps(context, parsed, caller, told)
    return told
  } finally {
    giveBack(batch * (horizon - told.steps))
  }
}

/** What a stream has told so far. */
interface Told {
  steps: number
  /** [B] */
  lengths: number[]
  took: { queueMs: number; computeMs: number }
}

async function tellSteps(
  { runner, catalog }: ServerContext,
  parsed: Parsed,
  caller: Caller,
  told: Told,
): Promise<void> {
  const { bundle, rollout, deadlineMs } = parsed
  const { took, lengths } = told
  const rows = new LiveRows(runner, memoriesOf(catalog.kinds, bundle.manifest), bundle, rollout)
  for await (const [t, outcomes] of imagine(rows, workOptions(caller, deadlineMs))) {
    told.steps = t + 1
    took.queueMs += longest(outcomes, ({ queueMs }) => queueMs)
    took.computeMs += longest(outcomes, ({ computeMs }) => computeMs)
    outcomes.forEach(({ terminated }, row) => {
      if (terminated) lengths[row] = Math.min(lengths[row]!, t + 1)
    })
    // Not before the first step is there: until then a failure can still be the answer as a whole.
    if (t === 0) await emit(caller, started(parsed))
    await emit(caller, stepped(parsed, t, outcomes))
  }
}

/** Waits for room, so that no more than a step is imagined for a caller that does not read. */
async function emit({ emit, signal }: Caller, event: object): Promise<void> {
  if (!emit) throw new Error('a streamed rollout needs someone to tell its steps to')
  await emit(event)
  if (signal.aborted) throw abandonedBy(signal, 'the caller has gone')
}

/** All rows take a step, then all take the next. */
async function* imagine(
  rows: LiveRows,
  options: WorkOptions,
): AsyncGenerator<[t: number, outcomes: Stepped[]]> {
  await rows.begin(options)
  for (let t = 0; t < rows.horizon; t++) {
    const outcomes = await rows.step(t, options)
    for (const [row, outcome] of outcomes.entries()) checkOutcome(outcome, row, t)
    yield [t, outcomes]
  }
}

function checkOutcome(outcome: Stepped, row: number, t: number): void {
  const { carried, state, observations, reward, terminationProbability } = outcome
  for (const values of [carried, state, observations, Float64Array.of(reward, terminationProbability)])
    if (firstNotFinite(values) >= 0) throw divergedAt(row, t)
}

function started({ bundle, kind, rollout, clipped }: Parsed): Reply<StreamedStart> {
  const { batch, horizon, seed, choice } = rollout
  return {
    type: 'start',
    model: modelUsed(bundle),
    seed,
    ...chosenFields(kind.choices.describe(choice, bundle.manifest)),
    agents: agentNames(bundle.manifest),
    rows: batch,
    horizon,
    clipped_actions: clipped,
  }
}

function stepped(
  { bundle: { manifest }, rollout }: Parsed,
  t: number,
  outcomes: Stepped[],
): Reply<StreamedStep> {
  const O = manifest.observation.length
  const observed = (agent: number) =>
    stack(outcomes, ({ observations }) => observations.subarray(agent * O, (agent + 1) * O))
  const states = stack(outcomes, ({ state }) => state) // [B, S]
  return {
    type: 'step',
    t,
    states,
    observations: Object.fromEntries(manifest.agents.map(({ name }, agent) => [name, observed(agent)])),
    rewards: column(outcomes, ({ reward }) => reward),
    terminations: outcomes.map(({ terminated }) => terminated),
    termination_probabilities: column(outcomes, ({ terminationProbability }) => terminationProbability),
    ood: vector(noveltyOf(states.data, manifest)),
    ...(rollout.policy ? { actions: jointActions(outcomes, manifest) } : {}),
  }
}

/** [B, N, A] */
function jointActions(outcomes: Stepped[], { agents, action }: Manifest): WireTensor {
  const { data } = stack(outcomes, (outcome) => outcome.action)
  return new WireTensor(data, [outcomes.length, agents.length, action.dimension])
}

type Numbers = Float32Array | Float64Array

/** [B, width] in the type of the parts. */
function stack(outcomes: Stepped[], part: (outcome: Stepped) => Numbers): WireTensor {
  const first = part(outcomes[0]!)
  const Kind = first.constructor as new (length: number) => Numbers
  const data = new Kind(outcomes.length * first.length)
  outcomes.forEach((outcome, row) => {
    data.set(part(outcome), row * first.length)
  })
  return new WireTensor(data, [outcomes.length, first.length])
}

/** [B] */
const column = (outcomes: Stepped[], part: (outcome: Stepped) => number): WireTensor =>
  new WireTensor(Float64Array.from(outcomes, part), [outcomes.length])

const longest = (outcomes: Stepped[], part: (outcome: Stepped) => number): number =>
  Math.max(...outcomes.map(part))
