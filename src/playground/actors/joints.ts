// The numbers of a joint action that somebody may choose, one by one: torques of motors, and choices of one among several.
import type { ModelDetail } from '../../api/models.ts'

type Space = Pick<ModelDetail, 'agents' | 'spaces'>

export interface Motor {
  readonly kind: 'number'
  readonly agent: number
  /** of the joint action, counted over all agents */
  readonly entry: number
  readonly name: string
  readonly unit: string
}

export interface Choice {
  readonly kind: 'choice'
  readonly agent: number
  /** the first of its options */
  readonly entry: number
  readonly options: readonly string[]
}

export type Control = Motor | Choice

/** Of every agent, in the order of the joint action. */
export function controlsOf({ agents, spaces }: Space): Control[][] {
  const { dimension, unit } = spaces.action
  return agents.map(({ actuators, choices = [] }, agent) => {
    const first = agent * dimension
    const motors = actuators.length - choices.reduce((sum, options) => sum + options, 0)
    const controls: Control[] = actuators
      .slice(0, motors)
      .map((name, i) => ({ kind: 'number', agent, entry: first + i, name, unit }))
    let at = motors
    for (const options of choices) {
      controls.push({ kind: 'choice', agent, entry: first + at, options: actuators.slice(at, at + options) })
      at += options
    }
    return controls
  })
}
