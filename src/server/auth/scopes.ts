// Who asks, and what they may do.
import { DimaError } from '../../common/errors.ts'

export const SCOPES = ['read', 'rollout', 'session', 'admin'] as const
export type Scope = (typeof SCOPES)[number]

export interface Identity {
  /** id of the key; sessions belong to it */
  readonly owner: string
  readonly scopes: ReadonlySet<Scope>
  /** imagined steps a second and at once: what the key says of its rate, if anything */
  readonly stepsPerSecond?: number | undefined
  readonly burst?: number | undefined
  /** Whether the key still stands in the file and has not expired: a socket outlives the request that opened it. */
  active(): boolean
}

/** Every key may read: nobody can imagine with a model without knowing its spaces. */
const grants = (scopes: ReadonlySet<Scope>, scope: Scope): boolean => scope === 'read' || scopes.has(scope)

/** Throws DimaError `unauthenticated` when the key has been withdrawn meanwhile. */
export function requireActive(caller: Identity): void {
  if (!caller.active()) throw new DimaError('unauthenticated', 'this key is no longer valid')
}

/** Throws DimaError `forbidden`, or `unauthenticated` as requireActive does. */
export function requireScope(caller: Identity, scope: Scope): void {
  requireActive(caller)
  if (!grants(caller.scopes, scope)) throw new DimaError('forbidden', `this key has no scope ${scope}`)
}

/** Everyone, where there are no keys. Administration is for those who are on this machine. */
export function anonymous(local: boolean): Identity {
  const scopes = SCOPES.filter((scope) => local || scope !== 'admin')
  return { owner: 'anonymous', scopes: new Set(scopes), active: () => true }
}
