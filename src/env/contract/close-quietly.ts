/** Closes what has failed already: the error that counts is the one that was found. */
export async function closeQuietly(env: { close(): unknown }): Promise<void> {
  try {
    await env.close()
  } catch {}
}
