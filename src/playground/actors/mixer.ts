// The next joint action, put together from whoever acts for each agent. N agents, A numbers of an action, J = N * A.
import { wander } from './chance.ts'
import type { Control } from './joints.ts'
import { follow, keyMap, pushOf } from './keys.ts'
import { levelOf, MOST, type Range, REST } from './levels.ts'
import { type Pad, padPush } from './pad.ts'
import { type Acting, type Actor, actingOf, isPolicy } from './policy.ts'

/** What people are doing right now. */
export interface Hands {
  /** KeyboardEvent.code of keys, also of those on the screen, that are down */
  readonly down: ReadonlySet<string>
  readonly pad: Pad | undefined
}

export interface Mixed {
  readonly levels: Uint8Array // [J]; of agents that the policy acts for: REST
  readonly acting: Acting | undefined
}

export class Mixer {
  readonly controls: readonly (readonly Control[])[]
  readonly range: Range
  readonly actors: Actor[]
  /** [J], where sliders stand; of others: what they did last */
  readonly levels: Uint8Array
  private readonly A: number
  private plan: ((agent: number, entry: number) => number | undefined) | undefined

  constructor(controls: readonly (readonly Control[])[], range: Range, A: number, actors: readonly Actor[]) {
    this.controls = controls
    this.range = range
    this.A = A
    this.actors = [...actors]
    this.levels = new Uint8Array(controls.length * A).fill(REST)
    for (const agent of controls.keys()) this.rest(agent)
  }

  /** All numbers in the middle, and of every choice the first option. */
  rest(agent: number): void {
    this.levels.fill(REST, agent * this.A, (agent + 1) * this.A)
    for (const control of this.controls[agent]!)
      if (control.kind === 'choice') this.levels[control.entry] = MOST
  }

  /** The policy acts in one way for all: who changes it for one agent changes it for the others that it acts for. */
  setActor(agent: number, actor: Actor): void {
    this.actors[agent] = actor
    if (actor === 'hold') this.rest(agent)
    if (!isPolicy(actor)) return
    for (const [other, theirs] of this.actors.entries()) if (isPolicy(theirs)) this.actors[other] = actor
  }

  choose({ entry, options }: Control & { kind: 'choice' }, option: number): void {
    for (let i = 0; i < options.length; i++) this.levels[entry + i] = i === option ? MOST : REST
  }

  /** What the policy has done [A]: whoever takes over begins there. */
  show(agent: number, action: readonly number[]): void {
    for (const [i, value] of action.entries()) this.levels[agent * this.A + i] = levelOf(value, this.range)
  }

  /** What a planner has found, or undefined where it has not yet. */
  setPlan(plan: ((agent: number, entry: number) => number | undefined) | undefined): void {
    this.plan = plan
  }

  get planned(): number[] {
    return this.actors.flatMap((actor, agent) => (actor === 'planner' ? [agent] : []))
  }

  /** Entries that keys move, with their pairs. */
  keys(): ReturnType<typeof keyMap> {
    return keyMap(this.motorsOf('keys'))
  }

  /** Entries that a gamepad moves, in the order of its sticks and buttons. */
  pads(): number[] {
    return this.motorsOf('gamepad')
  }

  /** @param step counts on with every step, for chance */
  next(hands: Hands, seed: number, step: number): Mixed {
    const keys = this.keys()
    const padded = this.pads()
    for (const [agent, controls] of this.controls.entries())
      for (const control of controls) this.move(this.actors[agent]!, control, hands, keys, padded, seed, step)
    const levels = this.levels.slice()
    for (const [agent, actor] of this.actors.entries())
      if (isPolicy(actor)) levels.fill(REST, agent * this.A, (agent + 1) * this.A)
    return { levels, acting: actingOf(this.actors) }
  }

  private move(
    actor: Actor,
    control: Control,
    { down, pad }: Hands,
    keys: ReturnType<typeof keyMap>,
    padded: readonly number[],
    seed: number,
    step: number,
  ): void {
    const { entry } = control
    const level = this.levels[entry]!
    const towards = (push: number) => Math.round(follow(level, REST + REST * push))
    if (control.kind === 'choice') {
      if (actor === 'random' && step % 5 === 0) this.choose(control, optionOf(control, seed, step))
    } else if (actor === 'keys') this.levels[entry] = towards(pushOf(keys.get(entry), down))
    else if (actor === 'gamepad') this.levels[entry] = towards(padPush(pad, padded.indexOf(entry)))
    else if (actor === 'random') this.levels[entry] = wander(level, seed, step * 1024 + entry)
    else if (actor === 'planner') {
      const planned = this.plan?.(control.agent, entry)
      if (planned !== undefined) this.levels[entry] = levelOf(planned, this.range)
    }
  }

  /** Entries of numbers of those agents. */
  private motorsOf(actor: Actor): number[] {
    return this.controls.flatMap((controls, agent) =>
      this.actors[agent] === actor
        ? controls.filter(({ kind }) => kind === 'number').map(({ entry }) => entry)
        : [],
    )
  }
}

const optionOf = ({ entry, options }: Control & { kind: 'choice' }, seed: number, step: number): number =>
  Math.floor((wander(REST, seed, step * 1024 + entry) / (MOST + 1)) * options.length)
