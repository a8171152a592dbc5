import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { toyModelFile, toyModelYaml } from '../../test/toy-model.ts';
import { git, openWorkspace, parseYaml } from '../workspace/index.ts';
import { parseModelFile, readModelFile } from './model-yaml.ts';

const examples = new URL('../../docs/schemas/examples/', import.meta.url);
const parse = (text: string) => parseModelFile(parseYaml(text, 'models/churn/model.yaml'));
const head = 'task: binary-classification\noutput: {name: y}\ninputs:\n';

describe('model.yaml', () => {
  it('takes the good example and refuses the bad one', () => {
    const example = (name: string) => parse(readFileSync(new URL(name, examples), 'utf8'));
    expect(example('model.good.yaml').inputs.map(({ name }) => name)).toEqual([
      'tenure',
      'charges',
      'contract',
      'since',
    ]);
    expect(() => example('model.bad.yaml')).toThrow('unknown key "typ" at inputs.0');
  });

  it.each([
    ['a column twice', `${head}  - {name: a, type: number}\n  - {name: a, type: category}\n`],
    ['a range upside down', `${head}  - {name: a, type: number, minimum: 2, maximum: 1}\n`],
    ['a range of a category', `${head}  - {name: a, type: category, maximum: 1}\n`],
    ['no inputs', `${head.replace('inputs:\n', 'inputs: []')}\n`],
    ['a type nobody knows', `${head}  - {name: a, type: float}\n`],
    [
      'a positive class that is a boolean',
      `${head.replace('name: y', 'name: y, positive: true')}  - {name: a, type: number}`,
    ],
    [
      'a positive class of a regression',
      'task: regression\noutput: {name: y, positive: "1"}\ninputs:\n  - {name: a, type: number}\n',
    ],
  ])('refuses %s', (_what, text) => {
    expect(() => parse(text)).toThrowErrorMatchingSnapshot();
  });

  it('is read from the work tree or as it was at a commit', async () => {
    const root = mkdtempSync(join(tmpdir(), 'lockstep-model-'));
    await git(['init', '-q', '-b', 'main'], { cwd: root });
    mkdirSync(join(root, 'models/toy'), { recursive: true });
    const path = join(root, 'models/toy/model.yaml');
    writeFileSync(path, toyModelYaml);
    const identity = ['-c', 'user.name=T', '-c', 'user.email=t@example.org'];
    await git(['add', '.'], { cwd: root });
    await git([...identity, 'commit', '-qm', 'first'], { cwd: root });
    const commit = await git(['rev-parse', 'HEAD'], { cwd: root });
    writeFileSync(path, toyModelYaml.replace('maximum: 6000', 'maximum: 10'));
    const workspace = openWorkspace(root);
    expect(await readModelFile(workspace, 'toy', { commit })).toEqual(toyModelFile);
    expect((await readModelFile(workspace, 'toy')).inputs[0]?.maximum).toBe(10);
    await expect(readModelFile(workspace, 'none')).rejects.toThrowErrorMatchingInlineSnapshot(
      `[LockstepError: E_CONFIG_MISSING: cannot read models/none/model.yaml (ENOENT). Fix: create the file, or correct its path.]`,
    );
    await expect(readModelFile(workspace, 'none', { commit })).rejects.toMatchObject({
      code: 'E_CONFIG_MISSING',
    });
  });
});
