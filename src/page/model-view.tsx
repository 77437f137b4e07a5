// One model: played with, what it is, an example imagined, how to call it, its card.
import type { ModelDetail } from '../api/models.ts'
import type { DimaClient } from '../client/client.ts'
import { Playground } from '../playground/playground.tsx'
import { Calls } from './calls.tsx'
import { Card } from './card.tsx'
import { factsOf } from './facts.ts'
import { Imagine } from './imagine.tsx'
import { useLoaded } from './loaded.ts'

/** As the server's setting PLAYGROUND says. */
const HAS_PLAYGROUND = document.querySelector<HTMLMetaElement>('meta[name=playground]')?.content === 'on'

interface Props {
  /** name, name@version or name@label */
  reference: string
  client: DimaClient
  apiKey: string
}

export function ModelView({ reference, client, apiKey }: Props) {
  const loaded = useLoaded(() => client.model(reference), [client, reference])
  if (loaded.state === 'failed') return <p class="notice">{loaded.why}</p>
  if (loaded.state !== 'there') return <p class="notice quiet late">Reading {reference}…</p>
  const model = loaded.value
  return (
    <article class="model">
      {HAS_PLAYGROUND ? (
        <Playground model={model} apiKey={apiKey} title={<Title model={model} />} />
      ) : (
        <Title model={model} />
      )}
      <p class="about">
        This model has learned how its environment answers its agents. Send it joint actions and it imagines
        what follows; step it live, and it stands in for the physics.
      </p>
      <Facts model={model} />
      <Imagine model={model} client={client} />
      <Calls model={model} keyed={apiKey !== ''} />
      {typeof model.card === 'string' && (
        <Card model={`${model.name}@${model.version}`} text={model.card} apiKey={apiKey} />
      )}
    </article>
  )
}

function Title({ model: { name, version, environment, versions } }: { model: ModelDetail }) {
  return (
    <div class="title">
      <h1>{name}</h1>
      <p class="quiet">{environment}</p>
      <nav class="versions" aria-label="Versions">
        {versions.map((one) => (
          <a
            key={one.version}
            href={`#${encodeURIComponent(`${name}@${one.version}`)}`}
            aria-current={one.version === version ? 'page' : undefined}
          >
            {['version', one.version, ...one.labels.map((label) => `· ${label}`)].join(' ')}
          </a>
        ))}
      </nav>
    </div>
  )
}

const Facts = ({ model }: { model: ModelDetail }) => (
  <dl class="facts">
    {factsOf(model).map(({ name, value, unit }) => (
      <div key={name}>
        <dt>{name}</dt>
        <dd>
          {value}
          {unit && <small> {unit}</small>}
        </dd>
      </div>
    ))}
  </dl>
)
