// The store that the tests of shared sessions use keeps the contract.
import { testContract } from './contract.ts'
import { MemoryStore } from './memory-store.ts'

const store = new MemoryStore()
testContract(() => store)
