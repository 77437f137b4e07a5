// The world around a player, in a browser.
import { ConnectionError } from '../../client/errors.ts'
import { DimaStream } from '../../client/stream.ts'
import { openTruth } from '../truth/truth.ts'
import { Watched } from '../watched.ts'
import type { Outside } from './outside.ts'

const PAUSE_MS = 500
/** A page that was left open goes on when its server is back, however late. */
const FOR_EVER_MS = 2 ** 31

/** Whether there is a connection, as far as the socket knows. */
export class Link extends Watched {
  open = false
  /** whether there was none when one was tried */
  refused = false

  /** A socket that tells. */
  socket(): typeof WebSocket {
    const link = this
    return class extends WebSocket {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(url, protocols)
        this.addEventListener('open', () => link.set(true))
        this.addEventListener('close', () => link.set(false))
      }
    }
  }

  private set(open: boolean): void {
    this.refused = !open && !this.open
    this.open = open
    this.changed()
  }
}

export const inBrowser = (apiKey: string, link: Link): Outside => ({
  connect: () => connected(apiKey, link),
  openTruth,
  pad: () => navigator.getGamepads?.().find((pad) => pad !== null) ?? undefined,
  now: () => performance.now(),
  sleep,
})

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

async function connected(apiKey: string, link: Link): Promise<DimaStream> {
  for (;;) {
    try {
      return await DimaStream.connect(location.origin, {
        ...(apiKey ? { apiKey } : {}),
        reconnectMs: FOR_EVER_MS,
        WebSocket: link.socket(),
      })
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error
      await sleep(PAUSE_MS)
    }
  }
}
