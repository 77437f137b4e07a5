// One connection to /v1/stream, from the handshake to its end.
import type { Metadata } from '../api/stream.ts'
import { ConnectionError } from './errors.ts'

/** What the WebSockets of browsers, of Node and of the package ws have in common. */
export interface SocketLike {
  send(text: string): void
  close(code?: number): void
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void
  addEventListener(type: 'close', listener: (event: { code: number }) => void): void
  addEventListener(type: 'error', listener: (event: unknown) => void): void
}
export type SocketConstructor = new (url: string, protocols: string[], options?: object) => SocketLike

export interface SocketOptions {
  apiKey?: string
  /** subprotocol (default) works everywhere; header only where the constructor takes headers, as that of ws does */
  sendKey?: 'subprotocol' | 'header'
  /** Default: the global one, of browsers and of Node from 22 on; else that of the package ws. */
  WebSocket?: SocketConstructor | undefined
}

export interface Listener {
  message(message: { type: string; [field: string]: unknown }): void
  closed(code: number): void
}

export interface OpenSocket {
  readonly metadata: Metadata
  send(text: string): void
  close(): void
}

/** Resolves when the server has introduced itself. `listener` hears what comes after that. Throws ConnectionError. */
export async function openSocket(
  url: string,
  options: SocketOptions,
  listener: Listener,
): Promise<OpenSocket> {
  const socket = construct(url, options, options.WebSocket ?? (await defaultSocket()))
  let open = false
  return new Promise((resolve, reject) => {
    socket.addEventListener('message', ({ data }) => {
      const message = JSON.parse(String(data))
      if (open) return listener.message(message)
      open = true
      resolve({
        metadata: message,
        send: (text) => socket.send(text),
        close: () => socket.close(1000),
      })
    })
    socket.addEventListener('error', () => {}) // close follows
    socket.addEventListener('close', ({ code }) => {
      if (open) listener.closed(code)
      else reject(new ConnectionError(`no connection to ${url}`, code))
    })
  })
}

function construct(
  url: string,
  { apiKey, sendKey }: SocketOptions,
  WebSocket: SocketConstructor,
): SocketLike {
  const protocols = ['dima.v1.json']
  if (apiKey === undefined) return new WebSocket(url, protocols)
  if (sendKey === 'header')
    return new WebSocket(url, protocols, { headers: { authorization: `Bearer ${apiKey}` } })
  return new WebSocket(url, [...protocols, `bearer.${apiKey}`])
}

/** Imported where it is needed alone: browsers have no such package, and their bundlers leave the line as it is. */
async function defaultSocket(): Promise<SocketConstructor> {
  const { WebSocket } = globalThis as { WebSocket?: SocketConstructor }
  if (WebSocket) return WebSocket
  try {
    return (await import(/* webpackIgnore: true */ /* @vite-ignore */ 'ws')).default as SocketConstructor
  } catch {
    throw new Error('there is no global WebSocket here: install the package ws, or pass a constructor')
  }
}
