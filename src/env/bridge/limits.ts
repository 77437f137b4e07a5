// How large what travels may be (docs/bridge.md). Both sides keep to it, so that neither can exhaust the other's memory.

/** Bytes of one message. */
export const MOST_BYTES = 64 * 2 ** 20
/** Maps and lists within one another. */
export const MOST_LEVELS = 16
/** Values of one message, each key and each entry of a list counted. */
export const MOST_VALUES = 2 ** 20
export const MOST_AGENTS = 256
/** Entries of one observation, action or state. */
export const MOST_ENTRIES = 65_536
export const MOST_COPIES = 65_536
