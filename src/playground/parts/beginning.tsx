// How an episode begins: plan, start and seed.
import { useWatched } from '../hooks/use-watched.ts'
import type { Player } from '../play/player.ts'
import { OWN, startsOf } from '../play/starts.ts'

export function Beginning({ player }: { player: Player }) {
  useWatched(player)
  const { model } = player
  const starts = startsOf(model)
  const chosen = starts.findIndex(({ start }) => JSON.stringify(start) === JSON.stringify(player.start))
  const begin = () => void player.begin()
  return (
    <div class="pg-beginning">
      {model.plans && (
        <label>
          Plan
          <select
            value={player.plan}
            onChange={(event) => {
              player.plan = event.currentTarget.value as typeof player.plan
              begin()
            }}
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
          onChange={(event) => {
            player.start = starts[Number(event.currentTarget.value)]?.start ?? OWN
            begin()
          }}
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
          max={2 ** 32 - 1}
          step={1}
          value={player.seed}
          onChange={(event) => {
            player.seed = Math.max(
              0,
              Math.min(2 ** 32 - 1, Math.round(event.currentTarget.valueAsNumber || 0)),
            )
            begin()
          }}
        />
      </label>
    </div>
  )
}
