// One plot of the latest seconds. uPlot draws it, ten times a second at most.
import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import type { Frames } from '../hooks/frames.ts'
import type { Player } from '../play/player.ts'
import { Columns, type Of, windowAt } from './columns.ts'
import type { Ink } from './ink.ts'

export interface Drawn {
  readonly name: string
  readonly of: Of
  readonly ink: keyof Ink
  readonly dashed?: boolean
  /** drawn as the edge of a band, by itself not seen */
  readonly edge?: boolean
}

interface Props {
  title: string
  unit: string
  lines: readonly Drawn[]
  player: Player
  frames: Frames
  ink: Ink
  /** least range of the axis, values around which nothing happens */
  least?: readonly [number, number]
  /** said while there is nothing to draw */
  nothing?: string | undefined
}

const HEIGHT = 116

export function Plot({ title, unit, lines, player, frames, ink, least, nothing }: Props) {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const columns = new Columns(
      lines.map(({ of }) => of),
      player.pace.stepSeconds,
    )
    const element = place.current!
    const plot = new uPlot(
      options(lines, ink, element.clientWidth, player, least),
      columns.data as uPlot.AlignedData,
      element,
    )
    let seen = true
    const update = () => {
      if (!seen) return
      columns.fill(player.tape, player.company.ghosts?.tape, windowAt(player.tape, player.pace.playhead))
      plot.setData(columns.data as uPlot.AlignedData)
    }
    update()
    const unwatch = frames.watch(update)
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }))
    observer.observe(element)
    const sight = new IntersectionObserver((entries) => {
      seen = entries.at(-1)!.isIntersecting
      update()
    })
    sight.observe(element)
    return () => {
      unwatch()
      observer.disconnect()
      sight.disconnect()
      plot.destroy()
    }
  }, [lines, player, frames, ink])
  return (
    <figure class="pg-plot">
      <figcaption>
        <span>{title}</span>
        {unit && <span class="quiet">{unit}</span>}
        <span class="pg-keys">
          {lines
            .filter(({ edge }) => !edge)
            .map(({ name, ink: key, dashed }) => (
              <span key={name} class={`pg-key ${key}${dashed ? ' dashed' : ''}`}>
                {name}
              </span>
            ))}
        </span>
      </figcaption>
      {nothing && <p class="pg-nothing pg-hint">{nothing}</p>}
      <div
        ref={place}
        class="pg-plot-area"
        role="img"
        aria-label={`${title}, of the latest seconds; the table has its numbers`}
      />
    </figure>
  )
}

function options(
  lines: readonly Drawn[],
  ink: Ink,
  width: number,
  player: Player,
  least: readonly [number, number] | undefined,
): uPlot.Options {
  const axis = {
    stroke: ink.quiet,
    grid: { stroke: ink.line, width: 1 },
    ticks: { show: false },
    font: ink.font,
  }
  const edges = lines.flatMap(({ edge }, i) => (edge ? [i + 1] : []))
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    padding: [8, 14, 0, 0],
    scales: {
      x: { time: false, range: (_u, low, high) => seconds(low, high) },
      y: { range: (_u, low, high) => range(low, high, least) },
    },
    axes: [
      { ...axis, size: 24, gap: 3, space: 60, values: (_u, ticks) => ticks.map((tick) => `${tick} s`) },
      { ...axis, size: 44, gap: 4, space: 26 },
    ],
    series: [
      {},
      ...lines.map(
        ({ ink: key, dashed, edge }): uPlot.Series => ({
          stroke: edge ? ink.none : ink[key],
          width: edge ? 0 : 1.75,
          points: { show: false },
          spanGaps: false,
          ...(dashed ? { dash: [6, 4] } : {}),
        }),
      ),
    ],
    ...(edges.length === 2 ? { bands: [{ series: [edges[1]!, edges[0]!], fill: ink.band }] } : {}),
    hooks: { draw: [(plot) => drawPlayhead(plot, player, ink)] },
  }
}

/** Never less than a second, so that the first steps do not stretch. */
const seconds = (low: number | null, high: number | null): [number, number] => [
  low ?? 0,
  Math.max(high ?? 0, (low ?? 0) + 1),
]

/** A little more than there is, and never nothing. */
function range(
  low: number | null,
  high: number | null,
  least: readonly [number, number] | undefined,
): [number, number] {
  const [from, to] = [
    Math.min(low ?? 0, least?.[0] ?? low ?? 0),
    Math.max(high ?? 1, least?.[1] ?? high ?? 1),
  ]
  const room = 0.06 * (to - from) || Math.abs(to) * 0.1 || 1
  return [least && from === least[0] ? from : from - room, to + room]
}

/** Where the picture is, when it is not the latest. */
function drawPlayhead(plot: uPlot, player: Player, ink: Ink): void {
  const { playhead, stepSeconds } = player.pace
  if (playhead >= player.tape.end - 2.5) return
  const x = plot.valToPos(playhead * stepSeconds, 'x', true)
  const { ctx, bbox } = plot
  ctx.save()
  ctx.strokeStyle = ink.quiet
  ctx.lineWidth = devicePixelRatio
  ctx.setLineDash([])
  ctx.beginPath()
  ctx.moveTo(x, bbox.top)
  ctx.lineTo(x, bbox.top + bbox.height)
  ctx.stroke()
  ctx.restore()
}
