// Where kubectl is installed: kustomize itself makes of the folders what our own few lines do, by which the other tests go.
import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { KUBERNETES, type Manifest, render } from './kustomize.ts'

const there = spawnSync('kubectl', ['version', '--client']).status === 0
const byName = (objects: Manifest[]) =>
  Object.fromEntries(objects.map((object) => [`${object.kind} ${object.metadata.name}`, object]))

describe.skipIf(!there)(there ? 'kubectl' : 'kubectl (skipped: it is not installed)', () => {
  test.each(['cpu', 'gpu', 'fleet', 'sweep'])('renders %s alike', (overlay) => {
    const text = execFileSync('kubectl', ['kustomize', join(KUBERNETES, overlay)], { encoding: 'utf8' })
    const objects = parseAllDocuments(text).map((document) => document.toJS() as Manifest)
    expect(byName(objects)).toEqual(byName(render(overlay)))
  })
})
