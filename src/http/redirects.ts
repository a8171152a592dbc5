import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { LockstepError } from '../workspace/index.ts';
import { isSecure, withoutQuery } from './address.ts';

export const mostRedirects = 5;

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
  // A name that can't be looked up can't be fetched either; the request will say so.
  return lookup(host, { all: true }).then(
    (found) => found.map(({ address }) => address),
    () => [],
  );
}

const listed = (list: BlockList, address: string): boolean =>
  list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

export const redirectError = (from: URL, what: string): LockstepError =>
  new LockstepError('E_REMOTE_REDIRECT', {
    what: `${what}, from ${withoutQuery(from)}`,
    allowed: 'redirects to https addresses outside this machine and its network',
    fix: 'name the final address as the remote, if you trust it',
  });
