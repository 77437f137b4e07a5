// What can be taken away: a link that replays the run, its numbers, a picture, a film.
import { useState } from 'preact/hooks'
import { canFilm, type Film, startFilm } from '../export/film.ts'
import { csvOf, ndjsonOf, recordsOf } from '../export/rows.ts'
import { pictureOf, save } from '../export/save.ts'
import type { Frames } from '../hooks/frames.ts'
import type { Player } from '../play/player.ts'
import type { Stage } from '../scene/stage.ts'
import { hashOf } from '../share/link.ts'

interface Props {
  player: Player
  frames: Frames
  /** undefined of models without a body */
  stage: Stage | undefined
}

export function TakeAway({ player, frames, stage }: Props) {
  const [said, setSaid] = useState('')
  const { model } = player
  const reference = `${model.name}@${model.version}`
  const named = (extension: string) =>
    `${model.name}-${model.version}-seed-${player.chosen.seed}.${extension}`
  const hash = () =>
    hashOf(reference, { plan: player.chosen.plan, segments: player.run.flight.recording.segments })
  const records = () => recordsOf(player.tape, model, player.pace.stepSeconds)
  const share = async () => {
    history.replaceState(null, '', await hash())
    const copied = await navigator.clipboard?.writeText(location.href).then(
      () => true,
      () => false,
    )
    setSaid(copied ? 'The link is copied.' : 'The link stands in the address bar.')
  }
  const lines = async () => {
    const { environment, agents, spaces } = model
    const run = location.origin + location.pathname + (await hash())
    const head = { model: reference, environment, step_seconds: player.pace.stepSeconds, run, agents, spaces }
    save(named('ndjson'), new Blob([ndjsonOf(head, records())], { type: 'application/x-ndjson' }))
  }
  const table = () => save(named('csv'), new Blob([csvOf(model, records())], { type: 'text/csv' }))
  const picture = () => {
    frames.once(() => void pictureOf(stage!.canvas).then((blob) => save(named('png'), blob)))
  }
  return (
    <div class="pg-company">
      <fieldset class="pg-group">
        <legend>Take away</legend>
        <button type="button" onClick={() => void share()}>
          Share link
        </button>
        <button type="button" onClick={() => void lines()}>
          NDJSON
        </button>
        <button type="button" onClick={table}>
          CSV
        </button>
        {stage && (
          <button type="button" onClick={picture}>
            Picture
          </button>
        )}
        {stage && canFilm() && <FilmButton canvas={stage.canvas} name={() => named('webm')} />}
        <span class="quiet" role="status">
          {said}
        </span>
      </fieldset>
    </div>
  )
}

function FilmButton({ canvas, name }: { canvas: HTMLCanvasElement; name: () => string }) {
  const [film, setFilm] = useState<Film>()
  const press = async () => {
    if (!film) return setFilm(startFilm(canvas))
    setFilm(undefined)
    save(name(), await film.stop())
  }
  return (
    <button type="button" aria-pressed={film !== undefined} onClick={() => void press()}>
      {film ? 'Stop filming' : 'Film'}
    </button>
  )
}
