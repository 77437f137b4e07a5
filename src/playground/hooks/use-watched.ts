// A component that is drawn again when what it shows has changed.
import { useEffect, useState } from 'preact/hooks'
import type { Watched } from '../watched.ts'

export function useWatched(watched: Watched): void {
  const [, again] = useState(0)
  useEffect(() => watched.watch(() => again((count) => count + 1)), [watched])
}
