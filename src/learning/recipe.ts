// How a network is trained: its objective and what its optimiser needs besides. An algorithm has a recipe for each of its
// networks, by name, in a module of its own that training threads load.
import type { LearnerOptions } from './learner.ts'
import type { Objective } from './objectives.ts'

export interface Recipe extends Omit<LearnerOptions, 'seed'> {
  objective: Objective
  /** Networks whose train steps are the same name it alike: it is compiled once for them. */
  step?: string
}

/** By network; made where the network is trained. */
export type Recipes = Record<string, () => Recipe>

/** What such a module exports as `recipes`. */
export type RecipesOf<Task = never, Config = never> = (task: Task, config: Config) => Recipes
