import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { sshString } from '../src/registry/index.ts';
import { git, openWorkspace, type Workspace } from '../src/workspace/index.ts';

/** A throw-away key of `ssh-keygen -t ed25519`, and its line of an allowed-signers file. */
export interface SshKey {
  readonly line: string;
  readonly blob: Buffer;
  readonly privateKey: KeyObject;
}

export function makeKey(name = 'maintainer'): SshKey {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const point = Buffer.from((publicKey.export({ format: 'jwk' }) as { x: string }).x, 'base64url');
  const blob = Buffer.concat([sshString('ssh-ed25519'), sshString(point)]);
  return {
    line: `${name} namespaces="git" ssh-ed25519 ${blob.toString('base64')}\n`,
    blob,
    privateKey,
  };
}

/** What `ssh-keygen -Y sign -n git` writes (PROTOCOL.sshsig); a test compares the two. */
export function sshSign(payload: string | Buffer, { privateKey, blob }: SshKey, namespace = 'git'): string {
  const digest = createHash('sha512').update(payload).digest();
  const head = [sshString(namespace), sshString(''), sshString('sha512')];
  const signature = sign(
    null,
    Buffer.concat([Buffer.from('SSHSIG'), ...head, sshString(digest)]),
    privateKey,
  );
  const inner = Buffer.concat([sshString('ssh-ed25519'), sshString(signature)]);
  const whole = Buffer.concat([Buffer.from('SSHSIG\0\0\0\x01'), sshString(blob), ...head, sshString(inner)]);
  const lines = whole.toString('base64').match(/.{1,70}/g)!;
  return `-----BEGIN SSH SIGNATURE-----\n${lines.join('\n')}\n-----END SSH SIGNATURE-----\n`;
}

/** Content by path; null removes, and a name that ends with `*` is made executable. */
export type Files = Readonly<Record<string, string | Buffer | null>>;

/** A repository that releases, as Lockstep's own does, and copies of it as "Use this template" makes them. */
export class Template implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'lockstep-template-'));
  readonly root = join(this.folder, 'template');
  readonly key = makeKey();

  static async make(): Promise<Template> {
    const template = new Template();
    await git(['init', '--quiet', '--initial-branch=main', template.root], { cwd: template.folder });
    await identify(template.root);
    return template;
  }
  async commit(files: Files, message = 'feat: a change'): Promise<string> {
    return commitFiles(this.root, files, message);
  }
  /** Commits, and tags what there is: signed by `key`, or not at all when it is null. */
  async release(
    version: string,
    files: Files,
    notes = `What is new in ${version}`,
    key: SshKey | null = this.key,
  ) {
    const manifest = {
      ...files,
      ...(files['package.json'] === undefined ? { 'package.json': manifestOf(version) } : {}),
    };
    const commit = await this.commit(manifest, `chore: release ${version}`);
    await this.tag(`v${version}`, commit, notes, key);
    return commit;
  }
  /** Under `name`, whatever the tag object calls itself. */
  async tag(name: string, commit: string, notes: string, key: SshKey | null, called = name): Promise<void> {
    const payload = `object ${commit}\ntype commit\ntag ${called}\ntagger Mia <mia@example.com> 1790000000 +0000\n\n${notes}\n`;
    const input = payload + (key ? sshSign(payload, key) : '');
    const object = await git(['hash-object', '-t', 'tag', '-w', '--stdin'], { cwd: this.root, input });
    await git(['update-ref', `refs/tags/${name}`, object], { cwd: this.root });
  }
  /** One commit, no history in common. */
  async copy(revision: string, name = `copy of ${revision}`): Promise<Workspace> {
    const root = join(this.folder, name);
    await git(['init', '--quiet', '--initial-branch=main', root], { cwd: this.folder });
    await identify(root);
    const source = await git(['rev-parse', `${revision}^{commit}`], { cwd: this.root });
    await git(['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', this.root, source], { cwd: root });
    const tree = await git(['rev-parse', `${source}^{tree}`], { cwd: root });
    const commit = await git(['commit-tree', tree, '-m', 'Initial commit'], { cwd: root });
    await git(['reset', '--quiet', '--hard', commit], { cwd: root });
    return openWorkspace(root);
  }
  async [Symbol.asyncDispose](): Promise<void> {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

export const manifestOf = (version: string, more: object = {}): string =>
  `${JSON.stringify({ name: 'lockstep', version, private: true, ...more }, null, 2)}\n`;

export async function commitFiles(root: string, files: Files, message = 'feat: ours'): Promise<string> {
  for (const [key, content] of Object.entries(files)) {
    const path = join(root, key.replace(/\*$/, ''));
    if (content === null) rmSync(path, { recursive: true });
    else {
      if (!existsSync(dirname(path))) mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content, { mode: key.endsWith('*') ? 0o755 : 0o644 });
    }
  }
  await git(['add', '--all'], { cwd: root });
  await git(['commit', '--quiet', '--allow-empty', '-m', message], { cwd: root });
  return git(['rev-parse', 'HEAD'], { cwd: root });
}

/** Everything that an upgrade must not move: the refs but its own branch, the index, the work tree. */
export async function stateOf({ root }: Workspace, branch = 'none') {
  const refs = await git(['for-each-ref', '--format=%(objectname) %(refname)'], { cwd: root });
  return {
    refs: refs.split('\n').filter((line) => !line.endsWith(`refs/heads/${branch}`)),
    head: await git(['symbolic-ref', 'HEAD'], { cwd: root }),
    status: await git(['status', '--porcelain', '--untracked-files=all'], { cwd: root }),
    config: readFileSync(join(root, '.git/config'), 'utf8'),
    fetched: existsSync(join(root, '.git/FETCH_HEAD')),
    work: existsSync(join(root, '.lockstep/work')) ? readdirSync(join(root, '.lockstep/work')) : [],
  };
}

async function identify(root: string): Promise<void> {
  await git(['config', 'user.name', 'ada'], { cwd: root });
  await git(['config', 'user.email', 'ada@example.com'], { cwd: root });
  writeFileSync(join(root, '.git', 'info', 'exclude'), '/.lockstep/\n');
}
