// The planner as an actor: it looks some steps ahead through the model on the server, and is asked again while its last plan
// is carried out. N agents, A numbers of an action, H steps of a plan.
import type { ModelDetail } from '../../api/models.ts'
import type { PlanReply, PlanRequest, Start } from '../../client/types.ts'

/** Asked for again so many steps into the last plan: a plan takes about half a second. */
const REPLAN = 5
const HORIZON = 12
const DEADLINE_MS = 2000

export interface Present {
  /** the entry that the next step starts from */
  readonly entry: number
  /** the latest states and the actions between them */
  readonly start: Start
  /** actions asked for and not answered yet [P][N][A] */
  readonly pending: number[][][]
  /** [N][A], of agents that nobody plans for */
  readonly held: number[][]
  readonly planned: readonly number[]
}

type Ask = (request: PlanRequest) => Promise<PlanReply>

export class Planning {
  private readonly model: ModelDetail
  private readonly ask: Ask
  private readonly told: (error?: unknown) => void
  private plan: { from: number; reply: PlanReply; planned: string } | undefined
  private asking = false

  constructor(model: ModelDetail, ask: Ask, told: (error?: unknown) => void) {
    this.model = model
    this.ask = ask
    this.told = told
  }

  /** Whether there is an action for the step from `entry`. */
  ready(entry: number, planned: readonly number[]): boolean {
    const { plan } = this
    return plan !== undefined && plan.planned === planned.join() && this.actionAt(entry) !== undefined
  }

  /** What an entry of the joint action shall be. */
  at(entry: number, agent: number, place: number): number | undefined {
    const A = this.model.spaces.action.dimension
    return this.actionAt(entry)?.[agent]?.[place % A]
  }

  /** Asks for another plan if it is time to. */
  look(present: Present): void {
    const { entry, planned } = present
    if (this.asking || (this.ready(entry, planned) && entry - this.plan!.from < REPLAN)) return
    this.asking = true
    this.ask(this.request(present))
      .then((reply) => {
        this.plan = { from: entry, reply, planned: planned.join() }
        this.told()
      })
      .catch((error) => this.told(error))
      .finally(() => {
        this.asking = false
      })
  }

  forget(): void {
    this.plan = undefined
  }

  private actionAt(entry: number): number[][] | undefined {
    const { plan } = this
    return plan && entry >= plan.from ? plan.reply.actions[entry - plan.from] : undefined
  }

  private request({ entry, start, pending, held, planned }: Present): PlanRequest {
    const { name, version, agents, horizon, policy } = this.model
    const H = Math.min(HORIZON, horizon)
    const all = planned.length === agents.length
    const before = this.plan?.planned === planned.join() && entry > this.plan.from ? this.plan : undefined
    const steps = before ? entry - before.from : 0
    return {
      model: `${name}@${version}`,
      start,
      horizon: H,
      deadline_ms: DEADLINE_MS,
      ...(all ? {} : { agents: planned.map((agent) => agents[agent]!.name) }),
      ...(all || policy ? {} : { given: Array.from({ length: H }, () => held) }),
      ...(pending.length > 0 ? { pending_actions: pending } : {}),
      ...(before && steps < H ? { warm_start: { ...before.reply.warm_start, steps } } : {}),
    }
  }
}
