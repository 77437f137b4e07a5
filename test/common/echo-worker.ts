// A thread that sends back what it was started with.
import { parentPort, workerData } from 'node:worker_threads'

const given: { text: string } = workerData
parentPort!.postMessage(given.text)
