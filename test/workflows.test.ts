import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { readPins, staleWorkflows } from '../src/github/index.ts';
import { actionlintErrors, officialErrors } from './workflows/linters.ts';
import { rules } from './workflows/rules.ts';
import {
  ownAction,
  parseWorkflowFile,
  readWorkflows,
  stepsOf,
  type Workflow,
} from './workflows/workflow-file.ts';

const root = dirname(import.meta.dirname);
const workflows = readWorkflows(root);

/** actionlint 1.7.7 is older than this key; GitHub's parser knows it. */
const younger = 'unexpected key "deployment" for "environment" section. expected one of "name", "url"';

test('the generated workflows are what their sources make', () => {
  expect(staleWorkflows(root)).toEqual([]);
  for (const { path, name } of workflows) expect(path).toBe(`.github/workflows/${name}.yml`);
});

test("GitHub's own parser and actionlint take every workflow", async () => {
  expect(await officialErrors(workflows)).toEqual([]);
  const found = await actionlintErrors(workflows);
  expect(found.filter((line) => !line.endsWith(younger))).toEqual([]);
  expect(found).toHaveLength(3);
});

test.each(Object.entries(rules))('every workflow %s', (_, rule) => {
  expect(rule(workflows, root)).toEqual([]);
});

test('one wrong edit of a workflow is caught, whatever it is', async () => {
  const file = readFileSync(join(import.meta.dirname, 'workflows/faults.yml'), 'utf8');
  const faults = parse(file.replaceAll('CHECKOUT', readPins(root).checkout!)) as [string, string, string][];
  expect(faults.length).toBeGreaterThanOrEqual(60);
  const missed: string[] = [];
  for (const [name, from, to] of faults) {
    const path = `.github/workflows/lockstep-${name}.yml`;
    const { text } = workflows.find((workflow) => workflow.path === path)!;
    const edited = text.replace(from, () => to);
    expect(edited, `${name}: ${from}`).not.toBe(text);
    if ((await faultsFound({ path, text: edited })).length === 0) missed.push(`${name}: ${from} → ${to}`);
  }
  expect(missed).toEqual([]);
});

async function faultsFound(file: Pick<Workflow, 'path' | 'text'>): Promise<string[]> {
  const errors = [...(await officialErrors([file])), ...(await actionlintErrors([file]))];
  const found = errors.filter((line) => !line.endsWith(younger));
  if (found.length > 0) return found;
  const others = workflows.filter(({ path }) => path !== file.path);
  const all = [...others, parseWorkflowFile(file.path, file.text)];
  return Object.values(rules).flatMap((rule) => rule(all, root));
}

test('the workflows use the actions of this repository', () => {
  const used = new Set(stepsOf(workflows).flatMap(({ step }) => ownAction(step) ?? []));
  for (const name of used) expect(existsSync(join(root, 'actions', name, 'action.yml')), name).toBe(true);
  expect([...used].sort().join(' ')).toBe(
    'data-pull deploy evaluate gate monitor observe plan promote refresh register report setup train',
  );
});
