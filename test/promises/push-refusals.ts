import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { registerVersion } from '../release-sandbox.ts';
import { git, refOf, refsOf } from './checker/git.ts';
import { checkOrigin } from './checker/origin.ts';
import { type Amount, type Figures, inPairs, share } from './promise.ts';
import { makeWorld, type World } from './world.ts';

/** How a remote answers one push, and what has to come of it. */
interface Kind {
  readonly name: string;
  readonly arrange: (world: World, address: string) => void;
  /** Words of the error's fix; null where the push is to be done again, or is done. */
  readonly fix: RegExp | null;
  readonly attempts?: number;
}

const hook = (world: World, name: string, lines: string) => {
  mkdirSync(join(world.origin, 'hooks'), { recursive: true });
  writeFileSync(join(world.origin, 'hooks', name), `#!/bin/sh\n${lines}\n`, { mode: 0o755 });
};
const saying = (words: string) => (world: World) =>
  hook(world, 'pre-receive', `cat <<'EOF' >&2\n${words}\nEOF\nexit 1`);
/** What happens at origin between our reading it and our push reaching it; `$n` counts the pushes. */
const meanwhile = (lines: string) => (world: World) => {
  const script = join(world.folder, 'receive-pack');
  const count = 'n=$(($(cat pushes 2>/dev/null || echo 0) + 1)); echo $n > pushes';
  writeFileSync(script, `#!/bin/sh\n(cd "$1"; ${count}\n${lines}\n) >&2\nexec git-receive-pack "$@"\n`, {
    mode: 0o755,
  });
  git(world.root, ['config', 'remote.origin.receivepack', script]);
};
const configured = (key: string, value: string) => (world: World) =>
  void git(world.origin, ['config', key, value]);
const over = (status: number) => (world: World, address: string) =>
  void git(world.root, ['config', 'remote.origin.pushurl', `${address}/${status}/acme/models.git`]);
const move = 'git update-ref refs/heads/environments refs/others/promotion';

const permission = /contents: write/;
const owner = /ask who owns the repository/;
const kinds: readonly Kind[] = [
  {
    name: 'a protected branch',
    arrange: saying(
      'error: GH006: Protected branch update failed for refs/heads/environments.\nerror: Cannot update this protected branch.',
    ),
    fix: /branch protection/,
  },
  {
    name: 'a ruleset',
    arrange: saying(
      'error: GH013: Repository rule violations found for refs/heads/environments.\n- Changes must be made through a pull request.',
    ),
    fix: /bypass list of the ruleset/,
  },
  {
    name: 'a rule against new tags',
    arrange: saying(
      'error: GH013: Repository rule violations found for refs/tags/churn#dev#2.\n- Cannot create ref due to creations being restricted.',
    ),
    fix: /bypass list of the ruleset/,
  },
  {
    name: 'workflow files',
    arrange: saying(
      'refusing to allow a GitHub App to create or update workflow `.github/workflows/x.yml` without `workflows` permission',
    ),
    fix: /may not change workflow files/,
  },
  {
    name: 'words about a right',
    arrange: saying('ERROR: Permission to acme/models.git denied to deploy-key.'),
    fix: permission,
  },
  { name: 'HTTP 403', arrange: over(403), fix: permission },
  { name: 'HTTP 401', arrange: over(401), fix: /token or password/ },
  { name: 'a hook without words', arrange: (world) => hook(world, 'pre-receive', 'exit 1'), fix: owner },
  {
    name: 'a hook for one ref',
    arrange: (world) => hook(world, 'update', 'case $1 in refs/tags/*) exit 1; esac'),
    fix: owner,
  },
  { name: 'hidden refs', arrange: configured('receive.hideRefs', 'refs'), fix: owner },
  {
    name: 'a size limit',
    arrange: configured('receive.maxInputSize', '10'),
    fix: /take large files out of models/,
  },
  { name: 'a branch that moved', arrange: meanwhile(`[ $n -gt 1 ] || ${move}`), fix: null, attempts: 2 },
  {
    name: 'a branch that moves while origin takes the push',
    arrange: (world) =>
      hook(world, 'pre-receive', `[ -e moved ] && exit 0; touch moved; env -u GIT_QUARANTINE_PATH ${move}`),
    fix: null,
    attempts: 2,
  },
  {
    name: 'a tag that is taken',
    arrange: meanwhile("[ $n -gt 1 ] || git tag -a -m 'mine' 'churn#dev#2' refs/heads/main"),
    fix: null,
    attempts: 2,
  },
  {
    name: 'a ref that another push has locked',
    arrange: meanwhile(
      'l=refs/heads/environments.lock; if [ $n -gt 1 ]; then rm -f $l; else mkdir -p refs/heads; touch $l; fi',
    ),
    fix: null,
    attempts: 2,
  },
  {
    name: 'an answer that is lost',
    arrange: (world) => hook(world, 'reference-transaction', '[ "$1" = committed ] && kill -9 $PPID; exit 0'),
    fix: null,
    attempts: 1,
  },
];

/** Each kind by a real push to a real remote: who has to act is told, or it is done again, or seen to be done. */
export async function classifiedRefusals(amount: Amount): Promise<Figures> {
  const template = await makeTemplate();
  const server = createServer((request, response) => {
    const status = Number(request.url?.split('/')[1]);
    response.writeHead(status, { 'content-type': 'text/plain', 'www-authenticate': 'Basic realm="git"' });
    response.end('no\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const missed: string[] = [];
  const tried = share(kinds, amount);
  await inPairs(tried, amount, async (kind) => {
    const wrong = await tryPush(template.copy('refusal'), kind, address);
    if (wrong !== null) missed.push(`${kind.name}: ${wrong}`);
  });
  server.close();
  return {
    words: `${tried.length - missed.length} of ${tried.length} kinds of refused push classified`,
    missed,
  };
}

/** Where another promotion stands ready, as if somebody else were about to push it. */
async function makeTemplate(): Promise<World> {
  const world = await makeWorld(['churn', 'other']);
  for (const model of ['churn', 'other']) await registerVersion(world.workspace, 'v1.0.0', { model });
  await world.promote('v1.0.0', ['dev']);
  await registerVersion(world.workspace, 'v1.1.0');
  const ours = refOf(world.origin, 'refs/heads/environments')!;
  await world.promote('v1.0.0', ['dev'], 'other');
  git(world.origin, ['update-ref', 'refs/others/promotion', 'refs/heads/environments']);
  git(world.origin, ['update-ref', 'refs/heads/environments', ours]);
  git(world.root, ['update-ref', '-d', 'refs/lockstep/environments']);
  await world.pack();
  git(world.origin, ['config', 'user.email', 'somebody@example.com']);
  git(world.origin, ['config', 'user.name', 'Somebody']);
  return world;
}

async function tryPush(
  world: World,
  { arrange, fix, attempts }: Kind,
  address: string,
): Promise<string | null> {
  arrange(world, address);
  const before = JSON.stringify([...refsOf(world.origin)]);
  const { exit, stdout, stderr } = await world.cli([
    ...['promote', 'churn', 'v1.1.0', '--to', 'dev', '--observe', '0', '--json'],
  ]);
  const after = JSON.stringify([...refsOf(world.origin)]);
  const version = checkOrigin(world.origin).folders.get('models/churn/environments/dev')?.version;
  world.remove();
  if (fix === null) {
    const result = exit === 0 ? (JSON.parse(stdout) as { attempts: number }) : null;
    return result?.attempts === attempts && version === 'v1.1.0'
      ? null
      : `ended with ${exit} after ${result?.attempts} attempts: ${stderr}`;
  }
  if (exit !== 1 || !stderr.startsWith('E_GIT_PUSH_REFUSED: ') || !fix.test(stderr.split(' Fix: ')[1] ?? ''))
    return `ended with ${exit}: ${stderr}`;
  return before === after ? null : 'origin changed';
}
