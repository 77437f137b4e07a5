// What a person who has just come may do, until they have done some of it.
import { useEffect, useState } from 'preact/hooks'
import type { Actor } from '../actors/policy.ts'
import { useWatched } from '../hooks/use-watched.ts'
import type { Player } from '../play/player.ts'
import { hasTruth } from '../truth/has-truth.ts'

/** Whom somebody has chosen. */
const CHOSEN: readonly Actor[] = ['sliders', 'keys', 'gamepad', 'planner']

export function Hint({ player }: { player: Player }) {
  useWatched(player)
  const { company, mixer, model, transport } = player
  const [done, setDone] = useState(false)
  const doing =
    company.truthState !== 'off' ||
    company.ghosts !== undefined ||
    mixer.actors.some((actor) => CHOSEN.includes(actor))
  useEffect(() => {
    if (doing) setDone(true)
  }, [doing])
  if (done || doing) return null
  return (
    <p class="pg-notice pg-hint">
      {transport.playing ? '' : 'Press Play. '}
      Move a slider to push a joint, {hasTruth(model.environment) && 'run the true robot beside it, '}or fork
      its future.
    </p>
  )
}
