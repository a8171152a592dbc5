// Requests to places that may be slow, busy or lying: retries by class, redirects by rule, deadlines.
export type { HttpAnswer, HttpRequest, Method } from './request.ts';
