import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openStore } from '../data/index.ts';
import { statePath } from '../workspace/index.ts';
import { messageFrom, runToy, toyWorkspace, withTrain, writeFiles } from './test-workspace.ts';

/** Of a Python that can make environments; Debian's has no ensurepip unless python3-venv is there. */
const hostPython = /^3\.\d+/.exec(
  spawnSync('python3', ['-c', 'import ensurepip, venv, sys; print("%d.%d" % sys.version_info[:2])'], {
    encoding: 'utf8',
  }).stdout ?? '',
)?.[0];

const inPython = (version: string) =>
  withTrain(
    `{run: python train.py, environment: {python: "${version}", lock: requirements.lock}, inputs: [train.py], outputs: [model.txt]}`,
  );
const script = 'import os, sys\nopen(os.environ["LOCKSTEP_OUTPUTS"] + "/model.txt", "w").write(sys.prefix)\n';

test.skipIf(hostPython === undefined)(
  'a Python environment is prepared once and is part of the fingerprint',
  async () => {
    await using workspace = await toyWorkspace({
      'pipelines/toy/pipeline.yaml': inPython(hostPython!),
      'pipelines/toy/train.py': script,
      'pipelines/toy/requirements.lock': '# nothing but the standard library\n',
    });
    const { outputs } = await runToy(workspace);
    const prefix = (await openStore(workspace).read(outputs['model.txt']!.digest)).toString();
    expect(prefix.startsWith(statePath(workspace, 'environments'))).toBe(true);
    expect((await runToy(workspace)).cached).toBe(true);
    writeFiles(workspace.root, { 'pipelines/toy/requirements.lock': 'no-such-package-of-ours==1.0\n' });
    const message = await messageFrom(runToy(workspace));
    expect(message).toMatch(/^E_ENVIRONMENT_PREPARE: .*no-such-package-of-ours/);
    const folders = readdirSync(statePath(workspace, 'environments'), { withFileTypes: true });
    const environments = folders.filter((entry) => entry.isDirectory());
    expect(environments, 'nothing half made').toHaveLength(1);
  },
);

test('a Python that is not there is said before anything is made', async () => {
  await using workspace = await toyWorkspace({
    'pipelines/toy/pipeline.yaml': inPython('3.99'),
    'pipelines/toy/train.py': script,
    'pipelines/toy/requirements.lock': '',
  });
  expect(await messageFrom(runToy(workspace))).toMatch(/^E_ENVIRONMENT_PREPARE: no Python 3\.99 on PATH/);
});
