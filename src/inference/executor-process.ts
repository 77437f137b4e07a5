// The executor: a child process that holds the models' sessions and computes one chunk of rows at a time. It keeps
// nothing that can't be rebuilt from the bundles, so it may be killed at any time.
import { DimaError } from '../common/errors.ts'
import { type Bundle, type GraphName, readGraph } from '../registry/load.ts'
import type { ExecutorError, FromExecutor, ToExecutor } from './messages.ts'
import type { Rollout } from './rollout.ts'
import { Simulator } from './simulator.ts'

const simulators = new Map<string, Simulator>()
const send = (message: FromExecutor) => void process.send?.(message)

const describe = (error: unknown): ExecutorError =>
  error instanceof DimaError
    ? { code: error.code, message: error.message, details: error.details }
    : { code: 'internal', message: error instanceof Error ? error.message : String(error), details: {} }

async function load(bundles: Bundle[]): Promise<void> {
  for (const bundle of bundles) {
    const read = (name: GraphName) => readGraph(bundle, name)
    const simulator = await Simulator.open(bundle.manifest, read)
    await simulator.rollout(oneStep(bundle)) // the first run of a session is slow: take it before a caller does
    simulators.set(bundle.digest, simulator)
  }
}

/** A rollout of one row and one step from the mean state. */
function oneStep({ manifest }: Bundle): Rollout {
  const { agents, action, context, normalisation, state } = manifest
  const states = new Float64Array(context * state.length)
  states.set(normalisation.mean, (context - 1) * state.length)
  const joint = agents.length * action.dimension
  return {
    batch: 1,
    horizon: 1,
    states,
    windows: Int32Array.of(1),
    pastActions: new Float32Array((context - 1) * joint),
    actions: new Float32Array(joint),
    seed: 0,
    plan: { name: 'joint', order: [] },
  }
}

async function handle(message: ToExecutor): Promise<void> {
  if (message.type === 'load') {
    await load(message.bundles).then(
      () => send({ type: 'ready' }),
      (error) => send({ type: 'failed', error: describe(error) }),
    )
    return
  }
  const { id, digest, rollout } = message
  try {
    const simulator = simulators.get(digest)
    if (!simulator) throw new DimaError('unknown_model', 'the executor has no such model')
    send({ type: 'done', id, trajectories: await simulator.rollout(rollout) })
  } catch (error) {
    send({ type: 'error', id, error: describe(error) })
  }
}

process.on('message', (message: ToExecutor) => void handle(message))
process.on('disconnect', () => process.exit(0)) // the main process is gone
