// The rules as this project writes them: one line for each expression. promtool checks that they are valid.
import { readFileSync } from 'node:fs'

export const deploy = (file: string): URL => new URL(`../../deploy/${file}`, import.meta.url)

export interface Rule {
  kind: 'record' | 'alert'
  name: string
  expr: string
  annotations: Record<string, string>
}

export function readRules(): Rule[] {
  const text = readFileSync(deploy('prometheus/rules.yml'), 'utf8')
  return text
    .split(/^ {6}- /m)
    .slice(1)
    .map(readRule)
    .filter((rule) => rule !== undefined)
}

function readRule(block: string): Rule | undefined {
  const [, kind, name] = /^(record|alert): (\S+)$/m.exec(block) ?? []
  const [, expr] = /^ {8}expr: (.+)$/m.exec(block) ?? []
  if (!kind || !name || !expr) return undefined
  const annotations = [...block.matchAll(/^ {10}(\w+): '(.+)'$/gm)].map(([, key, text]) => [key!, text!])
  return { kind: kind as Rule['kind'], name, expr, annotations: Object.fromEntries(annotations) }
}
