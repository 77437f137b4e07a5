// The dimension letters of a world model, declared once: L context states, N agents, A action dimension of an
// agent, S state, O observation of an agent, H horizon. B is always the batch.

export interface Dimensions {
  context: number // L
  agents: number // N
  action: number // A
  state: number // S
  observation: number // O
  horizon: number // H
}
