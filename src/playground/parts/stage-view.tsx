// The robot, and over it what is to be known at a glance.
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Body } from '../body/body.ts'
import type { Frames } from '../hooks/frames.ts'
import type { Player } from '../play/player.ts'
import { coloursFor } from '../scene/colours.ts'
import { openStage } from '../scene/open-stage.ts'
import type { Stage } from '../scene/stage.ts'
import { Viewer } from '../scene/view.ts'
import { Icon } from './icons.tsx'

interface Props {
  player: Player
  body: Body
  frames: Frames
  dark: boolean
  still: boolean
  onStage(stage: Stage): void
}

export function StageView({ player, body, frames, dark, still, onStage }: Props) {
  const place = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const stage = useRef<Stage>(undefined)
  const [gone, setGone] = useState(false)
  useEffect(() => {
    const opened = openStage(canvas.current!, body, frames.wake)
    const viewer = new Viewer(body, player.tape.stateLength)
    stage.current = opened
    let marked = false
    opened.paint(coloursFor(dark))
    frames.draws((now) => {
      const view = viewer.at(player.tape, player.company.ghosts?.tape, player.pace.playhead)
      if (!view) return false
      const moving = opened.draw(view, now, still)
      if (!marked) performance.mark('robot drawn') // npm run bench:playground
      marked = true
      return moving
    })
    const fill = () => {
      const { clientWidth, clientHeight } = place.current!
      opened.resize(Math.max(1, clientWidth), Math.max(1, clientHeight))
      frames.wake()
    }
    const observer = new ResizeObserver(fill)
    observer.observe(place.current!)
    fill()
    onStage(opened)
    const unwatch = watchLoss(canvas.current!, (lost) => {
      setGone(lost)
      frames.wake()
    })
    return () => {
      unwatch()
      observer.disconnect()
      frames.draws(undefined)
      opened.close()
    }
  }, [player, body, still])
  useEffect(() => {
    stage.current?.paint(coloursFor(dark))
    frames.wake()
  }, [dark])
  return (
    <div ref={place} class="pg-canvas">
      <canvas
        ref={canvas}
        class={gone ? 'pg-gone' : ''}
        role="img"
        aria-label="The imagined robot. What it does is told below."
      />
      {gone && <p class="pg-nobody">The browser has taken the picture away. It comes back when it can.</p>}
      <button
        type="button"
        class="pg-camera"
        aria-label="Camera as at first"
        title="Camera as at first"
        onClick={() => {
          stage.current?.reset()
          frames.wake()
        }}
      >
        <Icon name="camera" />
      </button>
    </div>
  )
}

/** Phones take graphics from pages in the background. Returns what ends it. */
function watchLoss(canvas: HTMLCanvasElement, told: (lost: boolean) => void): () => void {
  const [lost, back] = [() => told(true), () => told(false)]
  canvas.addEventListener('webglcontextlost', lost)
  canvas.addEventListener('webglcontextrestored', back)
  return () => {
    canvas.removeEventListener('webglcontextlost', lost)
    canvas.removeEventListener('webglcontextrestored', back)
  }
}
