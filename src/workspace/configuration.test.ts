import { expect, test } from 'vitest';
import { checkEnvironment, parseConfiguration } from './configuration.ts';
import { isLockstepError } from './errors.ts';
import { checkName } from './names.ts';
import { parseYaml } from './yaml-file.ts';

const read = (text: string) => parseConfiguration(parseYaml(text, 'lockstep.yaml'));

function messageOf(work: () => unknown): string {
  try {
    return `accepted: ${JSON.stringify(work())}`;
  } catch (error) {
    if (isLockstepError(error)) return error.message;
    throw error;
  }
}

test('with no file the embedded defaults hold', () => {
  expect(parseConfiguration(null)).toEqual({
    remote: 'file:.data',
    images: null,
    image: {},
    environments: ['dev', 'staging', 'production'],
    urls: {},
    statuses: [],
    rules: {},
    gitops: { branch: 'environments', mode: 'push', repository: null },
    trust: [],
    datasets: {},
    upgrade: {},
    sources: {},
  });
});

test('what environments ask for, by their name', () => {
  expect(read('environments: [dev, {name: production, approvals: 2}]\n').rules).toEqual({
    production: { approvals: 2, freeze: [], rollback: 'by-hand' },
  });
});

test('environments keep their order, with or without an address', () => {
  const { environments, urls } = read(
    'environments: [canary, {name: production, url: "https://example.com"}]\n',
  );
  expect({ environments, urls }).toEqual({
    environments: ['canary', 'production'],
    urls: { production: 'https://example.com' },
  });
});

test('a cluster speaks by statuses, but never under the names of our own', () => {
  const yaml = (name: string) => `environments: [dev, {name: ${name}, observe: status}]\n`;
  expect(read(yaml('production')).statuses).toEqual(['production']);
  for (const name of ['verdict', 'promote'])
    expect(messageOf(() => read(yaml(name)))).toMatch(
      `E_CONFIG_VALUE: statuses called lockstep/${name} are Lockstep's own`,
    );
});

test.each([
  ['an unknown key', 'remotes: s3://x\n'],
  ['another way to observe', 'environments: [{name: dev, observe: http}]\n'],
  ['a wrong type', 'remote: [1]\n'],
  ['a threshold as text', 'gitops: {branch: 3}\n'],
  ['an upper-case image repository', 'images: GHCR.io/Acme/Models\n'],
  ['no environments', 'environments: []\n'],
  ['an environment that is no name', 'environments: ["prod "]\n'],
  ['an unknown mode', 'gitops: {mode: pull}\n'],
])('%s is refused with its place', (_name, text) => {
  expect(messageOf(() => read(text))).toMatchSnapshot();
});

test.each(['prod ', '../prod', 'Production', 'stagin'])('the environment %j is unknown', (name) => {
  expect(messageOf(() => checkEnvironment(parseConfiguration(null), name))).toMatchSnapshot();
});

test.each(['', '-a', 'a-', 'A', 'a_b', 'a'.repeat(41), 'ä', 'a b'])('the name %j is refused', (name) => {
  expect(messageOf(() => checkName(name, 'model'))).toContain('E_NAME: the model name');
});

test.each(['a', 'a1', 'flight-delay', 'a'.repeat(40)])('the name %j is taken', (name) => {
  expect(checkName(name, 'model')).toBe(name);
});
