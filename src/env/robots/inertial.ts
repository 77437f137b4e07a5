// Masses and inertias as MuJoCo 2.1.0 gave them to capsules: since 2.1.1 a capsule's are exact, before it weighed as a
// cylinder of the half-length h + r/2. The robots' papers ran on 2.1.0, so their models can be had with those figures.

/** One body's figures, as MJCF wants them. */
export interface Inertial {
  /** kg */
  readonly mass: number
  /** Centre of mass in the body's frame, m. */
  readonly centre: string
  /** About the centre of mass in the body's axes, kg m^2: xx yy zz xy xz yz. */
  readonly inertia: string
}

export const inertialXml = ({ mass, centre, inertia }: Inertial): string =>
  `<inertial mass="${mass}" pos="${centre}" fullinertia="${inertia}"/>`
