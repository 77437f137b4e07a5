// How to call the model, to paste.
import { useState } from 'preact/hooks'
import type { ModelDetail } from '../api/models.ts'
import { callsOf } from './call-texts.ts'

interface Props {
  model: ModelDetail
  keyed: boolean
}

export function Calls({ model, keyed }: Props) {
  const calls = callsOf(model, location.origin, keyed)
  const [language, setLanguage] = useState(calls[0]!.language)
  const [copied, setCopied] = useState(false)
  const { text } = calls.find((call) => call.language === language)!
  const choose = (chosen: string) => {
    setLanguage(chosen)
    setCopied(false)
  }
  return (
    <section class="panel calls">
      <h2>Call it</h2>
      <div class="row">
        <fieldset class="tabs">
          <legend class="hidden">Language</legend>
          {calls.map((call) => (
            <button
              key={call.language}
              type="button"
              aria-pressed={call.language === language}
              onClick={() => choose(call.language)}
            >
              {call.language}
            </button>
          ))}
        </fieldset>
        <button type="button" class="copy" onClick={() => void copy(text).then(setCopied)}>
          {copied ? 'Copied' : 'Copy'}
        </button>
      </div>
      {/* wider than a phone: keys scroll it too */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached */}
      <pre tabIndex={0}>
        <code>{text}</code>
      </pre>
    </section>
  )
}

/** Browsers have no clipboard where the page came over plain HTTP from another machine. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return false
  }
}
