// The planner among those who act: it is asked with what is on the tape, and its agents wait for what it finds.
import type { PlanReply, PlanRequest } from '../../client/types.ts'
import type { Parts } from './parts.ts'
import { Planning } from './planning.ts'
import type { Run } from './run.ts'
import { troubleOf } from './troubles.ts'
import { window } from './window.ts'

/** Asked again so long after nobody could be asked. */
const PAUSE_MS = 500

export class Planner {
  private readonly parts: Parts
  private readonly run: Run
  private readonly planning: Planning
  private readonly told: () => void
  /** ms, before which nobody is asked */
  private notBefore = 0

  /** @param told hears that there is a plan, or that there will be none */
  constructor(parts: Parts, run: Run, told: () => void) {
    this.parts = parts
    this.run = run
    this.told = told
    const ask = (request: PlanRequest): Promise<PlanReply> => run.stream!.plan(request)
    this.planning = new Planning(parts.model, ask, (error) => this.answered(error))
    parts.mixer.setPlan((agent, entry) => this.planning.at(run.asked, agent, entry))
  }

  /** Whether all who are planned for have an action for the next step. If not, it asks. */
  isReady(): boolean {
    const { mixer, tape, model, outside } = this.parts
    const { planned, levels } = mixer
    if (planned.length === 0) return true
    const { run, planning } = this
    if (outside.now() >= this.notBefore)
      planning.look({
        entry: run.asked,
        start: window(tape, model, (entry) => tape.state(entry)),
        pending: run.flight.steps.map((step) => run.actions(step.levels)),
        held: run.actions(levels),
        planned,
      })
    return planning.ready(run.asked, planned)
  }

  /** Another episode begins. */
  forget(): void {
    this.planning.forget()
  }

  private answered(error?: unknown): void {
    if (error) this.failed(error)
    this.told()
  }

  private failed(error: unknown): void {
    const { mixer, outside } = this.parts
    const trouble = troubleOf(error)
    if (trouble.kind === 'lost' || trouble.kind === 'busy') {
      this.notBefore = outside.now() + (trouble.kind === 'busy' ? trouble.afterMs : PAUSE_MS)
      return
    }
    for (const agent of mixer.planned) mixer.setActor(agent, 'hold')
    this.run.say(`The planner can't go on: ${trouble.text}`)
  }
}
