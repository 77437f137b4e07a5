// The models served, to choose from.
import type { ModelSummary } from '../api/models.ts'

interface Props {
  models: ModelSummary[]
  /** name, name@version or name@label */
  chosen: string
}

export function ModelList({ models, chosen }: Props) {
  const name = chosen.split('@')[0]
  return (
    <nav class="models" aria-label="Models">
      {models.map((model) => (
        <a
          key={model.name}
          title={summaryOf(model)}
          href={`#${encodeURIComponent(model.name)}`}
          aria-current={model.name === name ? 'page' : undefined}
        >
          {model.name}
        </a>
      ))}
    </nav>
  )
}

const summaryOf = ({ environment, agents, horizon, versions }: ModelSummary): string =>
  [
    environment,
    counted(agents.length, 'agent'),
    `${horizon} steps`,
    counted(versions.length, 'version'),
  ].join(' · ')

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`
