// One step of a session as a function from what was committed to what is committed next. Nothing is changed, so a
// step that fails anywhere on its way has not happened.
import { DimaError } from '../../common/errors.ts'
import type { StepOutcome } from '../../worlds/live.ts'
import { lettersOf } from '../../worlds/world.ts'
import type { Runner, WorkOptions } from '../runner.ts'
import { type Asked, type Decision, decide } from './decide.ts'
import { allFinite, diverged } from './diverged.ts'
import { beginEpisode, nextEpisode } from './episode.ts'
import { follow, isOver, type Position, rowOf } from './position.ts'
import type { Committed, Terms } from './terms.ts'
import type { StepAnswer } from './types.ts'

/**
 * @param asked is kept
 * Throws DimaError `invalid_shape`, `episode_over`, `diverged`, `no_policy` and those of Runner.
 */
export async function advance(
  runner: Runner,
  terms: Terms,
  { stepId, position }: Committed,
  asked: Asked,
  options: WorkOptions,
): Promise<Committed> {
  checkShape(terms, asked.action)
  const done = isOver(position)
    ? await startOver(runner, terms, position, options)
    : await imagine(runner, terms, position, asked, options)
  const answer = answerOf(terms.id, stepId + 1, done)
  return { stepId: stepId + 1, position: done.position, last: { asked, answer } }
}

interface Done {
  /** where the session stands now */
  position: Position
  /** where the step led: not the same when same_step has begun the next episode */
  reached: Position
  earned: Pick<StepOutcome, 'reward' | 'terminationProbability' | 'queueMs' | 'computeMs'>
  /** where a policy has acted */
  decision?: Decision | undefined
}

async function imagine(
  runner: Runner,
  terms: Terms,
  position: Position,
  asked: Asked,
  options: WorkOptions,
): Promise<Done> {
  const { memories, choice, maxEpisodeSteps } = terms
  const decision = asked.policy && (await decided(runner, terms, position, asked, options))
  const action = decision?.action ?? asked.action
  const turn = memories.take(position.memory, action)
  const row = rowOf(position, turn)
  const outcome = await runner.step(terms.model.bundle.digest, choice, row, options)
  if (!isSound(outcome)) throw diverged('the imagined step')
  const reached = follow(position, memories.follow(turn, outcome.carried), outcome, maxEpisodeSteps)
  const beginsNext = isOver(reached) && terms.autoreset === 'same_step'
  // The step is computed, so its deadline and signal no longer count.
  const owned = { owner: terms.owner }
  const next = beginsNext ? await beginEpisode(runner, terms, nextEpisode(reached), owned) : reached
  return { position: next, reached, earned: outcome, decision }
}

function decided(runner: Runner, terms: Terms, position: Position, asked: Asked, options: WorkOptions) {
  const { memories, model } = terms
  const place = { ...position, step: position.episodeStep }
  return decide(runner, { bundle: model.bundle, memories }, place, asked, options)
}

/** next_step: the step after the end ignores its action and shows the next start. */
async function startOver(runner: Runner, terms: Terms, end: Position, options: WorkOptions): Promise<Done> {
  if (terms.autoreset !== 'next_step') throw new DimaError('episode_over', 'the episode is over; reset it')
  const position = await beginEpisode(runner, terms, nextEpisode(end), options)
  const earned = { reward: 0, terminationProbability: 0, queueMs: 0, computeMs: 0 }
  return { position, reached: position, earned }
}

/** Every field by name: a spread would cost more than all the rest of a commit. */
function answerOf(
  sessionId: string,
  stepId: number,
  { position, reached, earned, decision }: Done,
): StepAnswer {
  const answer: StepAnswer = {
    sessionId,
    stepId,
    committedStepId: stepId,
    episodeStep: position.episodeStep,
    state: position.state,
    observations: position.observations,
    reward: earned.reward,
    terminationProbability: earned.terminationProbability,
    terminated: reached.terminated,
    truncated: reached.truncated,
    queueMs: earned.queueMs + (decision?.queueMs ?? 0),
    computeMs: earned.computeMs + (decision?.computeMs ?? 0),
  }
  if (decision) answer.actions = decision.action
  if (reached === position) return answer
  return { ...answer, final: { state: reached.state, observations: reached.observations } }
}

const isSound = ({ carried, state, observations, reward, terminationProbability }: StepOutcome): boolean =>
  Number.isFinite(reward) &&
  Number.isFinite(terminationProbability) &&
  allFinite(carried) &&
  allFinite(state) &&
  allFinite(observations)

function checkShape({ model }: Terms, action: Float32Array): void {
  const { N, A } = lettersOf(model.bundle.manifest)
  if (action.length === N * A) return
  throw new DimaError('invalid_shape', `the joint action has ${action.length} numbers, expected ${N * A}`, {
    field: 'actions',
    expected: [N, A],
    given: action.length,
  })
}
