/** Of pino's, what we write to: details first, then the words. */
export interface Logger {
  info(details: object, message: string): void
  error(details: object, message: string): void
}
