// A key on the screen: it pushes as long as it is held.
import { useWatched } from '../hooks/use-watched.ts'
import type { Player } from '../play/player.ts'

interface Props {
  player: Player
  code: string
  label: string
  name: string
}

export function HoldButton({ player, code, label, name }: Props) {
  const { keys } = player.source
  useWatched(keys)
  const press = () => keys.press(code)
  const release = () => keys.release(code)
  return (
    <button
      type="button"
      class={`pg-hold${keys.down.has(code) ? ' down' : ''}`}
      aria-label={`${label}, ${name}`}
      onPointerDown={press}
      onPointerUp={release}
      onPointerLeave={release}
      onPointerCancel={release}
      onContextMenu={(event) => event.preventDefault()}
      onKeyDown={({ key }) => (key === ' ' || key === 'Enter') && press()}
      onKeyUp={release}
      onBlur={release}
    >
      {label}
    </button>
  )
}
