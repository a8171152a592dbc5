import { LockstepError } from '../workspace/index.ts';

const loopback = (host: string): boolean => /^(127\.|localhost$|\[::1\]$)/.test(host);

/**
 * Where the API sends us for a file: never to a file, to this machine, or over a plain connection.
 * Errors: E_REMOTE_REDIRECT.
 */
export function checkedRedirect(location: string | undefined, apiUrl: string): string {
  const [target, api] = [URL.parse(location ?? ''), new URL(apiUrl)];
  if (target?.protocol === 'https:' && !loopback(target.hostname)) return target.href;
  if (target?.protocol === 'http:' && loopback(target.hostname) && loopback(api.hostname)) return target.href;
  throw new LockstepError('E_REMOTE_REDIRECT', {
    what: `the API sent us to ${target ? target.origin : 'no address'}`,
    allowed: 'https to another host',
    fix: 'run the workflow again; tell GitHub if it goes on',
  });
}
