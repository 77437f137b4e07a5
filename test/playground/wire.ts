// What a page says to the server over its socket, and what it hears.
import type { Page } from 'playwright-core'

export type Message = Record<string, unknown> & { type: string; id?: number }

export interface Wire {
  readonly sent: Message[]
  readonly heard: Message[]
}

/** From the next connection of the page on. */
export function tap(page: Page): Wire {
  const wire: Wire = { sent: [], heard: [] }
  page.on('websocket', (socket) => {
    socket.on('framesent', ({ payload }) => wire.sent.push(JSON.parse(String(payload))))
    socket.on('framereceived', ({ payload }) => wire.heard.push(JSON.parse(String(payload))))
  })
  return wire
}

/** Joint actions that were sent, oldest first: [H][N][A]. */
export const actionsSent = ({ sent }: Wire): number[][][] =>
  sent.filter(({ type, actions }) => type === 'step' && actions).map(({ actions }) => actions as number[][])

/** States that were heard of the session that was opened first, oldest first: [H][S]. */
export function statesHeard({ sent, heard }: Wire): number[][] {
  const steps = new Set(sent.filter(({ type }) => type === 'step').map(({ id }) => id))
  return heard.filter(({ id, state }) => steps.has(id) && state).map(({ state }) => state as number[])
}
