// How fast updates go and how long the rest of a run will take at that pace.
import { NETWORK_NAMES, type NetworkName } from './world-model.ts'

export class Pace {
  private readonly updatesPerEpoch: Record<NetworkName, number>
  private readonly milliseconds: Partial<Record<NetworkName, number>> = {}

  constructor(updatesPerEpoch: Record<NetworkName, number>) {
    this.updatesPerEpoch = updatesPerEpoch
  }

  /** Notes what an update of a network takes. A network not seen yet counts nothing: the estimate starts low. */
  measure(name: NetworkName, milliseconds: number): void {
    this.milliseconds[name] = milliseconds
  }

  /** After `updates` updates of `name`, with training epochs finished before this one and to come after it. */
  estimate(name: NetworkName, updates: number, epochs: { before: number; after: number }) {
    const cost = (network: NetworkName) => this.updatesPerEpoch[network] * (this.milliseconds[network] ?? 0)
    const total = (networks: readonly NetworkName[]) =>
      networks.reduce((sum, network) => sum + cost(network), 0)
    const epoch = total(NETWORK_NAMES)
    const rest = total(NETWORK_NAMES.slice(NETWORK_NAMES.indexOf(name) + 1))
    const own = this.milliseconds[name]!
    const left = cost(name) - updates * own + rest + epochs.after * epoch
    return {
      done: 1 - left / (epoch * (epochs.before + 1 + epochs.after)),
      rate: 1000 / own,
      secondsLeft: left / 1000,
    }
  }
}
