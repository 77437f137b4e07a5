// What plays together, made for one model.
import type { ModelDetail } from '../../api/models.ts'
import { controlsOf } from '../actors/joints.ts'
import { Mixer } from '../actors/mixer.ts'
import type { Actor } from '../actors/policy.ts'
import { type Body, bodyOf, stepSecondsOf } from '../body/body.ts'
import { Tape } from '../tape/tape.ts'
import { deviationsOfModel } from './deviations.ts'
import type { Outside } from './outside.ts'
import { Pace } from './pace.ts'
import { Source } from './source.ts'

/** Five minutes at 20 steps a second. */
const CAPACITY = 6000

export interface Parts {
  readonly model: ModelDetail
  /** undefined: nothing is drawn */
  readonly body: Body | undefined
  readonly pace: Pace
  readonly tape: Tape
  readonly deviations: readonly number[]
  readonly mixer: Mixer
  readonly source: Source
  readonly outside: Outside
}

export function partsOf(model: ModelDetail, outside: Outside): Parts {
  const { action, state } = model.spaces
  const body = bodyOf(model)
  const usual: Actor = model.policy ? 'mean' : 'random'
  const actors = model.agents.map(() => usual)
  const mixer = new Mixer(controlsOf(model), action, action.dimension, actors)
  return {
    model,
    body,
    pace: new Pace(stepSecondsOf(body)),
    tape: new Tape(CAPACITY, state.length, model.agents.length * action.dimension),
    deviations: deviationsOfModel(model),
    mixer,
    source: new Source(mixer),
    outside,
  }
}
