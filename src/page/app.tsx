// The whole page: what the server serves, and one model of it. The address keeps which: `/#halfcheetah-2x3@2`.
import { useEffect, useMemo, useState } from 'preact/hooks'
import type { ModelSummary } from '../api/models.ts'
import { referenceIn } from '../playground/share/link.ts'
import { Health } from './health.tsx'
import { KeyForm } from './key-form.tsx'
import { Links } from './links.tsx'
import { useLoaded } from './loaded.ts'
import { ModelList } from './model-list.tsx'
import { ModelView } from './model-view.tsx'
import { clientOf, keepKey, keyOfTab } from './session.ts'

export function App() {
  const [key, setKey] = useState(keyOfTab)
  const reference = useReference()
  const client = useMemo(() => clientOf(key), [key])
  const models = useLoaded(() => client.models(), [client])
  const unlock = (given: string) => {
    keepKey(given)
    setKey(given)
  }
  return (
    <>
      <header class="top">
        <a class="brand" href="/">
          <img src="/assets/icon.svg" alt="" width="32" height="32" />
          <span>DIMA</span>
        </a>
        <Health />
        <Links />
      </header>
      <main>
        {models.state === 'locked' && <KeyForm refused={key !== ''} onKey={unlock} />}
        {models.state === 'failed' && <p class="notice">{models.why}</p>}
        {models.state === 'there' && (
          <Models models={models.value.models} reference={reference}>
            {(chosen) => <ModelView key={chosen} reference={chosen} client={client} apiKey={key} />}
          </Models>
        )}
      </main>
      <footer>Learned simulators of multi-agent environments. Everything here comes from this server.</footer>
    </>
  )
}

interface ModelsProps {
  models: ModelSummary[]
  reference: string
  children: (reference: string) => preact.ComponentChildren
}

function Models({ models, reference, children }: ModelsProps) {
  const [first] = models
  if (!first)
    return (
      <p class="notice">
        No model is served. <code>npm run models -- list</code> says why, <code>npm run export</code>{' '}
        publishes one.
      </p>
    )
  const chosen = reference || first.name
  return (
    <>
      <div class="intro">
        <h1>Environments, imagined</h1>
        <p>
          Each model here has learned how an environment answers its agents. Send it joint actions and it
          imagines what follows; step it live, and it stands in for the physics.
        </p>
      </div>
      <ModelList models={models} chosen={chosen} />
      {children(chosen)}
    </>
  )
}

/** What stands after # in the address. */
function useReference(): string {
  const read = () => referenceIn(location.hash)
  const [reference, setReference] = useState(read)
  useEffect(() => {
    const follow = () => setReference(read())
    addEventListener('hashchange', follow)
    return () => removeEventListener('hashchange', follow)
  }, [])
  return reference
}
