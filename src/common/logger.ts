/** The part of pino's logger that we write to: details first, then the words. */
export interface Logger {
  info(details: object, message: string): void
  error(details: object, message: string): void
}
