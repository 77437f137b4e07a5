// The policy as it stands, ready to act: compiled with its weights inside.
import { DimaError } from '../../common/errors.ts'
import { firstNonFinite } from '../../common/finite.ts'
import { tensor } from '../../common/tensors.ts'
import { type GraphSession, openGraphSession } from '../../engine/session.ts'
import type { ActingPolicy } from '../../episodes/sources/actions.ts'
import { planBuckets, unpackBuckets } from '../../graph/train-step.ts'
import type { ActorConfig } from '../../networks/actor.ts'
import { type Actor, createActor } from '../../networks/actor.ts'
import type { Widths } from '../../networks/dimensions.ts'
import { compilePolicy } from '../../networks/policy-graph.ts'

/** @param parameters by bucket @returns the bundle's policy graph */
export function compileActor(widths: Widths, config: ActorConfig, parameters: Float32Array[]): Uint8Array {
  const actor = createActor(widths, config)
  return compilePolicy(actor, widths, weightsOf(actor, parameters))
}

export const weightsOf = (
  network: Pick<Actor, 'parameters'>,
  parameters: Float32Array[],
): Map<string, Float32Array> => unpackBuckets(planBuckets(network.parameters), parameters)

type Seeing = Pick<Widths, 'agents' | 'observation'>

export class PolicySession implements ActingPolicy {
  private readonly session: GraphSession
  private readonly shape: [number, number] // N, O

  private constructor(session: GraphSession, { agents, observation }: Seeing) {
    this.session = session
    this.shape = [agents, observation]
  }

  static async open(graph: Uint8Array, widths: Seeing): Promise<PolicySession> {
    return new PolicySession(await openGraphSession(graph), widths)
  }

  async act(observations: Float32Array, copies: number): Promise<{ mean: Float32Array; std: Float32Array }> {
    const { mean, std } = await this.session.run({
      observations: tensor([copies, ...this.shape], observations),
    })
    demandFinite('mean', mean!.data)
    demandFinite('standard deviation', std!.data)
    return { mean: mean!.data, std: std!.data }
  }

  close(): Promise<void> {
    return this.session.release()
  }
}

function demandFinite(what: string, values: Float32Array): void {
  const lost = firstNonFinite(values)
  if (lost < 0) return
  throw new DimaError('not_finite', `actor: the ${what} of its actions is ${values[lost]}`, {
    field: 'actor',
    given: String(values[lost]),
  })
}
