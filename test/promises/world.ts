import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promote } from '../../src/gitops/index.ts';
import { git, openWorkspace, type Workspace } from '../../src/workspace/index.ts';
import { type Ran, runCli } from '../bad-inputs/command-line.ts';
import { deployFiles, policyText } from '../release-sandbox.ts';

/** A bare origin and clones beside it; they name it by `../origin.git`, so that a copy of the folder is whole. */
export class World {
  readonly folder: string;
  /** What signs here; its public half stands in lockstep.yaml on main. */
  readonly key: KeyObject;

  constructor(folder: string, key: KeyObject) {
    this.folder = folder;
    this.key = key;
  }
  get origin(): string {
    return join(this.folder, 'origin.git');
  }
  get root(): string {
    return join(this.folder, 'ada');
  }
  get workspace(): Workspace {
    return openWorkspace(this.root);
  }
  /** A clone as another machine has it, with the same signing key; of the same person where one is named. */
  async clone(name: string, person = name): Promise<string> {
    const root = join(this.folder, name);
    await git(['clone', '--quiet', '--template=', this.origin, root], { cwd: this.folder });
    await git(['remote', 'set-url', 'origin', '../origin.git'], { cwd: root });
    await prepare(root, person, this.key);
    return root;
  }
  copy(name: string): World {
    const folder = join(rootFolder(), `${name}-${++copies}`);
    cpSync(this.folder, folder, { recursive: true });
    return new World(folder, this.key);
  }
  /** In order, by the product. */
  async promote(version: string, environments: readonly string[], model = 'churn'): Promise<void> {
    for (const environment of environments)
      await promote(this.workspace, { model, version, environment, observe: 0 });
  }
  cli(args: readonly string[], root = this.root, env: Readonly<Record<string, string>> = {}): Promise<Ran> {
    return runCli(root, args, env);
  }
  /** Loose objects become one file, so that copies are quick. */
  async pack(): Promise<void> {
    for (const repository of [this.origin, this.root]) await git(['gc', '--quiet'], { cwd: repository });
  }
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

let copies = 0;
let made: string | undefined;

/** Where all worlds of this run lie. */
export function rootFolder(): string {
  made ??= mkdtempSync(join(tmpdir(), 'lockstep-promises-'));
  return made;
}
export const removeAll = (): void => {
  if (made) rmSync(made, { recursive: true, force: true, maxRetries: 5 });
};

export const spkiOf = (publicKey: KeyObject): string =>
  publicKey.export({ type: 'spki', format: 'der' }).toString('base64');

/** Files of a model, from those of `churn`. */
export const filesOf = (model: string, deploy = deployFiles): Record<string, string> => ({
  ...Object.fromEntries(
    Object.entries(deploy).map(([path, text]) => [path.replace('models/churn/', `models/${model}/`), text]),
  ),
  [`models/${model}/policy.yaml`]: policyText,
});

/** `ada` with these models' bases, pushed, and one key that main trusts; `trust` words the entry otherwise. */
export async function makeWorld(
  models: readonly string[] = ['churn'],
  { trust, files = {} }: { trust?: (spki: string) => string; files?: Record<string, string> } = {},
): Promise<World> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const world = new World(mkdtempSync(join(rootFolder(), 'world-')), privateKey);
  const { folder, root, origin } = world;
  await git(['init', '--quiet', '--bare', '--template=', '--initial-branch=main', origin], { cwd: folder });
  await git(['init', '--quiet', '--template=', '--initial-branch=main', root], { cwd: folder });
  await git(['remote', 'add', 'origin', '../origin.git'], { cwd: root });
  await prepare(root, 'ada', privateKey);
  const entry = trust?.(spkiOf(publicKey)) ?? `{key: "${spkiOf(publicKey)}", owner: release team}`;
  write(root, {
    'lockstep.yaml': `trust:\n  - ${entry}\n`,
    ...Object.assign({}, ...models.map((model) => filesOf(model))),
    ...files,
  });
  await git(['add', '--all'], { cwd: root });
  await git(['commit', '--quiet', '-m', 'feat: models'], { cwd: root });
  await git(['push', '--quiet', 'origin', 'HEAD:refs/heads/main'], { cwd: root });
  await git(['fetch', '--quiet', 'origin'], { cwd: root });
  return world;
}

export function write(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

async function prepare(root: string, name: string, key: KeyObject): Promise<void> {
  await git(['config', 'user.name', name], { cwd: root });
  await git(['config', 'user.email', `${name}@example.com`], { cwd: root });
  write(root, { '.git/info/exclude': '/.lockstep/\n' });
  giveKey(root, key);
}

export const giveKey = (root: string, key: KeyObject): void =>
  write(root, {
    '.lockstep/keys/ed25519.pem': key.export({ type: 'pkcs8', format: 'pem' }).toString(),
  });
