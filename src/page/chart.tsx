// Lines over steps: the truth dashed, imagined futures over it.
import { useRef } from 'preact/hooks'
import { scaleOf } from './scale.ts'
import { useWidth } from './width.ts'

interface Props {
  title: string
  unit: string
  /** [H + 1], from the start on */
  truth: number[]
  /** [futures, H + 1] */
  futures: number[][]
}

const HEIGHT = 260
const [LEFT, RIGHT, TOP, BOTTOM] = [56, 12, 12, 30]

export function Chart({ title, unit, truth, futures }: Props) {
  const figure = useRef<HTMLElement>(null)
  const width = useWidth(figure, 720)
  const steps = truth.length - 1
  const { place, ticks } = scaleOf([...truth, ...futures.flat()], HEIGHT - BOTTOM, TOP)
  const x = (step: number) => LEFT + (step / steps) * (width - LEFT - RIGHT)
  const path = (values: number[]) =>
    values
      .map((value, step) => `${step === 0 ? 'M' : 'L'}${x(step).toFixed(1)} ${place(value).toFixed(1)}`)
      .join('')
  return (
    <figure ref={figure} class="chart">
      <svg viewBox={`0 0 ${width} ${HEIGHT}`} role="img" aria-label={title}>
        {ticks.map((tick) => (
          <g key={tick}>
            <line class="grid" x1={LEFT} x2={width - RIGHT} y1={place(tick)} y2={place(tick)} />
            <text class="end" x={LEFT - 8} y={place(tick) + 4}>
              {tick}
            </text>
          </g>
        ))}
        {Array.from({ length: Math.floor(steps / 5) + 1 }, (_, i) => 5 * i).map((step) => (
          <text key={step} class="middle" x={x(step)} y={HEIGHT - 8}>
            {step}
          </text>
        ))}
        {futures.map((values, i) => (
          <path key={`${i} ${values[1]}`} class="future" d={path(values)} />
        ))}
        <path class="truth" d={path(truth)} />
        <circle class="start" cx={x(0)} cy={place(truth[0]!)} r="4" />
      </svg>
      <figcaption>
        <span class="key-truth">what happened</span>
        {futures.length > 0 && <span class="key-future">imagined</span>}
        {unit && <span class="quiet">{unit}</span>}
      </figcaption>
    </figure>
  )
}
