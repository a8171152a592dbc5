import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tools } from '../suite.ts';
import { cleanEnvironment } from './environment.ts';

/** A clone of HEAD with a bare origin of its own, and this checkout's `node_modules`. */
export interface Project {
  readonly root: string;
  readonly origin: string;
  readonly environment: NodeJS.ProcessEnv;
  /** `./lockstep <args> --json`, parsed; throws with its words unless it exits 0. */
  readonly lockstep: (...args: readonly string[]) => Promise<Record<string, unknown>>;
}

export const exampleModel = 'flight-delay';

export async function makeProject({ root: checkout, folder, programs }: Tools): Promise<Project> {
  const [root, origin, home] = ['project', 'origin.git', 'home'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  mkdirSync(home);
  const environment = cleanEnvironment(home);
  const git = (args: readonly string[], cwd = folder) =>
    programs.run('git', ['-c', 'safe.directory=*', ...args], { cwd, env: environment });
  await git(['init', '--quiet', '--bare', '--initial-branch=main', origin]);
  await git(['push', '--quiet', origin, 'HEAD:refs/heads/main'], checkout);
  await git(['clone', '--quiet', origin, root]);
  await git(['config', 'user.name', 'Ada'], root);
  await git(['config', 'user.email', 'ada@example.com'], root);
  symlinkSync(join(checkout, 'node_modules'), join(root, 'node_modules'), 'junction');
  return {
    root,
    origin,
    environment,
    lockstep: async (...args) => {
      const program = [join(root, 'src/cli/main.ts'), ...args, '--json'];
      const output = await programs.run(process.execPath, program, { cwd: root, env: environment });
      return JSON.parse(output.trim().split('\n').at(-1)!) as Record<string, unknown>;
    },
  };
}

/** A project with the example trained and registered as v1.0.0. */
export async function makeRelease(tools: Tools): Promise<Project & { readonly image: string }> {
  const project = await makeProject(tools);
  await project.lockstep('run', exampleModel);
  const { image } = await project.lockstep('register', exampleModel);
  return { ...project, image: image as string };
}

/** A version that was trained with one tree more. */
export async function nextRelease(
  tools: Tools,
  project: Project,
): Promise<{ version: string; image: string }> {
  const pipeline = join(project.root, 'pipelines', exampleModel, 'pipeline.yaml');
  const text = readFileSync(pipeline, 'utf8');
  writeFileSync(
    pipeline,
    text.replace(/trees: (\d+)$/m, (_, trees) => `trees: ${Number(trees) + 1}`),
  );
  await project.lockstep('run', exampleModel);
  const options = { cwd: project.root, env: project.environment };
  await tools.programs.run('git', ['commit', '--quiet', '--all', '-m', 'feat: one tree more'], options);
  await tools.programs.run('git', ['push', '--quiet', 'origin', 'HEAD:main'], options);
  return (await project.lockstep('register', exampleModel)) as { version: string; image: string };
}
