// Trajectories to draw, and a look at what was drawn.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { Rng } from '../../src/common/rng.ts'
import { makeMujocoEnv, resolveTask } from '../../src/env/make-env.ts'
import { playing, type Simulated, simulate } from '../../src/env/simulate.ts'
import { Body } from '../../src/render/body.ts'

/** A true episode of random actions. */
export async function trueEpisode(task: string, steps = 12, std = 0.4): Promise<Simulated> {
  const { spec } = resolveTask(task)
  const rng = new Rng('render', task)
  const actions = Array.from({ length: steps }, () =>
    spec.agents.map(({ actuators }) => actuators.map(() => std * rng.normal())),
  )
  const env = await makeMujocoEnv(task)
  const episode = simulate(env, spec, { seed: 4 }, playing(spec, actions))
  env.close()
  return episode
}

export async function openBody(task: string): Promise<Body> {
  const body = await Body.create(resolveTask(task))
  onTestFinished(() => body.close())
  return body
}

export function temporaryFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'render-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  return path
}

export function putJson(folder: string, name: string, content: unknown): string {
  const path = join(folder, name)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

export interface Element {
  name: string
  attributes: Record<string, string>
}

/** Every element of an SVG text, in order; fails where the text is not well-formed. */
export function elementsOf(svg: string): Element[] {
  const open: string[] = []
  const tags = [...svg.matchAll(/<(\/?)([a-z]+)((?: [\w-]+="[^"<&]*(?:&#\d+;[^"<&]*)*")*)(\/?)>|([^<]+)/g)]
  expect(tags.map(([whole]) => whole).join('')).toBe(svg)
  const elements = tags.flatMap(([, closing, name, attributes, empty, text]) => {
    if (text !== undefined) expect(text).toMatch(/^(?:[^&>]|&#\d+;)*$/)
    if (!name) return []
    if (closing) expect(open.pop()).toBe(name)
    else if (!empty) open.push(name)
    return closing ? [] : [{ name, attributes: attributesOf(attributes ?? '') }]
  })
  expect(open).toEqual([])
  return elements
}

const attributesOf = (text: string): Record<string, string> =>
  Object.fromEntries([...text.matchAll(/ ([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name, value]))
