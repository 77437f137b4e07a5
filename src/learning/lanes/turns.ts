// Whose turn it is in which lane, while several networks are trained side by side: a lane does one call at a time, and a
// network that may change lanes goes where the least is left to do, so that all lanes end together. What networks
// cost shows as they learn. Nothing of this is part of a result: updates of a network keep their order wherever they are made.

/** Where networks are. */
export interface Places {
  /** lanes */
  readonly size: number
  placeOf(name: string): number
  /** whether every lane can train it */
  roams(name: string): boolean
  move(name: string, lane: number): Promise<void>
}

/** Updates of its own that must be won before a network changes lanes: its state is copied then. */
const WORTH_A_MOVE = 20

interface Network {
  name: string
  /** updates to make */
  left: number
  /** of its calls but the first, in which things are opened; of that one while there is no other */
  seconds: number
  updates: number
  calls: number
}

export class Turns {
  private readonly places: Places
  private readonly now: () => number
  private readonly networks: Map<string, Network>
  private readonly busy = new Set<number>()
  private readonly waiting = new Map<string, (lane: number) => void>()

  /**
   * @param updates that each network is to make
   * @param now seconds
   */
  constructor(
    places: Places,
    updates: Readonly<Record<string, number>>,
    now = () => performance.now() / 1000,
  ) {
    this.places = places
    this.now = now
    this.networks = new Map(
      Object.entries(updates).map(([name, left]) => [name, { name, left, seconds: 0, updates: 0, calls: 0 }]),
    )
  }

  /** Waits for the network's turn; then its lane is its own until `call` has ended, which makes so many updates. */
  async take<T>(name: string, updates: number, call: () => Promise<T>): Promise<T> {
    const lane = await this.turn(name)
    try {
      await this.places.move(name, lane)
      const began = this.now()
      const result = await call()
      learned(this.networks.get(name)!, updates, this.now() - began)
      return result
    } finally {
      this.busy.delete(lane)
      this.deal()
    }
  }

  /**
   * Seconds until all updates are made: no network's can be made side by side, nor more calls than there are lanes. NaN
   * until each has had its first turn.
   */
  get secondsLeft(): number {
    const networks = [...this.networks.values()]
    if (networks.some(({ calls }) => calls === 0)) return Number.NaN
    const each = networks.map(secondsOf)
    return Math.max(each.reduce((a, b) => a + b, 0) / this.places.size, ...each)
  }

  private turn(name: string): Promise<number> {
    return new Promise((resolve) => {
      this.waiting.set(name, resolve)
      this.deal()
    })
  }

  /** Lets everyone begin whose lane is free; in a lane those go first that may change lanes. */
  private deal(): void {
    const { places } = this
    for (const name of [...this.waiting.keys()].toSorted(
      (a, b) => Number(places.roams(b)) - Number(places.roams(a)),
    )) {
      const lane = places.roams(name) ? this.bestLane(name) : places.placeOf(name)
      if (this.busy.has(lane)) continue
      const begin = this.waiting.get(name)!
      this.waiting.delete(name)
      this.busy.add(lane)
      begin(lane)
    }
  }

  /** Where least is left to do besides. It stays where it is unless a move is worth it. */
  private bestLane(name: string): number {
    const present = this.places.placeOf(name)
    const left = Array.from({ length: this.places.size }, (_, lane) => this.leftIn(lane))
    const best = left.indexOf(Math.min(...left))
    const { seconds, updates } = this.networks.get(name)!
    const worth = updates === 0 ? 0 : (WORTH_A_MOVE * seconds) / updates
    return left[present]! - left[best]! > worth ? best : present
  }

  /** Seconds of those that can be trained nowhere else. */
  private leftIn(lane: number): number {
    let seconds = 0
    for (const network of this.networks.values())
      if (!this.places.roams(network.name) && this.places.placeOf(network.name) === lane)
        seconds += secondsOf(network)
    return seconds
  }
}

const secondsOf = ({ left, seconds, updates }: Network): number =>
  updates === 0 ? 0 : (left * seconds) / updates

function learned(network: Network, updates: number, seconds: number): void {
  network.left -= updates
  if (++network.calls === 2) Object.assign(network, { seconds: 0, updates: 0 })
  network.seconds += seconds
  network.updates += updates
}
