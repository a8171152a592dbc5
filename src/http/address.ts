/** https, or http on this very machine (tests have no certificate). */
export const isSecure = (url: URL): boolean =>
  url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));

export const isLoopback = (host: string): boolean => host === '127.0.0.1' || host === '[::1]';

/** A URL as a message may show it: signed queries and credentials stay out. */
export const withoutQuery = (url: URL): string => `${url.protocol}//${url.host}${url.pathname}`;
