// The executor: a child process that holds the models' sessions and computes what it is asked. It keeps nothing that
// can't be rebuilt from the bundles and the requests, so it may be killed at any time. A rollout and a batch of live
// steps may be under way at once: each gives way to the other between two runs of a graph.
import { answerTo, type Numbered } from '../../common/calls.ts'
import { DimaError } from '../../common/errors.ts'
import { ignoreStopSignals } from '../../common/stop-signals.ts'
import { loadKinds } from '../../worlds/load-kinds.ts'
import { givenSession } from './given-session.ts'
import { LoadedModel } from './loaded-model.ts'
import type { Calls, FromExecutor, GraphBytes, ToExecutor } from './messages.ts'

/** Often enough that a few may be missed before anyone worries. */
const ALIVE_MS = 200

const kinds = loadKinds()
const session = givenSession()
const models = new Map<string, LoadedModel>()
/** by digest: graphs that are on their way */
const arriving = new Map<string, GraphBytes>()
/** Once the main process is gone there is nobody to tell, and `disconnect` ends this one. */
const send = (message: FromExecutor) => void process.send?.(message, undefined, {}, () => {})

/** What is not ours is `internal`, over there too. */
const known = (error: unknown): DimaError =>
  error instanceof DimaError
    ? error
    : new DimaError('internal', error instanceof Error ? error.message : String(error))

function take({ digest, graph, size, offset, bytes }: Calls['piece']['ask']): undefined {
  const graphs = arriving.get(digest) ?? {}
  arriving.set(digest, graphs)
  graphs[graph] ??= new Uint8Array(size)
  graphs[graph].set(bytes, offset)
}

async function load(bundle: Calls['load']['ask']['bundle']): Promise<Calls['load']['answer']> {
  const { digest, reference } = bundle
  const graphs = arriving.get(digest) ?? {}
  arriving.delete(digest)
  try {
    const model = await LoadedModel.open(await kinds, { ...bundle, graphs }, session)
    await unload(digest) // it may be loaded again
    models.set(digest, model)
    return { refused: undefined }
  } catch (error) {
    if (isDevices(error)) end(error)
    return { refused: { digest, reference, reason: known(error).message } }
  }
}

/** It passed its proof on this device: what fails now is the device, which may be lost or have no memory left. */
const isDevices = (error: unknown): error is DimaError =>
  error instanceof DimaError && error.details.field === 'device'

/** The next executor in this place may find it again. */
function end({ message }: DimaError): never {
  console.error(message)
  process.exit(1)
}

async function unload(digest: string): Promise<undefined> {
  const model = models.get(digest)
  models.delete(digest)
  await model?.close()
}

async function canary(): Promise<undefined> {
  for (const model of models.values()) await model.check()
}

function modelOf(digest: string): LoadedModel {
  const model = models.get(digest)
  if (!model) throw new DimaError('model_gone', 'the executor has no such model')
  return model
}

async function run(message: ToExecutor): Promise<unknown> {
  if (message.type === 'piece') return take(message)
  if (message.type === 'load') return load(message.bundle)
  if (message.type === 'unload') return unload(message.digest)
  if (message.type === 'canary') return canary()
  return modelOf(message.digest).use<unknown>((simulator) => {
    if (message.type === 'rollout') return simulator.rollout(message.rollout)
    if (message.type === 'step') return simulator.step(message.batch)
    if (message.type === 'act') return simulator.act(message.batch)
    return simulator.begin(message.starts, message.choice)
  })
}

process.on('message', async (message: Numbered<ToExecutor>) => {
  const running = run(message).catch((error) => Promise.reject(known(error)))
  send(await answerTo(message, () => running))
})
setInterval(() => send({ type: 'alive' }), ALIVE_MS)
process.on('disconnect', () => process.exit(0)) // the main process is gone
ignoreStopSignals()
