// The kinds of a program that serves linear worlds and no others.
import type { Kinds } from '../../../src/worlds/world.ts'
import { linear } from './kind.ts'

export const KINDS: Kinds = { url: import.meta.url, table: { linear } }
