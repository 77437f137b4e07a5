// Copies whose agents all have the same sizes, which networks need, around copies whose agents may differ: observations are
// padded, padding of actions is left out before the environment gets them, and scaled numbers get its own units.
import { entriesOf } from '../../common/action-layout.ts'
import { type AgentForm, type CommonForm, commonForm, idOf, isPlain } from '../agent-forms.ts'
import type { PerAgent } from '../parallel-env.ts'
import { unscaled } from '../scaled-actions.ts'
import type { Box } from '../spaces.ts'
import type { AgentSpec, TaskSpec } from '../task-spec.ts'
import type {
  FinalObservations,
  VectorEnv,
  VectorReset,
  VectorResetOptions,
  VectorStep,
} from './vector-env.ts'

/** The environment itself where there is nothing to do. */
export function uniformEnv(env: VectorEnv, task: TaskSpec): VectorEnv {
  const form = commonForm(task)
  const scaled = task.agents.some(({ bounds }) => bounds)
  const padded = form.agents.some((agent) => isPadded(agent, form))
  return (isPlain(form) || !padded) && !scaled ? env : new UniformVectorEnv(env, task, form)
}

const isPadded = ({ layout, observed }: AgentForm, { action, observation }: CommonForm): boolean =>
  entriesOf(layout) < action || observed < observation

interface Agent extends AgentForm {
  spec: AgentSpec
  observation: Box
  action: Box
}

class UniformVectorEnv implements VectorEnv {
  readonly numEnvs: number
  readonly possibleAgents: readonly string[]
  readonly stateSpace: Box
  readonly autoreset: VectorEnv['autoreset']
  readonly subsetReset: boolean
  private readonly env: VectorEnv
  private readonly form: CommonForm
  private readonly agents: readonly Agent[]

  constructor(env: VectorEnv, task: TaskSpec, form: CommonForm) {
    this.env = env
    this.form = form
    this.numEnvs = env.numEnvs
    this.possibleAgents = env.possibleAgents
    this.stateSpace = env.stateSpace
    this.autoreset = env.autoreset
    this.subsetReset = env.subsetReset
    this.agents = task.agents.map((spec, n) => ({
      spec,
      ...form.agents[n]!,
      observation: widened(
        env.observationSpace(spec.name),
        form.observation,
        form.ids ? env.possibleAgents : [],
      ),
      action: actionBox(env.actionSpace(spec.name), form.action, form.agents[n]!, spec),
    }))
  }

  observationSpace(agent: string): Box {
    return this.agentOf(agent)?.observation ?? this.env.observationSpace(agent)
  }

  actionSpace(agent: string): Box {
    return this.agentOf(agent)?.action ?? this.env.actionSpace(agent)
  }

  async reset(options?: VectorResetOptions): Promise<VectorReset> {
    return this.seen(await this.env.reset(options), this.numEnvs)
  }

  async step(actions: PerAgent<ArrayLike<number>>): Promise<VectorStep> {
    const taken = Object.fromEntries(
      this.agents.map((agent) => [agent.spec.name, this.taken(actions, agent)]),
    )
    const step = this.seen(await this.env.step(taken), this.numEnvs)
    return step.final ? { ...step, final: this.seen(step.final, step.final.copies.length) } : step
  }

  close(): Promise<void> {
    return this.env.close()
  }

  private agentOf(name: string): Agent | undefined {
    return this.agents.find(({ spec }) => spec.name === name)
  }

  private seen<T extends VectorReset | FinalObservations>(shown: T, rows: number): T {
    const observations = Object.fromEntries(
      this.agents.map((agent, n) => [
        agent.spec.name,
        this.padded(shown.observations[agent.spec.name]!, n, rows),
      ]),
    )
    return { ...shown, observations }
  }

  /** [rows, own] -> [rows, O] */
  private padded(own: Float64Array, n: number, rows: number): Float64Array {
    const { observation: O, ids, agents } = this.form
    const { observed } = agents[n]!
    if (observed === O) return own
    const wide = new Float64Array(rows * O)
    for (let row = 0; row < rows; row++) {
      wide.set(own.subarray(row * observed, (row + 1) * observed), row * O)
      if (ids) wide[(row + 1) * O - agents.length + n] = 1
    }
    return wide
  }

  /** [E, A] -> [E, own] in the environment's units; what has another size is for the environment to refuse. */
  private taken(actions: PerAgent<ArrayLike<number>>, { spec, layout }: Agent): ArrayLike<number> {
    const given = actions[spec.name]
    const [A, own] = [this.form.action, entriesOf(layout)]
    if (given?.length !== this.numEnvs * A) return given!
    return Float64Array.from({ length: this.numEnvs * own }, (_, at) => {
      const [copy, i] = [Math.floor(at / own), at % own]
      const value = given[copy * A + i]!
      return spec.bounds && i < layout.box ? unscaled(spec.bounds, i, value) : value
    })
  }
}

/** With padding, named so, and the agents' ids behind it. */
function widened(box: Box, size: number, ids: readonly string[]): Box {
  const padding = size - box.low.length - ids.length
  const names = [...Array.from({ length: padding }, (_, i) => `padding_${i}`), ...ids.map(idOf)]
  return {
    low: extended(box.low, size, 0),
    high: extended(box.high, size, 0).fill(1, size - ids.length),
    shape: [size],
    names: [...box.names, ...names],
    units: [...box.units, ...names.map(() => '1')],
  }
}

function actionBox(box: Box, size: number, { layout }: AgentForm, { bounds }: AgentSpec): Box {
  const wide = { ...widened(box, size, []), layout }
  if (!bounds) return wide
  wide.low.fill(-1, 0, layout.box)
  wide.high.fill(1, 0, layout.box)
  return wide
}

function extended(values: Float64Array, size: number, by: number): Float64Array {
  const longer = new Float64Array(size).fill(by)
  longer.set(values)
  return longer
}
