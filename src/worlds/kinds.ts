// The kinds of world models that this program serves, in the only place where they are all named.
import { dima } from './dima/serve/kind.ts'
import { mamba } from './mamba/serve/kind.ts'
import { marie } from './marie/serve/kind.ts'
import type { Kinds } from './world.ts'

export const KINDS: Kinds = { url: import.meta.url, table: { dima, mamba, marie }, unnamed: 'dima' }
