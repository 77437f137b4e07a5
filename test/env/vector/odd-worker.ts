// Thread of a vector environment of the odd task.
import { workerData } from 'node:worker_threads'
import { type Assignment, workTurns } from '../../../src/env/vector/work-turns.ts'
import { oddTask } from './odd-task.ts'

await workTurns(oddTask, workerData as Assignment)
