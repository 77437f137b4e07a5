// The Dockerfile as its instructions, stage by stage.
import { readFileSync } from 'node:fs'
import { DockerfileParser } from 'dockerfile-ast'
import { deploy } from './rules.ts'

export const dockerfile = readFileSync(deploy('Dockerfile'), 'utf8')

export interface Step {
  keyword: string
  /** flags too, as in `--from=build` */
  words: string[]
  text: string
}

export interface Stage {
  image: string
  name: string | undefined
  steps: Step[]
}

export function stages(): Stage[] {
  const found: Stage[] = []
  for (const instruction of DockerfileParser.parse(dockerfile).getInstructions()) {
    const keyword = instruction.getKeyword()
    const text = instruction.getTextContent().slice(keyword.length).trim() // with flags, which its arguments leave out
    const words = text.split(/\s+/)
    if (keyword === 'FROM') found.push({ image: words[0]!, name: words[2], steps: [] })
    else found.at(-1)?.steps.push({ keyword, text, words }) // ARG may stand before all stages
  }
  return found
}

/** Throws where there is no stage of that name. */
export function stageOf(name: string): Stage {
  const stage = stages().find((one) => one.name === name)
  if (!stage) throw new Error(`the Dockerfile has no stage ${name}`)
  return stage
}

/** `["node", "x.js"]` of CMD and HEALTHCHECK. Throws where it is not the exec form. */
export const execForm = (text: string): string[] => JSON.parse(text.slice(text.indexOf('[')))

export const last = (stage: Stage, keyword: string): Step | undefined =>
  stage.steps.findLast((step) => step.keyword === keyword)

/** ENV of a stage. */
export const environmentOf = (stage: Stage): Record<string, string> =>
  Object.fromEntries(
    stage.steps
      .filter(({ keyword }) => keyword === 'ENV')
      .flatMap(({ text }) => text.split(/\s+/).map((one) => one.split('=') as [string, string])),
  )
