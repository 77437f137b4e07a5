// A client that sends what it likes.
import { once } from 'node:events'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { readMessage } from '../../../src/env/bridge/read-message.ts'
import { writeMessage } from '../../../src/env/bridge/write-message.ts'
import type { Message } from './fake-server.ts'

export class RawClient {
  readonly socket: WebSocket
  /** The code of the close frame. */
  readonly closed: Promise<number>
  private readonly messages: Message[] = []
  private arrived: () => void = () => {}
  private ended = false

  private constructor(url: string, headers: Record<string, string>) {
    this.socket = new WebSocket(url, { headers })
    this.socket.on('message', (data: Buffer) => {
      this.messages.push(readMessage(data))
      this.arrived()
    })
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code) => {
        this.ended = true
        this.arrived()
        resolve(code)
      })
    })
  }

  /** Opens a socket and takes the greeting. Rejects with what the server answers instead. */
  static async open(url: string, headers: Record<string, string> = {}): Promise<RawClient> {
    const client = new RawClient(url, headers)
    onTestFinished(() => client.socket.terminate())
    await once(client.socket, 'open')
    await client.next()
    return client
  }

  send(message: Message | Buffer | string): void {
    this.socket.send(
      typeof message === 'string' || Buffer.isBuffer(message) ? message : writeMessage(message),
    )
  }

  /** The next message that came, or undefined when the socket is closed. */
  async next(): Promise<Message | undefined> {
    while (this.messages.length === 0 && !this.ended)
      await new Promise<void>((resolve) => {
        this.arrived = resolve
      })
    return this.messages.shift()
  }

  ask(message: Message | Buffer | string): Promise<Message | undefined> {
    this.send(message)
    return this.next()
  }
}
