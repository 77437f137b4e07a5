// What it is worth that V8 inlines MuJoCo's small functions (src/env/mujoco/inline-wasm.ts): two processes that step the
// same models, one with the flags and one without.
import { inliningFlags } from '../../../src/env/mujoco/inline-wasm.ts'
import { startChild } from './child.ts'
import { inRounds, ratios, type Spread, spread } from './statistics.ts'

const WARM_UP_SECONDS = 2

export interface InliningRow {
  readonly task: string
  readonly inlined: Spread
  readonly plain: Spread
  readonly inlinedToPlain: Spread
}

export async function measureInlining(
  task: string,
  { seconds, rounds }: { seconds: number; rounds: number },
): Promise<InliningRow> {
  const start = (flags: readonly string[]) =>
    startChild<{ seconds: number }, number>('raw-process.ts', [task], flags)
  const [inlined, plain] = [start(inliningFlags()), start([])]
  for (const each of [inlined, plain]) await each.ask({ seconds: WARM_UP_SECONDS })
  const rates = await inRounds(
    { inlined: () => inlined.ask({ seconds }), plain: () => plain.ask({ seconds }) },
    rounds,
  )
  for (const each of [inlined, plain]) each.close()
  return {
    task,
    inlined: spread(rates.inlined),
    plain: spread(rates.plain),
    inlinedToPlain: ratios(rates.inlined, rates.plain),
  }
}
