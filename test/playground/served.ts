// A server of a small model with everything that the playground shows: body, policy and value. Of random weights.
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { resolveTask } from '../../src/env/make-env.ts'
import { bodyTree } from '../../src/env/mujoco/body-tree.ts'
import { readConfig } from '../../src/server/config.ts'
import { openServer } from '../../src/server/open-server.ts'
import { KINDS } from '../../src/worlds/kinds.ts'
import { publishedModel, trainedModel } from '../export/fixture.ts'
import { useCpu } from '../worlds/dima/networks/fixture.ts'

export interface Served {
  url: string
  close(): Promise<void>
}

/** Publishes two versions into a folder of models: the first has no body. */
export async function publishPlayModel(models: string): Promise<void> {
  await useCpu()
  const model = trainedModel({ policy: true, perceives: true })
  const { agents, stateNames, stateUnits } = model.task
  Object.assign(model.spec, {
    agents: agents.map(({ name, actuators }) => ({ name, actuators })),
    state: stateNames.map((name, i) => ({ name, unit: stateUnits[i] })),
    terminates: false, // drawn from random weights, ends would come at once
  })
  const body = await bodyTree(resolveTask('HalfCheetah-2x3'))
  await publishedModel(model, { policy: true, models })
  await publishedModel(model, { policy: true, models, body })
}

export async function serve(models: string, settings: Record<string, string> = {}): Promise<Served> {
  const config = readConfig({
    EXECUTORS: '1',
    RELOAD_SECONDS: '0',
    MODELS: models,
    PORT: '0',
    DRAIN_SECONDS: '1',
    ...settings,
  })
  const { app, close } = await openServer(config, KINDS, pino({ level: 'silent' }))
  await app.listen({ host: '127.0.0.1', port: config.PORT })
  return { url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`, close }
}
