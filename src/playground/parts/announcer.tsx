// What the picture shows, in words, for who does not see it: every two seconds while something happens.
import { useEffect, useState } from 'preact/hooks'
import type { Player } from '../play/player.ts'

const EVERY_MS = 2000

export function Announcer({ player }: { player: Player }) {
  const [text, setText] = useState('')
  useEffect(() => {
    const timer = setInterval(() => {
      if (player.tape.end > 0) setText(describe(player))
    }, EVERY_MS)
    return () => clearInterval(timer)
  }, [player])
  return (
    <p class="hidden" aria-live="polite">
      {text}
    </p>
  )
}

export function describe({ tape, pace, body, transport, company }: Player): string {
  const entry = Math.min(tape.end - 1, Math.floor(pace.playhead))
  const value = (line: Parameters<typeof tape.at>[0]) => tape.at(line, entry)
  const parts = [
    `${transport.playing ? 'Playing' : 'Paused'} at step ${entry}, ${(entry * pace.stepSeconds).toFixed(1)} seconds`,
  ]
  if (body) parts.push(`${value('x').toFixed(1)} metres from the start`)
  if (Number.isFinite(value('reward'))) parts.push(`reward ${value('reward').toFixed(1)} a step`)
  if (Number.isFinite(value('error')))
    parts.push(`${value('error').toFixed(2)} deviations apart from the truth`)
  if (company.ghosts) parts.push(`${company.ghosts.tape.count} futures`)
  return `${parts.join(', ')}.`
}
