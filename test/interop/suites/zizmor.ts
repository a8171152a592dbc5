import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Suite } from '../suite.ts';

/**
 * The newest whose advice others take too: from 1.30 on zizmor asks for `uses: $/actions/x`, which neither actionlint
 * 1.7.7 nor act 0.2.87 knows.
 */
const requirement = 'zizmor==1.29.0';

/** An audit that is silenced, with why; and the trigger on its line. */
const silenced = /^ {2}(\w+): # zizmor: ignore\[([\w,-]+)\] \w.*$/;

export const suite: Suite = {
  name: 'zizmor',
  shows: 'an outside audit at its strictest finds nothing in our workflows and actions',
  minutes: 1,
  needs: { python: [requirement] },
  run: async ({ root, python, programs }) => {
    const files = globSync(['.github/workflows/*.yml', 'actions/*/action.yml'], { cwd: root }).sort();
    assert.ok(files.length > 12, `only ${files.length} files`);
    const ignores = files.flatMap((file) =>
      readFileSync(join(root, file), 'utf8')
        .split('\n')
        .filter((line) => line.includes('zizmor:'))
        .map((line) => silenced.exec(line)?.slice(1).join(' ')),
    );
    assert.deepEqual(new Set(ignores), new Set(['workflow_run dangerous-triggers']));
    // Without any settings, so that nothing but what stands on those lines is silenced.
    const audit = ['--offline', '--persona', 'pedantic', '--no-progress', '--no-config', '--format', 'json'];
    const zizmor = join(dirname(python), 'zizmor');
    const findings = await programs.run(zizmor, [...audit, ...files], { cwd: root });
    assert.deepEqual(JSON.parse(findings), []);
    return `${files.length} files, ${ignores.length} triggers explained`;
  },
};
