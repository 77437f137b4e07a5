// MuJoCo's module calls tiny functions (a dot product of three numbers, a copy of three) thousands of times a step, and
// its build did not inline them. V8 can: Node 24 does by itself, older ones when told to. That makes steps 15 to 25 %
// faster (`npm run bench:env -- --sections inlining`). WebAssembly is exact, so no number changes; the digests of the
// robots' tests were made without and hold with it.
import { setFlagsFromString } from 'node:v8'

/** By V8's major version: 11 is Node 20, 12 is Node 22. The default budget of 5000 leaves some of the calls. */
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  11: ['--wasm-inlining', '--wasm-inlining-budget=20000'],
  12: ['--experimental-wasm-inlining', '--wasm-inlining-budget=20000'],
}

/** Flags for the V8 that runs this; empty where it inlines by itself. */
export const inliningFlags = (version = process.versions.v8): readonly string[] =>
  FLAGS[version.split('.')[0]!] ?? []

/** For all modules that this process compiles from now on, in every thread. May be called again. */
export function inlineWasm(): void {
  for (const flag of inliningFlags()) setFlagsFromString(flag)
}
