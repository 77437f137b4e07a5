// What the registry asks of a kind of world model, so that it can check bundles of any kind.
import type { TProperties } from 'typebox'
import type { Manifest } from './manifest.ts'
import type { GraphSignature } from './signatures.ts'

export interface BundleKind {
  /** as `manifest.kind` says it */
  readonly name: string
  /** Whether bundles may bring a policy and its value of states: graphs `policy` and `value`. */
  readonly policies: boolean
  /** Of a kind whose policies act on something else than what agents observe; default: policySignature. */
  policySignature?(manifest: Manifest): GraphSignature
  /** The kind's own fields of the manifest, beside the common ones. */
  readonly fields: TProperties
  /**
   * The graphs that a bundle must have besides a policy, and their tensors as the manifest's dimensions demand them.
   * Sizes that a bundle may choose are read off its own lists; 0, which no list can match, where it has none.
   */
  signatures(manifest: Manifest): Record<string, GraphSignature>
  /** The first contradiction between the kind's own fields and the rest, in words, or undefined. */
  contradiction(manifest: Manifest): string | undefined
}

/** Every kind that is served, by name. */
export interface BundleKinds {
  readonly table: Readonly<Record<string, BundleKind>>
  /** the kind of bundles of format 2, which do not say theirs */
  readonly unnamed?: string
}

/** A kind's own fields stand beside common ones, and must not be taken for them. An Error is a fault of the kind. */
export function requireOwn(what: string, own: object, common: object): void {
  const clash = Object.keys(own).find((name) => Object.hasOwn(common, name))
  if (clash !== undefined)
    throw new Error(`${what} field ${clash} is common to all kinds: choose another name`)
}
