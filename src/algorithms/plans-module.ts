// Where training threads find how the networks of a run are trained.
import { moduleUrl } from '../common/module-url.ts'

export const PLANS = moduleUrl('./learner-plans', import.meta.url).href
