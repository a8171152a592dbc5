// Requests to places that may be slow, busy or lying: retries by class, redirects by rule, deadlines.
export { isLoopback, isSecure, withoutQuery } from './address.ts';
export { checkedRedirect } from './redirects.ts';
export type { HttpAnswer, HttpRequest, Method } from './request.ts';
export { readBody, send } from './send.ts';
