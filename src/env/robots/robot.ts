// A body and what it is to do.
import type { Body } from './body.ts'
import type { Goal } from './goal.ts'

export interface Robot<B extends Body = Body> {
  readonly body: B
  readonly goal: Goal
}
