import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { FakeGitHub } from '../../../fakes/github/server.ts';
import type { Tools } from '../../suite.ts';
import type { Project } from '../project.ts';
import { until } from './cluster.ts';
import type { Daemon } from './daemon.ts';

export interface Watched {
  readonly tools: Tools;
  readonly project: Project;
  /** Where Flux sets statuses and Lockstep reads them. */
  readonly github: FakeGitHub;
  readonly daemons: readonly Daemon[];
}

/** Of what `observe --json` prints, the parts that are looked at. */
export interface Seen {
  readonly environments: readonly [
    {
      readonly sighting: { readonly kind: string };
      readonly rollback: { readonly from: string; readonly to: string } | null;
    },
  ];
  readonly recording: { readonly kind: string };
}

/** Resolves when Flux has set this state on the branch's tip. */
export async function told({ tools, project, github, daemons }: Watched, state: string): Promise<void> {
  const tip = await tools.programs.run('git', [
    '--git-dir',
    project.origin,
    'rev-parse',
    'refs/heads/environments',
  ]);
  await until(
    `Flux says ${state} of ${tip.trim()}`,
    daemons,
    async () => {
      const { statuses } = github.state;
      const last = statuses.findLast(({ sha }) => sha === tip.trim());
      return last?.state === state && last.context === 'lockstep/dev' ? true : null;
    },
    300,
  );
}

/** As the workflow lockstep-observe does it; what `--json` prints. */
export async function observe({ tools, project, github }: Watched): Promise<Seen> {
  const env = {
    ...project.environment,
    GITHUB_API_URL: github.url,
    GITHUB_REPOSITORY: 'acme/models',
    GITHUB_TOKEN: 'job',
  };
  const program = [join(project.root, 'src/cli/main.ts'), 'observe', '--in', 'dev', '--json'];
  const { out, err } = await tools.programs.tryRun(process.execPath, program, { cwd: project.root, env });
  const last = out.trim().split('\n').at(-1)!;
  assert.ok(last.startsWith('{'), err);
  return JSON.parse(last) as Seen;
}
