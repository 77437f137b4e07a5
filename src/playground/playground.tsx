// The playground of one model: who acts on the left, the robot in the middle, measurements on the right.
import type { ComponentChildren } from 'preact'
import { useEffect, useMemo, useState } from 'preact/hooks'
import type { ModelDetail } from '../api/models.ts'
import { Frames } from './hooks/frames.ts'
import { useKeyboard } from './hooks/use-keyboard.ts'
import { useMedia } from './hooks/use-media.ts'
import { Agents } from './parts/agents.tsx'
import { Announcer } from './parts/announcer.tsx'
import { Beginning } from './parts/beginning.tsx'
import { CompanyBar } from './parts/company-bar.tsx'
import { StageView } from './parts/stage-view.tsx'
import { Status } from './parts/status.tsx'
import { TakeAway } from './parts/take-away.tsx'
import { Transport } from './parts/transport.tsx'
import { inBrowser, Link } from './play/in-browser.ts'
import { Player } from './play/player.ts'
import { inkFor } from './plots/ink.ts'
import { Plots } from './plots/plots.tsx'
import type { Stage } from './scene/stage.ts'
import { runIn } from './share/link.ts'

interface Props {
  model: ModelDetail
  apiKey: string
  /** stands above the robot, beside how it begins */
  title: ComponentChildren
}

const FIRST_SEED = 7

export function Playground({ model, apiKey, title }: Props) {
  const dark = useMedia('(prefers-color-scheme: dark)')
  const still = useMedia('(prefers-reduced-motion: reduce)')
  const { player, frames, link } = useMemo(() => {
    const link = new Link()
    const player = new Player(model, inBrowser(apiKey, link), FIRST_SEED)
    return { link, player, frames: new Frames((now) => player.frame(now)) }
  }, [model, apiKey])
  const [stage, setStage] = useState<Stage>()
  const ink = useMemo(() => inkFor(dark), [dark])
  useEffect(() => {
    const begin = () => {
      if (model.policy && !still) player.transport.play()
      return player.open(frames.wake)
    }
    const open = () =>
      runIn(location.hash, model).then(
        (run) => (run ? player.openShared(frames.wake, run) : undefined),
        (error: Error) => begin().then(() => player.run.say(error.message)),
      )
    if (location.hash.includes('&run=')) void open()
    else void begin()
    addEventListener('hashchange', open)
    return () => {
      removeEventListener('hashchange', open)
      frames.stop()
      player.close()
    }
  }, [player])
  useEffect(() => {
    const look = () => (document.hidden ? player.transport.hide() : player.transport.show())
    document.addEventListener('visibilitychange', look)
    return () => document.removeEventListener('visibilitychange', look)
  }, [player])
  useKeyboard(player)
  const common = { player, frames }
  const { body } = player
  return (
    <section class={`playground${body ? '' : ' bodiless'}`} aria-label="Playground">
      <div class="pg-head">
        {title}
        <Beginning player={player} />
      </div>
      <div class="pg-stage panel">
        <div class="pg-view">
          {body ? (
            <StageView {...common} body={body} dark={dark} still={still} onStage={setStage} />
          ) : (
            <p class="pg-nobody">
              This model does not say what its robot looks like. Its numbers are beside.
            </p>
          )}
          <Status {...common} link={link} />
        </div>
        <Transport {...common} />
        <CompanyBar {...common} />
        <TakeAway {...common} stage={stage} />
      </div>
      <Agents {...common} />
      <Plots {...common} ink={ink} />
      <Announcer player={player} />
    </section>
  )
}
