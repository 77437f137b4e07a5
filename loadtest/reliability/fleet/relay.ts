// A TCP relay between a server and its store that can be cut, in the ways in which networks are.
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/**
 * drop: connections are reset, and new ones too. hang: nothing comes through, and what was on its way arrives when that is
 * over; connections made meanwhile stay dead for good. delay: everything arrives DELAY_MS later.
 */
export const CUTS = ['drop', 'hang', 'delay'] as const
export type Cut = (typeof CUTS)[number]

const DELAY_MS = 150

export class Relay {
  private readonly server: Server
  private readonly target: number
  private readonly pairs = new Set<[near: Socket, far: Socket]>()
  private readonly dead = new Set<Socket>()
  private cut: Cut | undefined

  private constructor(target: number) {
    this.target = target
    this.server = createServer((near) => this.accept(near))
  }

  /** @param target a port of this machine */
  static async open(target: number): Promise<Relay> {
    const relay = new Relay(target)
    relay.server.listen(0, '127.0.0.1')
    await once(relay.server, 'listening')
    return relay
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port
  }

  /** Connections that were accepted and will never be answered. */
  get unanswered(): number {
    return this.dead.size
  }

  begin(cut: Cut): void {
    this.cut = cut
    for (const pair of this.pairs) {
      for (const socket of pair) {
        if (cut === 'drop') socket.resetAndDestroy()
        else if (cut === 'hang') socket.pause()
      }
    }
  }

  heal(): void {
    this.cut = undefined
    for (const pair of this.pairs) for (const socket of pair) socket.resume()
  }

  close(): void {
    this.server.close()
    for (const pair of this.pairs) for (const socket of pair) socket.destroy()
    for (const socket of this.dead) socket.destroy()
  }

  private accept(near: Socket): void {
    near.on('error', () => {}) // close follows
    if (this.cut === 'drop') return void near.resetAndDestroy()
    if (this.cut === 'hang') {
      this.dead.add(near)
      return
    }
    const far = connect(this.target, '127.0.0.1')
    far.on('error', () => {})
    const pair: [Socket, Socket] = [near, far]
    this.pairs.add(pair)
    this.forward(near, far)
    this.forward(far, near)
    const end = () => {
      this.pairs.delete(pair)
      for (const socket of pair) socket.destroy()
    }
    near.once('close', end)
    far.once('close', end)
  }

  /** In order, whatever the delay was when something came. */
  private forward(from: Socket, to: Socket): void {
    const waiting: Buffer[] = []
    let due = 0
    const pass = () => {
      const bytes = waiting.shift()!
      if (!to.destroyed) to.write(bytes)
    }
    from.on('data', (bytes: Buffer) => {
      const now = performance.now()
      due = Math.max(due, this.cut === 'delay' ? now + DELAY_MS : now)
      waiting.push(bytes)
      if (waiting.length === 1 && due <= now) pass()
      else setTimeout(pass, due - now)
    })
  }
}
