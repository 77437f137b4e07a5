// The connection to the server, one for a run, and the session that goes over it.
import type { DimaStream } from '../../client/stream.ts'
import type { Mixer } from '../actors/mixer.ts'
import { Live } from './live.ts'
import type { Outside } from './outside.ts'

export class Connection {
  stream: DimaStream | undefined
  live: Live | undefined
  private closed = false
  private opening: Promise<Live> | undefined
  private readonly outside: Pick<Outside, 'connect'>
  private readonly mixer: Mixer

  constructor(outside: Pick<Outside, 'connect'>, mixer: Mixer) {
    this.outside = outside
    this.mixer = mixer
  }

  /** The session, when there is a connection. What can't be had now can be asked for again. */
  open(): Promise<Live> {
    this.opening ??= this.outside.connect().then(
      (stream) => this.opened(stream),
      (error) => {
        this.opening = undefined
        throw error
      },
    )
    return this.opening
  }

  close(): void {
    this.closed = true
    this.live?.leave()
    this.stream?.close()
  }

  private opened(stream: DimaStream): Live {
    this.stream = stream
    this.live = new Live(stream, this.mixer)
    if (this.closed) stream.close()
    return this.live
  }
}
