import { altered, findsEach, type Row } from './broken-envs.ts'

const closed: Row[] = [
  [
    'a second close that fails',
    () =>
      altered('close', (close, env) => () => {
        if (env.closed) throw new Error('again?')
        close()
      }),
    /^close\(\) for the second time: threw Error: again\?/,
  ],
  [
    'agents after close',
    () => altered('close', (_, env) => () => Object.assign(env, { closed: true }) && undefined),
    /^agents: is left, right after close\(\)/,
  ],
  [
    'a reset after close',
    () => altered('close', (_, env) => () => Object.assign(env, { agents: [] }) && undefined),
    /^reset\(\) after close\(\): was accepted; it must throw environment_closed/,
  ],
  [
    'a state after close',
    () => altered('state', (_, env) => () => Float64Array.of(env.position)),
    /^state\(\) after close\(\): was accepted; it must throw environment_closed/,
  ],
]

findsEach(closed)
