// Messages become bytes that every language reads: plain maps, integers, binary.
import { Packr } from 'msgpackr'

// Without useRecords: false, msgpackr writes objects in a way of its own.
const packr = new Packr({ useRecords: false, variableMapSize: true, encodeUndefinedAsNil: true })

/** Binary must be a Buffer. Whole numbers become integers. */
export const writeMessage = (message: object): Buffer => packr.pack(message)

/** For integers outside arrays: beyond 32 bits msgpackr would write a float, which Python does not take for a seed. */
export const wholeNumber = (value: number): number | bigint => (value < 2 ** 32 ? value : BigInt(value))
