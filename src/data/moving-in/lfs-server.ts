import { readBody, send, withoutQuery } from '../../http/index.ts';
import { LockstepError, parseJson, tryGit } from '../../workspace/index.ts';
import { refusalOf } from '../remotes/http-objects.ts';
import type { LfsPointer } from './lfs-pointer.ts';
import { isMap } from './loose-yaml.ts';
import type { Whereabouts } from './wanted-file.ts';
import { webAddress, webPlace } from './web-address.ts';

/** What one question may name, as git-lfs itself asks. */
const batch = 100;
const mediaType = 'application/vnd.git-lfs+json';

/** Where a repository's LFS server is: what is configured, else what its remote's URL says (docs/api/server-discovery.md). */
export async function lfsServerOf(root: string): Promise<string | null> {
  const asked = async (args: readonly string[]) => {
    const { status, stdout } = await tryGit(args, { cwd: root });
    return status === 0 ? stdout.trim() : '';
  };
  const configured =
    (await asked(['config', 'lfs.url'])) || (await asked(['config', '--file', '.lfsconfig', 'lfs.url']));
  if (configured !== '') return configured;
  const remotes = (await asked(['remote'])).split('\n').filter(Boolean);
  const remote = remotes.includes('origin') ? 'origin' : remotes[0];
  if (remote === undefined) return null;
  const own = await asked(['config', `remote.${remote}.lfsurl`]);
  return own !== '' ? own : serverFor(await asked(['config', `remote.${remote}.url`]));
}

/** `git@host:a/b.git` and `ssh://git@host/a/b.git` are asked at `https://host/a/b.git/info/lfs`. A path stays one. */
export function serverFor(remote: string): string {
  const scp = /^(?:[^@/\s]+@)?([^:/\s]+):(?!\/\/)(.+)$/.exec(remote);
  const ssh = /^(?:ssh|git\+ssh|git):\/\/(?:[^@/]*@)?([^/:]+)(?::\d+)?\/(.+)$/.exec(remote);
  const [, host, path] = ssh ?? scp ?? [];
  const url = host === undefined ? remote : `https://${host}/${path}`;
  if (!/^https?:\/\//.test(url)) return remote;
  return `${url.replace(/\/+$/, '').replace(/\.git$/, '')}.git/info/lfs`;
}

/** Where the server has these objects (the batch API, basic transfer). */
export async function findOnServer(
  root: string,
  server: string,
  pointers: readonly LfsPointer[],
): Promise<Map<string, Whereabouts>> {
  const absent: Whereabouts = { kind: 'download', name: 'its LFS server', open: async () => null };
  const found = new Map<string, Whereabouts>(pointers.map(({ oid }) => [oid, absent]));
  const url = webAddress(`${server.replace(/\/+$/, '').replace(/\/\/[^/@]*@/, '//')}/objects/batch`);
  let authorization: Record<string, string> = {};
  for (let at = 0; at < pointers.length; at += batch) {
    const objects = pointers.slice(at, at + batch);
    const body = JSON.stringify({
      operation: 'download',
      transfers: ['basic'],
      objects,
      hash_algo: 'sha256',
    });
    const ask = () =>
      send({
        method: 'POST',
        url,
        headers: { accept: mediaType, 'content-type': mediaType },
        sign: async () => authorization,
        body,
      });
    let answer = await ask();
    if (answer.status === 401) {
      answer.body.resume();
      authorization = await credentialsFor(root, url);
      answer = await ask();
    }
    if (answer.status !== 200)
      throw await refusalOf(answer, {
        place: withoutQuery(url),
        key: 'the objects',
        action: 'read',
        login: `log in to ${url.host} for Git (git credential), or run \`git lfs fetch\` first`,
      });
    const answered = parseJson(await readBody(answer, 1 << 24, url), withoutQuery(url)).value;
    for (const object of isMap(answered) && Array.isArray(answered.objects) ? answered.objects : []) {
      const place = downloadOf(object);
      if (place !== null)
        found.set(place.oid, { ...webPlace(webAddress(place.href), place.header), name: absent.name });
    }
  }
  return found;
}

function downloadOf(object: unknown): { oid: string; href: string; header: Record<string, string> } | null {
  if (!isMap(object) || !isMap(object.actions) || !isMap(object.actions.download)) return null;
  const { oid } = object;
  const { href, header } = object.actions.download;
  if (typeof oid !== 'string' || typeof href !== 'string') return null;
  const headers = Object.entries(isMap(header) ? header : {}).filter(
    ([, value]) => typeof value === 'string',
  );
  return { oid, href, header: Object.fromEntries(headers) as Record<string, string> };
}

/** Git's own credential helpers know who we are there. Errors: E_REMOTE_CREDENTIALS. */
async function credentialsFor(root: string, url: URL): Promise<Record<string, string>> {
  const asked = `protocol=${url.protocol.slice(0, -1)}\nhost=${url.host}\npath=${url.pathname.slice(1)}\n\n`;
  const { status, stdout } = await tryGit(['credential', 'fill'], {
    cwd: root,
    input: asked,
    env: { GIT_ASKPASS: '', SSH_ASKPASS: '' },
  });
  const field = (key: string) => new RegExp(`^${key}=(.*)$`, 'm').exec(stdout)?.[1];
  const [user, password] = [field('username'), field('password')];
  if (status === 0 && user !== undefined && password !== undefined)
    return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
  throw new LockstepError('E_REMOTE_CREDENTIALS', {
    what: `${withoutQuery(url)} wants to know who asks`,
    allowed: 'a user that Git knows for this host',
    fix: 'set up `git credential` for it, or run `git lfs fetch` first',
  });
}
