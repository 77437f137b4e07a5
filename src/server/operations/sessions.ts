// create, get, reset, snapshot, restore, fork, close.
import { randomInt } from 'node:crypto'
import Type from 'typebox'
import { CreateSession, ForkSession, ResetSession, RestoreSession, SessionId } from '../../api/sessions.ts'
import { strict } from '../../api/shapes.ts'
import { DimaError } from '../../common/errors.ts'
import type { CreateOptions, ResetOptions } from '../../inference/live/types.ts'
import type { Manifest } from '../../registry/manifest.ts'
import { kindOf } from '../../worlds/kind-of.ts'
import { modelOfSession } from '../catalog.ts'
import type { Limits } from '../context.ts'
import { readChoice } from '../rollout/choice.ts'
import { checkFields } from '../rollout/fields.ts'
import { readStart } from '../rollout/starts.ts'
import { sessionState } from '../rollout/views.ts'
import { asList } from '../wire/numbers.ts'
import type { Operation } from './operation.ts'
import { paid } from './paid.ts'

const unchecked = Type.Optional(Type.Unknown())
const Named = Type.Object({ session_id: SessionId }, strict)
const Create = Type.Object({ ...CreateSession.properties, start: unchecked, order: unchecked }, strict)
const Reset = Type.Object({ ...Named.properties, ...ResetSession.properties, start: unchecked }, strict)
const Fork = Type.Object({ ...Named.properties, ...ForkSession.properties }, strict)

export const create: Operation = async ({ catalog, sessions, limits }, fields, { owner }) => {
  const request = checkFields(Create, fields)
  const model = catalog.model(request.model)
  const { manifest } = model.bundle
  const seed = request.seed ?? randomInt(2 ** 32)
  const begun = givenStart(request.start, manifest, limits)
  const options: CreateOptions = {
    model,
    seed,
    choice: readChoice(kindOf(catalog.kinds, manifest), request, seed, manifest),
    maxEpisodeSteps: request.max_episode_steps ?? null,
    autoreset: request.autoreset ?? 'disabled',
    ...(begun ? { start: begun.window } : {}),
  }
  return sessionState(await sessions.create(owner, options), begun?.clipped)
}

/** Undefined when the request brings none. */
const givenStart = (start: unknown, manifest: Manifest, { outOfRange }: Limits) =>
  start === undefined ? undefined : readStart(start, 'start', manifest, outOfRange)

export const get: Operation = async ({ sessions }, fields, { owner }) => {
  const { session_id } = checkFields(Named, fields)
  const coming = sessions.bring(owner, session_id, true)
  if (coming) await coming
  return sessionState(sessions.get(owner, session_id))
}

export const reset: Operation = async ({ sessions, limits }, fields, { owner }) => {
  const { session_id, seed, start } = checkFields(Reset, fields)
  const coming = sessions.bring(owner, session_id)
  if (coming) await coming // else at once: requests of a session are done in the order in which they came
  const { manifest } = sessions.get(owner, session_id).bundle
  const begun = givenStart(start, manifest, limits)
  const options: ResetOptions = {
    ...(seed === undefined ? {} : { seed }),
    ...(begun ? { start: begun.window } : {}),
  }
  return sessionState(await sessions.reset(owner, session_id, options), begun?.clipped)
}

export const snapshot: Operation = async ({ sessions }, fields, { owner }) => {
  const { session_id } = checkFields(Named, fields)
  const coming = sessions.bring(owner, session_id)
  if (coming) await coming
  const { committedStepId, digest, snapshot } = await sessions.snapshot(owner, session_id)
  return { session_id, committed_step_id: committedStepId, digest, snapshot }
}

export const restore: Operation = async ({ catalog, sessions }, fields, { owner }) => {
  const { snapshot } = checkFields(RestoreSession, fields)
  return sessionState(await sessions.restore(owner, snapshot, (digest) => modelOfSession(catalog, digest)))
}

export const fork: Operation = async ({ sessions }, fields, caller) => {
  const { owner } = caller
  const { session_id, count, seeds } = checkFields(Fork, withSeeds(fields))
  if (seeds && count !== undefined && count !== seeds.length) throw wrongSeeds(count, seeds.length)
  const options = { count: count ?? seeds?.length ?? 1, ...(seeds ? { seeds } : {}) }
  const coming = sessions.bring(owner, session_id)
  if (coming) await coming
  sessions.get(owner, session_id) // who asks for what is not there does not pay for it
  const children = await paid(caller, options.count, () => sessions.fork(owner, session_id, options))
  return { sessions: children.map((child) => sessionState(child)) }
}

const withSeeds = (fields: unknown): unknown =>
  typeof fields === 'object' && fields !== null && 'seeds' in fields
    ? { ...fields, seeds: asList(fields.seeds) }
    : fields

const wrongSeeds = (count: number, given: number): DimaError =>
  new DimaError('invalid_shape', `seeds has ${given} entries, expected ${count} as count says`, {
    field: 'seeds',
    expected: [count],
    given: [given],
  })

export const close: Operation = async ({ sessions }, fields, { owner }) => {
  const { session_id } = checkFields(Named, fields)
  const coming = sessions.bring(owner, session_id)
  if (coming) await coming
  const { committedStepId } = await sessions.close(owner, session_id)
  return { session_id, committed_step_id: committedStepId }
}
