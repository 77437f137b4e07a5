// The proof process: loads one bundle, asks everything of it, says how that went and ends. It may hang, crash or take
// all memory that it is let: nobody is served by it.
import { writeFileSync } from 'node:fs'
import { DimaError } from '../../common/errors.ts'
import { ignoreStopSignals } from '../../common/stop-signals.ts'
import { checkDocuments } from '../../registry/load.ts'
import { loadKinds } from '../../worlds/load-kinds.ts'
import { givenSession } from './given-session.ts'
import type { FromProof, ToProof } from './proof-messages.ts'
import { proveModel } from './prove-model.ts'
import { startWindow } from './start-windows.ts'

const ALIVE_MS = 100

const send = (message: FromProof, sent: () => void = () => {}) =>
  void process.send?.(message, undefined, {}, sent)

async function prove({ bundle }: ToProof): Promise<FromProof> {
  try {
    const starts = await checkDocuments(bundle)
    await proveModel(bundle, await loadKinds(), (file) => send({ type: 'doing', file }), givenSession())
    return { type: 'proven', starts: starts.map(startWindow) }
  } catch (error) {
    const own = error instanceof DimaError && error.code === 'invalid_bundle'
    // Anything else is the engine's or the kind's own, and may name places of this machine: for the log alone.
    if (!own) console.error(error)
    return { type: 'refused', reason: own ? error.message : 'the proof failed' }
  }
}

/** Where memory is short, this process is the one to end. Needs no privilege; there is no such file elsewhere. */
function offerItself(): void {
  try {
    writeFileSync('/proc/self/oom_score_adj', '1000')
  } catch {
    // not Linux
  }
}

offerItself()
process.on('message', async (message: ToProof) => {
  send(await prove(message), () => process.exit(0))
})
setInterval(() => send({ type: 'alive' }), ALIVE_MS)
process.on('disconnect', () => process.exit(0))
ignoreStopSignals()
send({ type: 'up' })
