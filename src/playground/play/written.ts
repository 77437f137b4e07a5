// The server's answer to a step, written onto the tape: how far the robot has come, and what was done. N agents, A numbers of
// an action.
import type { StepReply } from '../../client/types.ts'
import { actionsOf } from '../actors/levels.ts'
import { isPolicy } from '../actors/policy.ts'
import { wayOf } from '../body/travel.ts'
import type { Parts } from './parts.ts'

export interface Written {
  readonly entry: number
  readonly actions: number[][] // [N][A], as they were taken
}

type Writing = Pick<Parts, 'model' | 'body' | 'mixer' | 'tape'>

/** @param levels [N * A] that were sent */
export function written(parts: Writing, reply: StepReply, levels: Uint8Array): Written {
  const { tape, body } = parts
  const last = tape.end - 1
  const way = (axis: 'x' | 'y') => tape.at(axis, last) + wayOf(body, axis, tape.state(last), reply.state)
  const actions = takenActions(parts, reply, levels)
  const { reward, termination_probability: end } = reply
  const entry = tape.step(reply.state, way('x'), way('y'), { actions: actions.flat(), reward, end })
  return { entry, actions }
}

/** Of the policy as the server told: sliders show it. */
function takenActions({ model, mixer }: Writing, { actions }: StepReply, levels: Uint8Array): number[][] {
  if (!actions) return actionsOf(levels, mixer.range, model.agents.length)
  const all = model.agents.map(({ name }) => actions[name]!)
  for (const [agent, row] of all.entries()) if (isPolicy(mixer.actors[agent]!)) mixer.show(agent, row)
  return all
}
