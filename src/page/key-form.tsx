// Asks for a key where the server has keys.
import type { TargetedSubmitEvent } from 'preact'

interface Props {
  /** whether one was given, and is not valid */
  refused: boolean
  onKey: (key: string) => void
}

export function KeyForm({ refused, onKey }: Props) {
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    onKey(String(new FormData(event.currentTarget).get('key')).trim())
  }
  return (
    <form class="key panel" onSubmit={submit}>
      <h1>This server wants a key</h1>
      <p>Ask its operator for one. It stays in this tab.</p>
      <label>
        Key
        <input name="key" type="password" autocomplete="off" placeholder="dima_…" required />
      </label>
      {refused && <p role="alert">This key is not valid.</p>}
      <button type="submit">Open</button>
    </form>
  )
}
