// Answers to `reset` and `step`, held against what was declared.
import { sum } from '../../common/statistics.ts'
import { pasteColumns } from '../../common/tensors.ts'
import type { PerAgent } from '../parallel-env.ts'
import type { FinalObservations, VectorReset, VectorStep } from '../vector/vector-env.ts'
import {
  FLOATS,
  freshRoom,
  isArray,
  type Room,
  readFlags,
  readFloats,
  readIndices,
  readRows,
} from './arrays.ts'
import { checkAgents, type Declaration, forAgents } from './declaration.ts'
import { checkEnds, checkQuiet, endedCopies } from './ends.ts'
import { protocolError } from './protocol-error.ts'
import { type Fields, isMap } from './read-message.ts'

export interface BridgeReset extends VectorReset {
  /** Info as it came: infos.ts reads it for those who want it. */
  readonly info: Fields | undefined
}
export interface BridgeStep extends VectorStep, Pick<BridgeReset, 'info'> {}

/** Reads the answers of one session; throws DimaError `bridge_protocol`. */
export class AnswerReader {
  private readonly declared: Declaration
  private readonly names: readonly string[]

  private readonly room: Room

  /** @param copy false: each answer is written over the last one, but for `final` */
  constructor(declared: Declaration, copy: boolean) {
    this.declared = declared
    this.room = copy ? freshRoom : sameRoom()
    this.names = declared.agents.map(({ name }) => name)
  }

  reset(answer: Fields): BridgeReset {
    const { numEnvs } = this.declared
    return { ...this.views(answer, numEnvs, '', this.room), ...this.told(answer.info) }
  }

  /** @param resetting copies that an automatic reset was due for before this step, nonzero each [E] */
  step(answer: Fields, resetting: Uint8Array): BridgeStep {
    const { numEnvs, autoreset } = this.declared
    const rewards = this.rewards(answer.reward)
    const terminations = readFlags(answer.terminated, 'terminated', [numEnvs])
    const truncations = readFlags(answer.truncated, 'truncated', [numEnvs])
    checkEnds(terminations, truncations)
    if (autoreset === 'next_step') checkQuiet(resetting, rewards, terminations, truncations)
    const final = this.final(answer.final, terminations, truncations)
    return {
      ...this.views(answer, numEnvs, '', this.room),
      rewards,
      terminations,
      truncations,
      ...(final ? { final } : {}),
      ...this.told(answer.info),
    }
  }

  /** Observations and state of `rows` copies; `at` stands before the fields' names. */
  private views({ obs, state }: Fields, rows: number, at: string, room: Room): VectorReset {
    const { agents, state: stateSpace } = this.declared
    const maps = this.perAgent(obs, `${at}obs`)
    const observations = forAgents(agents, ({ name, observation: { box, dtype } }) =>
      readFloats(maps[name], `${at}obs.${name}`, [dtype], [rows, box.low.length], room),
    )
    if (stateSpace) {
      const shape = [rows, stateSpace.box.low.length]
      return { observations, states: readFloats(state, `${at}state`, [stateSpace.dtype], shape, room) }
    }
    if (state !== undefined) throw protocolError(`${at}state`, 'was not declared', 'nothing', state)
    return { observations, states: sideBySide(Object.values(observations), rows, room) }
  }

  private rewards(reward: unknown): PerAgent<Float64Array> {
    const { agents, numEnvs, shared } = this.declared
    if (shared) {
      return forAgents(agents, ({ name }) =>
        readFloats(reward, 'reward', FLOATS, [numEnvs], (size) => this.room(size, `reward.${name}`)),
      )
    }
    const rewards = this.perAgent(reward, 'reward')
    return forAgents(agents, ({ name }) =>
      readFloats(rewards[name], `reward.${name}`, FLOATS, [numEnvs], this.room),
    )
  }

  private final(
    final: unknown,
    terminations: Uint8Array,
    truncations: Uint8Array,
  ): FinalObservations | undefined {
    const sameStep = this.declared.autoreset === 'same_step'
    const ended = sameStep ? endedCopies(terminations, truncations) : []
    if (final === undefined && ended.length === 0) return undefined
    if (!sameStep) throw protocolError('final', 'belongs to same_step alone', 'nothing', final)
    if (!isMap(final))
      throw protocolError('final', 'is wrong', `the last of copies ${ended.join(', ')}`, final)
    const copies = readIndices(final.index, 'final.index', [ended.length])
    const wrong = ended.findIndex((copy, i) => copies[i] !== copy)
    if (wrong >= 0)
      throw protocolError(`final.index[${wrong}]`, 'is not the copy that ended', ended[wrong], copies[wrong])
    return ended.length === 0
      ? undefined
      : { copies, ...this.views(final, ended.length, 'final.', freshRoom) }
  }

  /** `success` is the one name that this side knows: a flag or a number for every copy, and anything but 0 is success. */
  private told(answer: unknown): Pick<BridgeReset, 'info' | 'infos'> {
    const info = readInfo(answer)
    if (!info || !isArray(info.success)) return { info }
    const { numbers } = readRows(info.success, 'info.success', this.declared.numEnvs)
    if (numbers.length !== this.declared.numEnvs) return { info }
    return { info, infos: { success: Uint8Array.from(numbers, (value) => (value === 0 ? 0 : 1)) } }
  }

  private perAgent(map: unknown, field: string): Fields {
    if (!isMap(map)) throw protocolError(field, 'is wrong', 'a map of agents', map)
    checkAgents(map, this.names, field)
    return map
  }
}

/** The same array for a field every time. */
function sameRoom(): Room {
  const arrays = new Map<string, Float64Array>()
  return (size, field) => {
    const array = arrays.get(field) ?? new Float64Array(size)
    arrays.set(field, array)
    return array
  }
}

function readInfo(info: unknown): Fields | undefined {
  if (info === undefined) return undefined
  if (isMap(info) && !isArray(info)) return info
  throw protocolError('info', 'is wrong', 'a map of arrays', info)
}

/** What all agents see, one after the other in each row. */
const sideBySide = (parts: readonly Float64Array[], rows: number, room: Room): Float64Array =>
  pasteColumns(room(sum(parts.map((part) => part.length)), 'state'), rows, parts)
