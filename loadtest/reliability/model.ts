// The model that a server serves, in the letters of the rest: A numbers of an action, S of a state, O of an
// observation.
import type { ModelDetail, ModelList } from '../../src/api/models.ts'
import { meantModel } from '../../src/client/meant-model.ts'
import { type Address, headersOf } from './door.ts'

export interface Model {
  model: string
  version: string
  agents: string[]
  A: number
  S: number
  O: number
}

/** The first of those that are served. */
export async function modelOf(address: Address): Promise<Model> {
  const read = async <T>(path: string): Promise<T> =>
    (await (await fetch(address.url + path, { headers: headersOf(address) })).json()) as T
  const { models } = await read<ModelList>('/v1/models')
  const { name, version, agents, spaces } = await read<ModelDetail>(`/v1/models/${meantModel(models)!.name}`)
  return {
    model: name,
    version,
    agents: agents.map((agent) => agent.name),
    A: spaces.action.dimension,
    S: spaces.state.length,
    O: spaces.observation.length,
  }
}
