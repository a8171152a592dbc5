import { appendFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Tools } from '../suite.ts';
import { cleanEnvironment } from '../tools/environment.ts';
import type { Change } from './changes.ts';

/** A repository made from the template, as a server has it, and a checkout of each commit that matters. */
export interface Repository {
  /** Folder that the Git server shows; the repository is `team/flights.git` in it. */
  readonly served: string;
  readonly git: (args: readonly string[], cwd?: string) => Promise<string>;
  /** A checkout of a commit, or of the tip of a branch. */
  readonly checkout: (revision: string) => Promise<string>;
  /** Commits a change on top of the default branch and pushes it to a ref; returns its commit. */
  readonly push: (change: Change, ref: string) => Promise<string>;
}

export const slug = 'team/flights';

/** The template at HEAD with its bundles, and a `lockstep.yaml` that names these. */
export async function makeRepository(
  { root: template, folder, programs }: Tools,
  { images, base }: { readonly images: string; readonly base: string },
): Promise<Repository> {
  const served = join(folder, 'served');
  const origin = join(served, `${slug}.git`);
  const home = join(folder, 'git-home');
  mkdirSync(home, { recursive: true });
  mkdirSync(dirname(origin), { recursive: true });
  const env = cleanEnvironment(home);
  const git = async (args: readonly string[], cwd = origin) =>
    (
      await programs.run('git', ['-c', 'safe.directory=*', '-c', 'user.name=Ada', ...author, ...args], {
        cwd,
        env,
      })
    ).trim();
  await git(['init', '--quiet', '--bare', '--initial-branch=main', origin], folder);
  // As GitHub's server is set.
  for (const setting of ['http.receivepack', 'uploadpack.allowAnySHA1InWant', 'uploadpack.allowFilter'])
    await git(['config', setting, 'true']);
  let count = 0;
  const clone = async (): Promise<string> => {
    const place = join(folder, `checkout-${++count}`);
    await git(['clone', '--quiet', '--no-checkout', origin, place], folder);
    return place;
  };
  const commit = async (place: string, ref: string): Promise<string> => {
    await git(['add', '--all'], place);
    await git(['commit', '--quiet', '--message', 'feat: a change'], place);
    await git(['push', '--quiet', 'origin', `HEAD:${ref}`], place);
    return git(['rev-parse', 'HEAD'], place);
  };
  await git(['push', '--quiet', origin, 'HEAD:refs/heads/main'], template);
  const first = await clone();
  await git(['checkout', '--quiet', 'main'], first);
  symlinkSync(join(template, 'node_modules'), join(first, 'node_modules'));
  await programs.run(process.execPath, [join(first, 'scripts/bundle.ts')], { cwd: first, env });
  const settings = join(first, 'lockstep.yaml');
  writeFileSync(settings, readFileSync(settings, 'utf8').replace(/^( {2}base:).*$/m, `$1 ${base}`));
  appendFileSync(settings, `images: ${images}\n`);
  await commit(first, 'refs/heads/main');
  return {
    served,
    git,
    checkout: async (revision) => {
      const place = await clone();
      await git(['checkout', '--quiet', '--detach', revision], place);
      return place;
    },
    push: async (change, ref) => {
      const place = await clone();
      await git(['checkout', '--quiet', 'main'], place);
      change(place);
      return commit(place, ref);
    },
  };
}

const author = ['-c', 'user.email=ada@example.com', '-c', 'commit.gpgsign=false'];
