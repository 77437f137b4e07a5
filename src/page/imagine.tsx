// An example of the model, imagined by the server when asked, over what really followed.
import { useState } from 'preact/hooks'
import type { ModelDetail } from '../api/models.ts'
import type { DimaClient } from '../client/client.ts'
import type { RolloutReply, Start } from '../client/types.ts'
import { Chart } from './chart.tsx'

interface Props {
  model: ModelDetail
  client: DimaClient
}

/** Futures of one row, each with its own noise. */
const SEEDS = 6

/** Shapes [B, H, ...]; the first row is shown. */
interface Example {
  starts: Start[]
  actions: number[][][][]
  true_states: number[][][]
}

type Shown = { futures: number[][][]; ms: number } | { problem: string } | undefined

export function Imagine({ model, client }: Props) {
  const [entry, setEntry] = useState(0)
  const [shown, setShown] = useState<Shown>()
  const [busy, setBusy] = useState(false)
  const [seed, setSeed] = useState(1)
  const example = (model.examples as Example[])[0]
  if (!example) return null
  const imagine = async () => {
    setBusy(true)
    setShown(await futuresOf(model, example, client, seed))
    setSeed(seed + SEEDS)
    setBusy(false)
  }
  const { name, unit } = model.spaces.state[entry]!
  const truth = [example.starts[0]!.states.at(-1)!, ...example.true_states[0]!].map((state) => state[entry]!)
  const futures = shown && 'futures' in shown ? shown.futures : []
  return (
    <section class="panel imagine">
      <h2>Imagine</h2>
      <p>
        {truth.length - 1} joint actions from one start, what the environment did, and {SEEDS} futures as the
        model imagines them.
      </p>
      <div class="row">
        <label>
          Entry of the state
          <select value={entry} onChange={(event) => setEntry(Number(event.currentTarget.value))}>
            {model.spaces.state.map((one, i) => (
              <option key={one.name} value={i}>
                {one.name}
              </option>
            ))}
          </select>
        </label>
        <button type="button" onClick={imagine} disabled={busy}>
          {futures.length > 0 ? 'Imagine others' : 'Imagine'}
        </button>
        <span class="quiet" role="status">
          {shown && ('problem' in shown ? shown.problem : `${SEEDS} futures in ${shown.ms.toFixed(0)} ms`)}
        </span>
      </div>
      <Chart
        title={`${name} over the steps of the example`}
        unit={unit === '1' ? '' : unit}
        truth={truth}
        futures={futures.map((states) => [truth[0]!, ...states.map((state) => state[entry]!)])}
      />
    </section>
  )
}

/** States [H, S] of each future. */
async function futuresOf(
  model: ModelDetail,
  example: Example,
  client: DimaClient,
  seed: number,
): Promise<Shown> {
  const request = {
    model: `${model.name}@${model.version}`,
    starts: [example.starts[0]!],
    actions: [example.actions[0]!],
  }
  try {
    const began = performance.now()
    const replies: RolloutReply[] = await Promise.all(
      Array.from({ length: SEEDS }, (_, i) => client.rollout({ ...request, seed: seed + i })),
    )
    const ms = performance.now() - began
    return { futures: replies.map(({ states }) => states![0]!), ms }
  } catch (error) {
    return { problem: (error as Error).message }
  }
}
