import { canonical, type Envelope, sha256 } from './envelope.ts';
import { git, readObjects } from './git.ts';

/**
 * A hash of the branch's tree as it would be had all been done at one moment: of each promotion only the signed words,
 * without its time and the commit it was decided on, and of holds and keys no time. All other bytes count.
 */
export function timelessTree(origin: string, revision = 'refs/heads/environments'): string {
  const entries = git(origin, ['ls-tree', '-r', revision])
    .split('\n')
    .map((line) => /^(\d+) \w+ ([0-9a-f]+)\t(.*)$/.exec(line)!.slice(1) as [string, string, string]);
  const blobs = readObjects(
    origin,
    entries.map(([, id]) => id),
  );
  return sha256(canonical(entries.map(([mode, id, path]) => [mode, path, timeless(path, blobs.get(id)!)])));
}

function timeless(path: string, bytes: Buffer): string {
  if (path.endsWith('.yaml') && !path.includes('/environments/'))
    return sha256(bytes.toString().replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'once'));
  if (!path.endsWith('/release.json')) return sha256(bytes);
  const { record, promotion } = JSON.parse(bytes.toString()) as { record: Envelope; promotion: Envelope };
  const statement = JSON.parse(Buffer.from(promotion.payload, 'base64').toString()) as {
    predicate: Record<string, unknown> & { made: Record<string, unknown> };
  };
  const { tip: _, made, ...predicate } = statement.predicate;
  const signed = { ...statement, predicate: { ...predicate, made: { ...made, time: 'once' } } };
  return sha256(canonical([record, signed, promotion.signatures.map(({ keyid }) => keyid)]));
}
