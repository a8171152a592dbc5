import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import type { Suite, Tools } from '../suite.ts';
import { exampleModel, makeRelease } from '../tools/project.ts';

export const suite: Suite = {
  name: 'gto',
  shows: "GTO reads our versions and promotions, and we read GTO's",
  minutes: 2,
  needs: { python: ['gto==1.10.1'] },
  run: readEachOther,
};

interface GtoEvent {
  readonly event: string;
  readonly version: string;
  readonly stage: string | null;
  readonly author: string;
  readonly ref: string;
}

interface OurEvent {
  readonly event: string;
  readonly version: string | null;
  readonly environment: string | null;
  readonly tag: string | null;
}

async function readEachOther(tools: Tools): Promise<string> {
  const { root, environment, lockstep } = await makeRelease(tools);
  const gto = (...args: readonly string[]) =>
    tools.programs.run(join(dirname(tools.python), 'gto'), args, { cwd: root, env: environment });
  for (const to of ['dev', 'staging'])
    await lockstep('promote', exampleModel, 'v1.0.0', '--to', to, '--observe', '0');

  const shown = JSON.parse(await gto('show', '--json')) as Record<string, unknown>;
  assert.deepEqual(shown, {
    [exampleModel]: {
      version: 'v1.0.0',
      stage: { dev: 'v1.0.0', staging: 'v1.0.0' },
      registered: true,
      active: true,
    },
  });
  const history = JSON.parse(await gto('history', '--json')) as readonly GtoEvent[];
  assert.deepEqual(
    history.map(({ event, version, stage, author, ref }) => [event, version, stage, author, ref]).sort(),
    [
      ['assignment', 'v1.0.0', 'dev', 'Ada', `${exampleModel}#dev#1`],
      ['assignment', 'v1.0.0', 'staging', 'Ada', `${exampleModel}#staging#2`],
      ['registration', 'v1.0.0', null, 'Ada', `${exampleModel}@v1.0.0`],
    ],
  );

  const commit = ['commit', '--quiet', '--allow-empty', '-m', 'chore: something to register'];
  await tools.programs.run('git', commit, { cwd: root, env: environment });
  await gto('register', exampleModel, '--version', 'v1.1.0', '--push');
  await gto('assign', exampleModel, '--version', 'v1.1.0', '--stage', 'production', '--push');
  const { events } = (await lockstep('history', exampleModel)) as { readonly events: readonly OurEvent[] };
  const theirs = events.filter(({ version }) => version === 'v1.1.0');
  assert.deepEqual(theirs.map(({ event, environment: to, tag }) => [event, to, tag]).sort(), [
    ['registration', null, `${exampleModel}@v1.1.0`],
    ['request', 'production', `${exampleModel}#production#3`],
  ]);
  await assert.rejects(
    lockstep('promote', exampleModel, 'v1.1.0', '--to', 'dev', '--observe', '0'),
    /E_\w+/,
    'a version without a signed record must not be promoted',
  );
  return `${history.length} events read by GTO, ${theirs.length} of GTO's read by us`;
}
