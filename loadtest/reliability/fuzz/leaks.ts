// What of the inside of the server, of its machine, or of anybody else an answer tells.
import { homedir } from 'node:os'
import { resolve } from 'node:path'
import type { Case } from './cases.ts'

const ROOT = resolve(import.meta.dirname, '../../..')

/** Signs of the inside: modules, lines of a stack, paths. */
const INSIDE = [
  /node_modules/,
  /\bnode:[a-z_]+/,
  /\.[cm]?[jt]s:\d/,
  /\.ts:/,
  /\bat (?:async |new )?[\w.<>$]+ \(/,
  /\/(?:home|root|tmp|usr|var|opt|proc|etc)\/[\w.-]/,
  /\bDimaError\b/,
]

/** What the request itself says may come back. */
export function leaksIn(one: Case, text: string, secrets: readonly string[]): string[] {
  const found = INSIDE.flatMap((pattern) => pattern.exec(text)?.[0] ?? [])
  const named = [...secrets, ROOT, homedir()].filter((secret) => text.includes(secret))
  return [...found, ...named].filter((leak) => !sentIn(one).includes(leak)).map((leak) => `it tells ${leak}`)
}

function sentIn(one: Case): string {
  if (one.kind === 'frame') return one.data.toString() + one.data.toString('latin1')
  if (one.kind === 'raw') return Buffer.concat(one.parts).toString('latin1')
  const { path, headers, body } = one
  return `${path} ${decoded(path)} ${JSON.stringify(headers)} ${body?.toString() ?? ''}`
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
