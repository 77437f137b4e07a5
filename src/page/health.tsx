// Whether the server works, looked at every few seconds while the page is seen.
import { useEffect, useState } from 'preact/hooks'
import type { Executors } from '../api/health.ts'

const EVERY_MS = 5000

type Seen = { mark: 'good' | 'bad' | 'unknown'; text: string }

export function Health() {
  const [{ mark, text }, setSeen] = useState<Seen>({ mark: 'unknown', text: 'looking' })
  useEffect(() => {
    const look = async () => {
      if (!document.hidden) setSeen(await seen())
    }
    void look()
    const timer = setInterval(() => void look(), EVERY_MS)
    return () => clearInterval(timer)
  }, [])
  return (
    <span class={`health ${mark}`} role="status">
      {text}
    </span>
  )
}

async function seen(): Promise<Seen> {
  try {
    const reply = await fetch('/v2/health/ready')
    if (!reply.ok) return { mark: 'bad', text: 'not ready' }
    const { executors } = (await reply.json()) as { executors: Executors }
    const { ready, total, device } = executors
    return { mark: ready === total ? 'good' : 'bad', text: `ready, ${ready} of ${total} on ${device}` }
  } catch {
    return { mark: 'bad', text: 'no answer' }
  }
}
