// A person before a player, whose server and clock are the test's.
import { Player } from '../../../src/playground/play/player.ts'
import { FakeServer, model, turn } from './fake-server.ts'

const FRAME_MS = 16

export class Seat {
  readonly server = new FakeServer()
  readonly player: Player
  /** ms */
  private now = 1000

  constructor(more: object = {}) {
    const sleep = async (ms: number) => {
      this.now += ms
      await turn()
    }
    const outside = {
      connect: async () => this.server.stream,
      openTruth: async () => Promise.reject(new Error('there is none')),
      pad: () => undefined,
      now: () => this.now,
      sleep,
    }
    this.player = new Player({ ...model, ...more }, outside, 7)
  }

  /** Sits down: the first episode has begun. Both agents are at their sliders. */
  static async taken(more?: object): Promise<Seat> {
    const seat = new Seat(more)
    await seat.player.open(() => {})
    for (const agent of [0, 1]) seat.player.setActor(agent, 'sliders')
    return seat
  }

  /** Pictures, and what the server answers between them. */
  async watch(pictures: number): Promise<void> {
    for (let i = 0; i < pictures; i++) {
      this.now += FRAME_MS
      this.player.frame(this.now)
      for (let k = 0; k < 4; k++) await turn()
    }
  }

  async step(): Promise<void> {
    this.player.transport.stepOnce()
    await this.watch(6)
  }

  /** The last state. */
  get state(): number[] {
    const { tape } = this.player
    return [...tape.state(tape.end - 1)]
  }
}
