import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pythonWith } from '../../test/interop/tools/python.ts';
import { dvcProgram } from '../dvc-program.ts';
import { type Command, secondsOf } from '../measure.ts';
import { putAside } from './files.ts';
import { type Sample, timed } from './taken.ts';
import type { World } from './world.ts';

export interface DvcProject {
  readonly root: string;
  readonly path: (key: string) => string;
  readonly dvc: (...args: string[]) => Promise<Sample>;
  /** Removes its cache and what it remembers of files. */
  readonly forget: () => void;
  /** An address, where nothing lies yet. */
  readonly setRemote: (url: string) => void;
}

export async function makeDvc(world: World, folder: string): Promise<DvcProject> {
  const program = await dvcProgram(['dvc==3.67.1', 'dvc-s3==3.3.0']);
  const root = join(folder, 'dvc');
  const site = join(folder, 'dvc-site');
  mkdirSync(join(root, 'data'), { recursive: true });
  const path = `${dirname(program)}:${world.environment.PATH}`;
  const env = { ...world.environment, PATH: path, DVC_NO_ANALYTICS: '1', DVC_SITE_CACHE_DIR: site };
  const where = { cwd: root, env };
  const run = (...command: Command) => secondsOf(command, where);
  run('git', 'init', '--quiet');
  run(program, 'init', '--quiet');
  run(program, 'config', 'core.check_update', 'false');
  return {
    root,
    path: (key) => join(root, 'data', key),
    dvc: (verb, ...args) => timed([program, verb, '--quiet', ...args], where),
    forget() {
      for (const place of [join(root, '.dvc/cache'), join(root, '.dvc/tmp'), site])
        putAside(place, world.folder);
    },
    setRemote: (url) => void run(program, 'remote', 'add', '--quiet', '--force', '--default', 'there', url),
  };
}

/** Rclone's remote `r:` is the S3 of the environment. */
export const rcloneEnvironment = (world: World): NodeJS.ProcessEnv => ({
  ...world.environment,
  RCLONE_CONFIG: '/dev/null',
  RCLONE_CONFIG_R_TYPE: 's3',
  RCLONE_CONFIG_R_PROVIDER: 'Ceph',
  RCLONE_CONFIG_R_ENV_AUTH: 'true',
  RCLONE_CONFIG_R_ENDPOINT: world.environment.AWS_ENDPOINT_URL_S3,
});

/** Amazon's command line, of an environment of its own. */
export const awsProgram = async (): Promise<string> =>
  join(dirname(await pythonWith(['awscli==1.46.2'])), 'aws');
