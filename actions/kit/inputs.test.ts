import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { flag, list, model, models, oneOf, optional, path, readInputs, text } from './inputs.ts';

let workspace: string;

beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), 'lockstep-inputs-'));
  vi.stubEnv('GITHUB_WORKSPACE', join(workspace, 'repo'));
  vi.stubEnv('RUNNER_TEMP', join(workspace, 'temp'));
  mkdirSync(join(workspace, 'repo'));
  mkdirSync(join(workspace, 'temp'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(workspace, { recursive: true, force: true });
});

/** As the runner hands inputs over. */
function give(inputs: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(inputs)) vi.stubEnv(`INPUT_${name.toUpperCase()}`, value);
}

test('inputs become typed values', () => {
  give({ models: 'churn, flight-delay\nchurn', 'fail-on': 'never', quick: 'TRUE', base: '', only: '' });
  const inputs = readInputs({
    models,
    'fail-on': oneOf('fail', 'never'),
    quick: flag,
    base: optional(text),
    only: list,
  });
  expect(inputs).toEqual({
    models: ['churn', 'flight-delay'],
    'fail-on': 'never',
    quick: true,
    base: null,
    only: [],
  });
  expect(Object.isFrozen(inputs)).toBe(true);
});

test.each([
  [
    { quick: flag },
    { quick: 'yes' },
    'E_ACTION_INPUT: the input "quick" is "yes" — true or false. Fix: set `quick:` under `with:` in the workflow.',
  ],
  [
    { quick: flag },
    { quick: '' },
    'E_ACTION_INPUT: the input "quick" is empty — true or false. Fix: set `quick:` under `with:` in the workflow.',
  ],
  [
    { mode: oneOf('plan', 'promote') },
    { mode: 'promot' },
    'E_ACTION_INPUT: the input "mode" is "promot" — one of plan, promote; did you mean promote?. Fix: set `mode:` under `with:` in the workflow.',
  ],
  [
    { quick: flag, upload: flag },
    { quick: 'true', uplod: 'true', upload: 'true' },
    'E_ACTION_INPUT: this action has no input "uplod" — quick, upload. Fix: did you mean "upload"?',
  ],
  [
    { model },
    { model: '../x' },
    'E_NAME: the model name "../x" — 1 to 40 lower-case letters, digits and hyphens, beginning with a letter, not ending with a hyphen.',
  ],
])('%o with %o is refused', (spec, given, message) => {
  give(given);
  expect(() => readInputs(spec)).toThrow(message);
});

test('a path stays in the workspace or the temporary folder, whatever links say', () => {
  symlinkSync('/etc', join(workspace, 'repo', 'out'));
  const read = (given: string) => path.read(given, 'folder');
  expect(read('a/new/folder')).toBe(join(workspace, 'repo/a/new/folder'));
  expect(read(join(workspace, 'temp', 'candidates'))).toBe(join(workspace, 'temp/candidates'));
  for (const given of [
    '..',
    '../repo2',
    '/etc',
    'out',
    'out/passwd',
    'a/../../x',
    join(workspace, 'tempting'),
  ])
    expect(() => read(given), given).toThrow('E_PATH_TRAVERSAL');
});
