// The executor: a child process that holds the models' sessions and computes one chunk of rows at a time. It keeps
// nothing that can't be rebuilt from the bundles, so it may be killed at any time.
import { DimaError } from '../../common/errors.ts'
import { readChecked } from '../../registry/files.ts' // load.ts would bring the schema library: 1 s of starting time
import type { Bundle, GraphName } from '../../registry/load.ts'
import type { Rollout } from '../simulator/rollout.ts'
import { Simulator } from '../simulator/simulator.ts'
import type { ExecutorError, FromExecutor, RefusedBundle, ToExecutor } from './messages.ts'

const simulators = new Map<string, Simulator>()
const refused = new Map<string, RefusedBundle>()
const send = (message: FromExecutor) => void process.send?.(message)

const describe = (error: unknown): ExecutorError =>
  error instanceof DimaError
    ? { code: error.code, message: error.message, details: error.details }
    : { code: 'internal', message: error instanceof Error ? error.message : String(error), details: {} }

/** Loads every bundle it can: one that the engine rejects takes no other along. */
async function loadAll(bundles: Bundle[]): Promise<void> {
  for (const bundle of bundles) {
    const { digest, name, version } = bundle
    const reference = `${name}/${version}`
    try {
      simulators.set(digest, await open(bundle, reference))
    } catch (error) {
      refused.set(digest, { digest, reference, reason: describe(error).message })
    }
  }
  send({ type: 'ready', refused: [...refused.values()] })
}

async function open(bundle: Bundle, reference: string): Promise<Simulator> {
  const { manifest, directory } = bundle
  const read = (name: GraphName) => readChecked(directory, reference, manifest.graphs[name])
  const simulator = await Simulator.open(manifest, read)
  await simulator.rollout(oneStep(bundle)) // the first run of a session is slow: take it before a caller does
  return simulator
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

function simulatorOf(digest: string): Simulator {
  const simulator = simulators.get(digest)
  if (simulator) return simulator
  const refusal = refused.get(digest)
  if (refusal) throw new DimaError('invalid_bundle', `${refusal.reference}: ${refusal.reason}`)
  throw new DimaError('unknown_model', 'the executor has no such model')
}

async function compute({ id, digest, rollout }: Extract<ToExecutor, { type: 'rollout' }>): Promise<void> {
  try {
    send({ type: 'done', id, trajectories: await simulatorOf(digest).rollout(rollout) })
  } catch (error) {
    send({ type: 'error', id, error: describe(error) })
  }
}

process.on('message', (message: ToExecutor) => {
  void (message.type === 'load' ? loadAll(message.bundles) : compute(message))
})
process.on('disconnect', () => process.exit(0)) // the main process is gone
// A terminal or a service manager signals the whole group; running rollouts end when the main process says so.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {})
