// A graph whose networks' weights are given with each call: networks that learn are asked between their updates.
import type { NamedTensors } from '../common/tensors.ts'
import type { Device } from '../engine/device.ts'
import { type GraphSession, openGraphSession } from '../engine/session.ts'
import { bucketFeeds } from '../graph/bucket-tensors.ts'
import { compileLentWeights, type LentWeightsOptions } from '../graph/lent-weights.ts'

export interface LentSessionOptions {
  device?: Device
  threads?: number
}

export class LentSession {
  private readonly session: GraphSession

  private constructor(session: GraphSession) {
    this.session = session
  }

  static async open(graph: LentWeightsOptions, options: LentSessionOptions = {}): Promise<LentSession> {
    return new LentSession(await openGraphSession(compileLentWeights(graph), options))
  }

  /** @param networks their parameters by bucket, by name: nobody may write into them until this settles */
  run(networks: Readonly<Record<string, Float32Array[]>>, inputs: NamedTensors): Promise<NamedTensors> {
    const lent = Object.entries(networks).map(([name, parameters]) => bucketFeeds(name, parameters))
    return this.session.run(Object.assign({ ...inputs }, ...lent))
  }

  close(): Promise<void> {
    return this.session.release()
  }
}
