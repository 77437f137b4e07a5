// `node --import ./src/common/typescript.mjs FILE.ts`: Node 20 doesn't run TypeScript itself. A general loader asks after
// every file of every package, which was most of the time that a command takes to start; here only our own are touched.
import { register } from 'node:module'

process.setSourceMapsEnabled(true) // so that a stack names lines of the source
register('./typescript-hooks.mjs', import.meta.url)
