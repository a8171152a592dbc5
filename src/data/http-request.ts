import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { LockstepError } from '../workspace/index.ts';
import { isSecure, withoutQuery } from './remote-address.ts';

const mostTries = 6;
const mostRedirects = 5;
const mostWaitMs = 60_000;

/** Addresses where cloud machines ask for their own credentials, and other places a public server must not send us. */
const linkLocal = new BlockList();
linkLocal.addSubnet('169.254.0.0', 16, 'ipv4');
linkLocal.addSubnet('0.0.0.0', 8, 'ipv4');
linkLocal.addSubnet('fe80::', 10, 'ipv6');
linkLocal.addAddress('fd00:ec2::254', 'ipv6');
const inside = new BlockList();
for (const [net, bits] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  inside.addSubnet(net, bits, 'ipv4');
}
inside.addAddress('::1', 'ipv6');
inside.addSubnet('fc00::', 7, 'ipv6');

/**
 * One request with redirects followed by our rules, and patience: 429 and 5xx are tried six times, as long apart as
 * `Retry-After` says. Errors: E_REMOTE_RATE_LIMIT, E_REMOTE_REDIRECT, E_REMOTE_FAILED.
 */
export async function httpGet(url: URL): Promise<Response> {
  let waited = 0;
  for (let attempt = 1; ; attempt++) {
    const answer = await followed(url).catch((error: unknown) => {
      if (error instanceof LockstepError || attempt === mostTries) throw unreachable(url, error);
      return null;
    });
    if (answer !== null && answer.status !== 429 && answer.status < 500) return answer;
    await answer?.body?.cancel();
    if (attempt === mostTries) {
      if (answer?.status !== 429) return answer as Response;
      throw new LockstepError('E_REMOTE_RATE_LIMIT', {
        what: `${withoutQuery(url)} answered 429 ${attempt} times, after waiting ${(waited / 1000).toFixed(1)} s in all`,
        allowed: 'fewer requests than the server takes',
        fix: 'wait some minutes and run the command again: what arrived is kept',
      });
    }
    const pause = pauseAfter(answer, attempt);
    waited += pause;
    await sleep(pause);
  }
}

/** Milliseconds: what the server asks for, else doubling from half a second. */
function pauseAfter(answer: Response | null, attempt: number): number {
  const header = answer?.headers.get('retry-after')?.trim();
  const seconds =
    header === undefined
      ? Number.NaN
      : /^\d+$/.test(header)
        ? Number(header)
        : (Date.parse(header) - Date.now()) / 1000;
  const wanted = Number.isFinite(seconds) ? seconds * 1000 : 250 * 2 ** attempt;
  return Math.min(mostWaitMs, Math.max(0, wanted));
}

async function followed(start: URL): Promise<Response> {
  let url = start;
  for (let hop = 0; hop <= mostRedirects; hop++) {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { 'accept-encoding': 'identity' },
    });
    const location = response.headers.get('location');
    if (![301, 302, 303, 307, 308].includes(response.status) || location === null) return response;
    await response.body?.cancel();
    url = await checkedRedirect(url, location);
  }
  throw redirectError(start, `more than ${mostRedirects} redirects`);
}

/** Where a redirect may lead: never into this machine's network, never from https to less. Errors: E_REMOTE_REDIRECT. */
export async function checkedRedirect(from: URL, location: string): Promise<URL> {
  const to = URL.canParse(location, from) ? new URL(location, from) : null;
  if (!to) throw redirectError(from, 'a redirect to no address');
  const shown = to.protocol === 'file:' ? to.href : withoutQuery(to);
  // http on this machine may lead to http on this machine; https never leads to http.
  const kept = from.protocol === 'https:' ? to.protocol === 'https:' : isSecure(to);
  if (!kept || to.username !== '' || (await isForbidden(to, from)))
    throw redirectError(from, `a redirect to ${shown}`);
  return to;
}

async function isForbidden(to: URL, from: URL): Promise<boolean> {
  const addresses = await addressesOf(to);
  const fromInside = (await addressesOf(from)).some((address) => listed(inside, address));
  return addresses.some((address) => listed(linkLocal, address) || (!fromInside && listed(inside, address)));
}

async function addressesOf(url: URL): Promise<string[]> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host)) return [host];
  // A name that can't be looked up can't be fetched either; fetch will say so.
  return lookup(host, { all: true }).then(
    (found) => found.map(({ address }) => address),
    () => [],
  );
}

const listed = (list: BlockList, address: string): boolean =>
  list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

const redirectError = (from: URL, what: string): LockstepError =>
  new LockstepError('E_REMOTE_REDIRECT', {
    what: `${what}, from ${withoutQuery(from)}`,
    allowed: 'redirects to https addresses outside this machine and its network',
    fix: 'name the final address as the remote, if you trust it',
  });

function unreachable(url: URL, error: unknown): unknown {
  if (error instanceof LockstepError) return error;
  const { message, cause } = error as Error & { cause?: { code?: string } };
  return new LockstepError('E_REMOTE_FAILED', {
    what: `${withoutQuery(url)} cannot be reached (${cause?.code ?? message})`,
    fix: 'check the address and the network, and run the command again',
    cause: error,
  });
}
