// `npm start -- --check`: whether a server with these settings would work on this machine, without starting it.
import { tryAddress } from '../../common/listen-address.ts'
import { isLoopback } from '../../common/loopback.ts'
import type { Placement } from '../../engine/device.ts'
import { sessionAt } from '../../inference/executors/pool.ts'
import { proveIn } from '../../inference/executors/proof.ts'
import { openRepository, Repository } from '../../registry/repository.ts'
import type { Kinds } from '../../worlds/world.ts'
import { readKeys } from '../auth/key-file.ts'
import type { ServerConfig } from '../config.ts'
import { proofLimits, readTls } from '../open-server.ts'
import { executorsOn, openPlacement } from '../placement.ts'
import { type Finding, found, ok, warn } from './finding.ts'
import { coresFinding, memoryFinding } from './memory.ts'
import { modelsFindings, proofFinding } from './models.ts'

const quiet = { info: () => undefined, error: () => undefined }

/** Each part as soon as it has been looked at. */
export async function* checkMachine(config: ServerConfig, kinds: Kinds): AsyncGenerator<Finding> {
  yield ok('node', `${process.version} on ${process.platform} ${process.arch}`)
  yield* await found('address', () => addressFinding(config))
  yield* await found('access', () => accessFinding(config))
  const device = await found('device', async () => ok('device', (await openPlacement(config, quiet)).device))
  yield* device
  const works = device.every(({ verdict }) => verdict === 'ok')
  const on = works ? await openPlacement(config, quiet) : undefined
  if (on) yield coresFinding(executorsOn(on))
  yield* modelsOf(config, kinds, on)
}

async function addressFinding({ HOST: host, PORT: port }: ServerConfig): Promise<Finding> {
  await tryAddress({ host, port }, { host: 'HOST', port: 'PORT' })
  return ok('address', port === 0 ? `a free port of ${host}` : `${host}:${port} is free`)
}

async function accessFinding(config: ServerConfig): Promise<Finding> {
  const { HOST, KEYS, TLS_CERT } = config
  if (TLS_CERT) await readTls(config)
  const who = KEYS ? `${(await readKeys(KEYS)).length} keys` : 'no keys'
  if (isLoopback(HOST)) return ok('access', `this machine alone, ${who}`)
  if (!TLS_CERT)
    return warn('access', `other machines too, ${who}, in clear text: TLS_CERT, or a proxy in front`)
  return ok('access', `other machines too, ${who}, https`)
}

/** @param on absent: there is nothing to compute with, so only files are looked at */
async function* modelsOf(config: ServerConfig, kinds: Kinds, on?: Placement): AsyncGenerator<Finding> {
  let repository = new Repository([])
  yield* await found('models', async () => {
    repository = await openRepository(config.MODELS, kinds)
    return modelsFindings(config.MODELS, repository)
  })
  if (!on || repository.bundles.length === 0) return
  yield memoryFinding(repository.bundles, executorsOn(on))
  const prove = proveIn(kinds, proofLimits(config, on), quiet, sessionAt(on, 0))
  for (const name of repository.names())
    yield* await found('proof', () => proofFinding(repository.resolve(name), prove))
}
