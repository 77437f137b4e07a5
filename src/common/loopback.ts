// Names and addresses of this machine that no other machine can reach.

/** @param host as in the setting HOST or in a URL; an IPv6 address may be in brackets */
export const isLoopback = (host: string): boolean =>
  ['localhost', '::1', '[::1]'].includes(host.toLowerCase()) || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host)
