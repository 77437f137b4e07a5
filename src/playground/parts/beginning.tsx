// How an episode begins: plan, start and seed.
import { useWatched } from '../hooks/use-watched.ts'
import { type Chosen, SEEDS } from '../play/episodes.ts'
import type { Player } from '../play/player.ts'
import { OWN, startsOf } from '../play/starts.ts'

export function Beginning({ player }: { player: Player }) {
  useWatched(player)
  const { model } = player
  const starts = startsOf(model)
  const chosen = starts.findIndex(
    ({ start }) => JSON.stringify(start) === JSON.stringify(player.chosen.start),
  )
  const choose = (choice: Partial<Chosen>) => void player.choose(choice)
  return (
    <div class="pg-beginning">
      {model.plans && (
        <label>
          Plan
          <select
            value={player.chosen.plan}
            onChange={(event) => choose({ plan: event.currentTarget.value as Chosen['plan'] })}
          >
            {model.plans.map(({ name }) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      <label class="pg-start">
        Start
        <select
          value={chosen}
          onChange={(event) => choose({ start: starts[Number(event.currentTarget.value)]?.start ?? OWN })}
        >
          {chosen < 0 && <option value={-1}>as shared</option>}
          {starts.map(({ name }, i) => (
            <option key={name} value={i}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label class="pg-seed">
        Seed
        <input
          type="number"
          min={0}
          max={SEEDS - 1}
          step={1}
          value={player.chosen.seed}
          onChange={(event) => choose({ seed: seedOf(event.currentTarget.valueAsNumber) })}
        />
      </label>
    </div>
  )
}

/** The nearest there is; 0 of what is no number. */
const seedOf = (typed: number): number => Math.max(0, Math.min(SEEDS - 1, Math.round(typed || 0)))
