import type { Answer } from './answers.ts';

export const notFound: Answer = { status: 404, body: { message: 'Not Found' } };
export const found = (body: unknown): Answer => (body === undefined ? notFound : { status: 200, body });
export const user = (login: string) => ({ login, type: login.endsWith('[bot]') ? 'Bot' : 'User' });
