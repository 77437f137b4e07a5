// The single door to @mujoco/mujoco: one compiled model with its data, as typed arrays.
import type { MainModule, MjData, MjModel } from '@mujoco/mujoco'
import { DimaError } from '../../common/errors.ts'
import { inlineWasm } from './inline-wasm.ts'

export type NumericArray = Float64Array | Float32Array | Int32Array | Uint8Array

/** MuJoCo's own bound of a sane state, mjMAXVAL. */
const MAX_VALUE = 1e10

let loading: Promise<MainModule> | undefined

/** Starts the WebAssembly module once per thread (about 0.3 s, 17 MB). */
function loadMujoco(): Promise<MainModule> {
  loading ??= startMujoco()
  return loading
}

async function startMujoco(): Promise<MainModule> {
  inlineWasm()
  const { default: start } = await import('@mujoco/mujoco')
  return start()
}

/** Compiles MJCF text. Throws MuJoCo's own message if the text is wrong. */
export async function createSimulation(xml: string): Promise<Simulation> {
  return new Simulation(await loadMujoco(), xml)
}

/**
 * The arrays of a native object by their MuJoCo names. Every read of a native getter builds a new view, so views
 * are kept; any growth of the heap (another model is enough) empties them, so a view of length 0 is taken again.
 */
class Views {
  private readonly owner: object
  private readonly views = new Map<string, NumericArray>()

  constructor(owner: object) {
    this.owner = owner
  }

  get(name: string): NumericArray {
    const kept = this.views.get(name)
    return kept?.length ? kept : this.take(name)
  }

  private take(name: string): NumericArray {
    const view: unknown = (this.owner as Record<string, unknown>)[name]
    if (!ArrayBuffer.isView(view)) throw new Error(`MuJoCo has no array named ${name}`)
    this.views.set(name, view as NumericArray)
    return view as NumericArray
  }
}

export class Simulation {
  readonly timestepSeconds: number
  private readonly mujoco: MainModule
  private readonly model: MjModel
  private readonly data: MjData
  private readonly modelViews: Views
  private readonly dataViews: Views
  private closed = false

  constructor(mujoco: MainModule, xml: string) {
    this.mujoco = mujoco
    this.model = mujoco.MjModel.from_xml_string(xml)
    // A bad state otherwise resets itself inside mj_step without a word, and the trajectory goes on from rest.
    this.model.opt.disableflags |= mujoco.mjtDisableBit.mjDSBL_AUTORESET.value
    this.timestepSeconds = this.model.opt.timestep
    this.data = new mujoco.MjData(this.model)
    this.modelViews = new Views(this.model)
    this.dataViews = new Views(this.data)
  }

  // Live views into the engine: use them at once, do not keep them past the creation of another simulation.

  get qpos(): Float64Array {
    return this.dataArray('qpos') as Float64Array
  }

  get qvel(): Float64Array {
    return this.dataArray('qvel') as Float64Array
  }

  get ctrl(): Float64Array {
    return this.dataArray('ctrl') as Float64Array
  }

  get qaccWarmstart(): Float64Array {
    return this.dataArray('qacc_warmstart') as Float64Array
  }

  /** Any array of mjData by its MuJoCo name, for example `geom_xpos`. */
  dataArray(name: string): NumericArray {
    this.assertOpen()
    return this.dataViews.get(name)
  }

  /** Any array of mjModel by its MuJoCo name, except the bool ones: 3.14 can't read those. */
  modelArray(name: string): NumericArray {
    this.assertOpen()
    return this.modelViews.get(name)
  }

  /** Back to the rest pose: time, velocities, controls and the solver's warm start are zero. */
  reset(): void {
    this.assertOpen()
    this.mujoco.mj_resetData(this.model, this.data)
  }

  /** Brings everything derived from qpos and qvel up to date. */
  forward(): void {
    this.assertOpen()
    this.mujoco.mj_forward(this.model, this.data)
    this.assertStable()
  }

  /** Brings positions and orientations (`xpos`, `geom_xpos`, `geom_xmat`) up to date with qpos, and nothing else. */
  kinematics(): void {
    this.assertOpen()
    this.mujoco.mj_kinematics(this.model, this.data)
  }

  /** Advances `count` physics steps under the present `ctrl`. */
  step(count: number): void {
    this.assertOpen()
    for (let i = 0; i < count; i++) this.mujoco.mj_step(this.model, this.data)
    this.assertStable()
  }

  /**
   * As `step`, with forces (`qfrc_applied`, `xfrc_applied`) that are asked for before each physics step, when
   * everything that follows from positions and velocities is up to date. `motion` and `kinematics` bring what follows from the
   * last one up to date; forces and contacts are those that led to it.
   */
  stepUnder(forces: (simulation: Simulation) => void, count: number): void {
    this.assertOpen()
    const { mujoco, model, data } = this
    for (let i = 0; i < count; i++) {
      mujoco.mj_step1(model, data)
      forces(this)
      mujoco.mj_step2(model, data)
    }
    this.assertStable()
  }

  /** Brings velocities of bodies (`cvel`, about `subtree_com`) up to date, positions and orientations with them. */
  motion(): void {
    this.kinematics()
    this.mujoco.mj_comPos(this.model, this.data)
    this.mujoco.mj_comVel(this.model, this.data)
  }

  /** Makes quaternions in qpos unit quaternions; MuJoCo itself does so only in the course of a step. */
  normaliseQuaternions(): void {
    this.assertOpen()
    this.mujoco.mj_normalizeQuat(this.model, this.qpos)
  }

  /** Bodies that touch and how deep, in m, as of the last step or `forward`. Slow: for tests and measurements. */
  contacts(): { bodies: [number, number]; depth: number }[] {
    this.assertOpen()
    const bodies = this.modelArray('geom_bodyid')
    const list = this.data.contact
    const found = Array.from({ length: list.size() }, (_, i) => {
      const contact = list.get(i)!
      const [a, b] = contact.geom as unknown as [number, number]
      const depth = -contact.dist
      contact.delete()
      return { bodies: [bodies[a]!, bodies[b]!] as [number, number], depth }
    })
    list.delete()
    return found
  }

  /** Numbers in MuJoCo's own state of integration: time and switches of constraints are among them. */
  integrationSize(): number {
    return this.mujoco.mj_stateSize(this.model, this.mujoco.mjtState.mjSTATE_INTEGRATION.value)
  }

  /** Fills `cfrc_ext`, the contact forces on the bodies, which a step alone leaves at zero. */
  computeContactForces(): void {
    this.assertOpen()
    this.mujoco.mj_rnePostConstraint(this.model, this.data)
  }

  assertOpen(): void {
    if (this.closed) throw new DimaError('environment_closed', 'the simulation is closed')
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    this.data.delete()
    this.model.delete()
  }

  private assertStable(): void {
    if (isSane(this.qpos) && isSane(this.qvel)) return
    throw new DimaError('simulation_failed', 'the simulated state is not finite or beyond any physical bound')
  }
}

function isSane(values: Float64Array): boolean {
  // Written so that NaN fails too.
  for (let i = 0; i < values.length; i++) if (!(Math.abs(values[i]!) <= MAX_VALUE)) return false
  return true
}
