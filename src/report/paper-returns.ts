// Final returns of the paper: DIMA, arXiv 2505.20922, Table 2, mean and deviation over its seeds after 1M environment
// steps, of the hands after 300,000. They were read from a picture of the table; `doubtful` marks numbers that could be read in another way, null those
// that could not be read. Points of decimals were lost in the rows of the hands, and the table prints BottleCap twice: the row of zeros
// is taken for Pen, the task of its figures whose reward is zero until both hands hold it.

export interface PaperReturn {
  method: string
  mean: number
  std: number | null
  doubtful: boolean
}

export const PAPER = 'DIMA, arXiv 2505.20922, Table 2'
/** After which its methods have what the table says. */
export const paperSteps = (task: string): number => (isOfHands(task) ? 300_000 : 1_000_000)
/** `1M`, `300k`. */
export const paperStepsText = (task: string): string =>
  paperSteps(task) >= 1e6 ? `${paperSteps(task) / 1e6}M` : `${paperSteps(task) / 1e3}k`

const isOfHands = (task: string): boolean => task.startsWith('DexHands-')

/** Where the paper's world is another than ours: returns of the two can't be compared one to one. */
export const UNLIKE =
  'The tasks of two hands run here on MuJoCo, re-created, and in the paper on PhysX (Isaac Gym): their returns are not comparable one to one.'
export const isUnlike = isOfHands

type Row = [method: string, mean: number, std: number | null, doubtful?: true]

const TABLE: Record<string, Row[]> = {
  'Ant-2x4': [
    ['DIMA', 4881, 756],
    ['MARIE', 4471, null, true],
    ['MAMBA', 1314, 756],
    ['HASAC', 1344, null, true],
    ['HAPPO', 1716, 449],
    ['MAPPO', 859, 47],
  ],
  'Ant-4x2': [
    ['DIMA', 4766, 450, true],
    ['MARIE', 1173, 136],
    ['MAMBA', 1618, 931],
    ['HASAC', 850, 126],
    ['HAPPO', 1917, 953],
    ['MAPPO', 854, 41],
  ],
  'HalfCheetah-2x3': [
    ['DIMA', 6370, 121],
    ['MARIE', 4045, 575],
    ['MAMBA', 2813, 1580],
    ['HASAC', 2499, 1081],
    ['HAPPO', 2628, 893],
    ['MAPPO', 3196, 75, true],
  ],
  'HalfCheetah-3x2': [
    ['DIMA', 6175, 915],
    ['MARIE', 2380, 1145],
    ['MAMBA', 3029, 708],
    ['HASAC', 2872, 890],
    ['HAPPO', 3402, 47, true],
    ['MAPPO', 2936, 766],
  ],
  'HalfCheetah-6x1': [
    ['DIMA', 5643, 163],
    ['MARIE', 1738, 1213],
    ['MAMBA', 1848, 920],
    ['HASAC', 2044, 110],
    ['HAPPO', 2939, 1113],
    ['MAPPO', 925, 121],
  ],
  'Walker2d-2x3': [
    ['DIMA', 3329, 1056],
    ['MARIE', 2822, 997],
    ['MAMBA', 124, 49, true],
    ['HASAC', 1135, 910],
    ['HAPPO', 1007, 282],
    ['MAPPO', 752, 916, true],
  ],
  'Walker2d-3x2': [
    ['DIMA', 4084, 357],
    ['MARIE', 604, 349],
    ['MAMBA', 466, 103],
    ['HASAC', 958, 715],
    ['HAPPO', 932, 513],
    ['MAPPO', 1004, 450],
  ],
  'DexHands-BottleCap': [
    ['DIMA', 259.9, 4.1, true],
    ['MAMBA', 203.8, 5.2, true],
    ['HASAC', 210.9, null, true],
    ['HAPPO', 100.7, 3.8, true],
    ['MAPPO', 104, 2.3, true],
  ],
  'DexHands-DoorOpenInward': [
    ['DIMA', 290.4, 99, true],
    ['MAMBA', 225, 79.4],
    ['HASAC', 246.3, null, true],
    ['HAPPO', 30.7, 2.5, true],
    ['MAPPO', 65.8, 6.9],
  ],
  'DexHands-DoorOpenOutward': [
    ['DIMA', 367.1, 19.4],
    ['MAMBA', 177.4, 43.1],
    ['HASAC', 221.9, 7.4],
    ['HAPPO', 58.8, 4.6],
    ['MAPPO', 96.4, 15.5],
  ],
  'DexHands-Pen': [
    ['DIMA', 24.4, 11.4, true],
    ['MAMBA', 4.3, 0.4, true],
    ['HASAC', 0, 0],
    ['HAPPO', 0, 0],
    ['MAPPO', 0, 0],
  ],
}

/** The tasks of the table that can be trained here. */
export const PAPER_TASKS: readonly string[] = Object.keys(TABLE)

/** The paper's values of a task, whatever its version and options here. */
export function paperReturns(task: string): PaperReturn[] {
  const rows = TABLE[task.replace(/[?].*$/, '').replace(/-(v|mj)\d+$/, '')] ?? []
  return rows.map(([method, mean, std, doubtful = false]) => ({ method, mean, std, doubtful }))
}

/** `6370 ± 121`, with a question mark where a number is doubtful. */
export const paperText = ({ mean, std, doubtful }: Omit<PaperReturn, 'method'>): string =>
  `${mean}${std === null ? '' : ` ± ${std}`}${doubtful ? ' (?)' : ''}`
