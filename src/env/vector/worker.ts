// Entry of a thread of ThreadDriver.
import { workerData } from 'node:worker_threads'
import { resolveTask } from '../make-env.ts'
import { type Assignment, workTurns } from './work-turns.ts'

const assignment = workerData as Assignment
await workTurns(resolveTask(assignment.task), assignment)
