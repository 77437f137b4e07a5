// Addresses are written to logs, records and cards, passwords and tokens in them are not.

const ADDRESS = /\b([a-z][a-z\d+.-]*:\/\/)([^\s/?#\\]*@)?([^\s?#"'`<>]*)(\?[^\s"'`<>]*)?/gi

/** The text with every address in it stripped of its user, password and query. */
export const withoutSecrets = (text: string): string =>
  text.replace(
    ADDRESS,
    (_, protocol, user, place, query) => `${protocol}${user ? '***@' : ''}${place}${query ? '?***' : ''}`,
  )
