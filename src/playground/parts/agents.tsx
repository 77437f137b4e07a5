// Who acts for each agent, and its joints: sliders that can be taken at any time, and show what the others do.
import { useEffect } from 'preact/hooks'
import type { Control } from '../actors/joints.ts'
import { letterOf } from '../actors/keys.ts'
import { actionAt, MOST } from '../actors/levels.ts'
import { SOURCE_NAMES } from '../actors/pad.ts'
import { ACTOR_NAMES, ACTORS, type Actor, isPolicy } from '../actors/policy.ts'
import type { Frames } from '../hooks/frames.ts'
import { useWatched } from '../hooks/use-watched.ts'
import type { Player } from '../play/player.ts'
import { HoldButton } from './hold-button.tsx'

interface Props {
  player: Player
  frames: Frames
}

export function Agents({ player, frames }: Props) {
  useWatched(player)
  const { model, mixer } = player
  useEffect(() => {
    addEventListener('gamepadconnected', frames.wake)
    addEventListener('gamepaddisconnected', frames.wake)
    return () => {
      removeEventListener('gamepadconnected', frames.wake)
      removeEventListener('gamepaddisconnected', frames.wake)
    }
  }, [frames])
  const offered = ACTORS.filter((actor) => model.policy || !isPolicy(actor))
  return (
    <section class="pg-agents panel" aria-label="Agents">
      {model.agents.map(({ name }, agent) => (
        <fieldset key={name} class="pg-agent">
          <legend>{spaced(name)}</legend>
          <label>
            Who acts
            <select
              value={mixer.actors[agent]}
              onChange={(event) => player.setActor(agent, event.currentTarget.value as Actor)}
            >
              {offered.map((actor) => (
                <option key={actor} value={actor}>
                  {ACTOR_NAMES[actor]}
                </option>
              ))}
            </select>
          </label>
          <Joints player={player} frames={frames} agent={agent} />
        </fieldset>
      ))}
    </section>
  )
}

function Joints({ player, frames, agent }: Props & { agent: number }) {
  useWatched(frames)
  const { mixer } = player
  return (
    <>
      {mixer.actors[agent] === 'gamepad' && !player.padSeen && (
        <p class="pg-hint">No gamepad is seen. Press one of its buttons.</p>
      )}
      {mixer.controls[agent]!.map((control) => (
        <Joint key={control.entry} player={player} agent={agent} control={control} />
      ))}
    </>
  )
}

interface JointProps {
  player: Player
  agent: number
  control: Control
}

function Joint({ player, agent, control }: JointProps) {
  const { mixer } = player
  if (control.kind === 'choice') return <Choice player={player} agent={agent} control={control} />
  const { entry, name, unit } = control
  const level = mixer.levels[entry]!
  const value = actionAt(level, mixer.range)
  const pair = mixer.keys().get(entry)
  const stick = SOURCE_NAMES[mixer.pads().indexOf(entry)]
  return (
    <div class="pg-joint">
      <label>
        <span>{spaced(name)}</span>
        <input
          type="range"
          min={0}
          max={MOST}
          step={1}
          value={level}
          aria-valuetext={`${value.toFixed(2)}${unit === '1' ? '' : ` ${unit}`}`}
          onInput={(event) => player.setLevel(agent, entry, Number(event.currentTarget.value))}
          onDblClick={() => player.setLevel(agent, entry, MOST / 2)}
        />
        <output>
          {value.toFixed(2)}
          {unit !== '1' && <small> {unit}</small>}
        </output>
      </label>
      {stick && <span class="pg-hint">{stick}</span>}
      {pair && (
        <span class="pg-pair">
          <HoldButton
            player={player}
            code={pair[1]}
            label={`${letterOf(pair[1])} −`}
            name={`${spaced(name)}, less`}
          />
          <HoldButton
            player={player}
            code={pair[0]}
            label={`${letterOf(pair[0])} +`}
            name={`${spaced(name)}, more`}
          />
        </span>
      )}
    </div>
  )
}

function Choice({ player, agent, control }: JointProps & { control: Control & { kind: 'choice' } }) {
  const { mixer } = player
  const chosen = control.options.findIndex((_, i) => mixer.levels[control.entry + i] === MOST)
  const choose = (option: number) => {
    player.setActor(agent, 'sliders')
    mixer.choose(control, option)
  }
  return (
    <label>
      Choice
      <select value={chosen} onChange={(event) => choose(Number(event.currentTarget.value))}>
        {control.options.map((option, i) => (
          <option key={option} value={i}>
            {spaced(option)}
          </option>
        ))}
      </select>
    </label>
  )
}

export const spaced = (name: string): string => name.replaceAll('_', ' ')
