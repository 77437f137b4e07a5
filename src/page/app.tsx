// The whole page: what the server serves, and one model of it. The address keeps which: `/#halfcheetah-2x3@2`.
import { useEffect, useMemo, useState } from 'preact/hooks'
import { meantModel } from '../client/meant-model.ts'
import { referenceIn } from '../playground/share/reference.ts'
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
  const served = models.state === 'there' ? models.value.models : []
  const chosen = reference || meantModel(served)?.name
  return (
    <>
      <header class="top">
        <a class="brand" href="/">
          <img src="/assets/icon.svg" alt="" width="32" height="32" />
          <span>DIMA</span>
        </a>
        {chosen && <ModelList models={served} chosen={chosen} />}
        <Health />
        <Links />
      </header>
      <main>
        {models.state === 'locked' && <KeyForm refused={key !== ''} onKey={unlock} />}
        {models.state === 'loading' && <p class="notice quiet late">Asking the server for its models…</p>}
        {models.state === 'failed' && <p class="notice">{models.why}</p>}
        {models.state === 'there' && !chosen && <NoModel />}
        {models.state === 'there' && chosen && (
          <ModelView key={chosen} reference={chosen} client={client} apiKey={key} />
        )}
      </main>
      <footer>
        <p>Learned simulators of multi-agent environments. Everything here comes from this server.</p>
        <Links />
      </footer>
    </>
  )
}

const NoModel = () => (
  <p class="notice">
    No model is served. <code>npm run models -- list</code> says why, <code>npm run export</code> publishes
    one.
  </p>
)

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
