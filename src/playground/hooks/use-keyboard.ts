// The keyboard: keys push the joints of agents that act by keys; space plays and pauses, full stop takes one step. Whoever
// types into a field is left alone.
import { useEffect } from 'preact/hooks'
import type { Player } from '../play/player.ts'

export function useKeyboard(player: Player): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
      if (event.code === 'Period') {
        if (!event.repeat || !player.transport.stepping) player.transport.stepOnce()
      } else if (event.code === 'Space' && !isControl(event.target)) {
        event.preventDefault()
        if (!event.repeat) player.transport.toggle()
      } else if (usedBy(player, event.code)) {
        event.preventDefault() // or the list of actors, which was touched last, takes letters as its own
        player.source.keys.press(event.code)
      }
    }
    const release = (event: KeyboardEvent) => player.source.keys.release(event.code)
    const releaseAll = () => player.source.keys.releaseAll()
    addEventListener('keydown', press)
    addEventListener('keyup', release)
    addEventListener('blur', releaseAll)
    return () => {
      removeEventListener('keydown', press)
      removeEventListener('keyup', release)
      removeEventListener('blur', releaseAll)
    }
  }, [player])
}

const usedBy = ({ mixer }: Player, code: string): boolean =>
  [...mixer.keys().values()].some((pair) => pair.includes(code))

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof Element && target.matches('input:not([type=range]), textarea')

/** What space works already. */
const isControl = (target: EventTarget | null): boolean =>
  target instanceof Element && target.matches('button, input, select, summary, a, [role=button]')
