// Numbers of the page of results, as its cells have them.
import { countText, returnText } from '../../report/text.ts'
import type { Returns, RunSummary } from './summary.ts'

export const NONE = '–'

/** What missed its aim is bold, on all of the page. */
export const marked = (cell: string, missed: boolean): string => (missed ? `**${cell}**` : cell)

/** `3,832 ± 50 (10)`: over so many episodes, as far as it was recorded. */
export function returnsText(returns: Returns | undefined): string {
  if (!returns) return 'not measured'
  const { mean, std, episodes, success, by } = returns
  const count = episodes === undefined ? '' : ` (${episodes}${by === 'training' ? ', training' : ''})`
  const done = success === undefined ? '' : `, done in ${Math.round(100 * success)} %`
  return `${returnText(mean, std)}${count}${done}`
}

/** `16,000 of 50,000` while the run goes on. */
export const stepsText = ({ environmentSteps, plannedSteps }: RunSummary): string =>
  environmentSteps < plannedSteps
    ? `${countText(environmentSteps)} of ${countText(plannedSteps)}`
    : countText(environmentSteps)

export const presetText = ({ preset }: RunSummary): string => (preset === 'small' ? '' : `, ${preset}`)
