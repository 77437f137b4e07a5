// Who goes beside the imagined robot: truth, and futures that fork from the present.
import { useState } from 'preact/hooks'
import type { Frames } from '../hooks/frames.ts'
import { useWatched } from '../hooks/use-watched.ts'
import type { Fork } from '../play/ghost-track.ts'
import type { Player } from '../play/player.ts'
import { hasTruth } from '../truth/has-truth.ts'

interface Props {
  player: Player
  frames: Frames
}

const COUNTS = [4, 8, 16]
const KINDS: Record<Fork, string> = {
  policy: 'the policy draws its actions',
  actions: 'same seed, other actions',
  luck: 'same actions, other seeds',
}

export function CompanyBar({ player, frames }: Props) {
  useWatched(player)
  const [count, setCount] = useState(8)
  const [kind, setKind] = useState<Fork>(player.model.policy ? 'policy' : 'actions')
  const { company, present, model } = player
  const kinds = (Object.keys(KINDS) as Fork[]).filter((one) => model.policy || one !== 'policy')
  return (
    <div class="pg-company">
      {hasTruth(player.model.environment) && <TruthControls player={player} frames={frames} />}
      <fieldset class="pg-group">
        <legend>Futures</legend>
        <label>
          <span class="hidden">How many</span>
          <select value={count} onChange={(event) => setCount(Number(event.currentTarget.value))}>
            {COUNTS.map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span class="hidden">What differs</span>
          <select value={kind} onChange={(event) => setKind(event.currentTarget.value as Fork)}>
            {kinds.map((one) => (
              <option key={one} value={one}>
                {KINDS[one]}
              </option>
            ))}
          </select>
        </label>
        <button type="button" disabled={!present.ready} onClick={() => void player.present.fork(kind, count)}>
          Fork
        </button>
        {company.ghosts && (
          <button type="button" onClick={() => player.present.clearGhosts()}>
            Clear
          </button>
        )}
        {kind === 'luck' && (
          <p class="pg-hint">
            Seeds change the model's own noise alone, of which a trained one has little: futures on top of
            each other mean that it is sure, not that it is right.
          </p>
        )}
      </fieldset>
    </div>
  )
}

function TruthControls({ player, frames }: Props) {
  useWatched(frames)
  const { truthState, truthTrouble } = player.company
  return (
    <fieldset class="pg-group">
      <legend>Truth</legend>
      <button
        type="button"
        class="pg-switch"
        role="switch"
        aria-checked={truthState !== 'off'}
        disabled={truthState === 'loading'}
        onClick={() => void player.present.setTruth(truthState === 'off')}
      >
        {truthState === 'loading' ? 'Loading MuJoCo…' : 'Run beside'}
      </button>
      <button
        type="button"
        disabled={truthState !== 'on' || !player.present.ready}
        onClick={() => void player.present.ontoTruth()}
      >
        Set model onto it
      </button>
      <button
        type="button"
        disabled={truthState !== 'on'}
        title="Draws the true robot where the imagined one is"
        onClick={() => player.present.meetTruth()}
      >
        Same place
      </button>
      {truthTrouble && (
        <p class="pg-trouble" role="alert">
          {truthTrouble}
        </p>
      )}
    </fieldset>
  )
}
