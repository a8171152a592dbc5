import { expect, test } from 'vitest';
import { baseOf, nextRetrained, nextVersion, retrainedOf } from './version.ts';

const environments = ['dev', 'staging', 'eu', 'production-eu'];

test('a version that an environment trained says of what, where and which', () => {
  expect(retrainedOf('v1.2.0-staging.3', environments)).toEqual({
    base: 'v1.2.0',
    environment: 'staging',
    number: 3,
  });
  expect(retrainedOf('v1.2.0-rc.1-production-eu.12', environments)).toEqual({
    base: 'v1.2.0-rc.1',
    environment: 'production-eu',
    number: 12,
  });
  for (const version of [
    'v1.2.0',
    'v1.2.0-rc.1',
    'v1.2.0-staging',
    'v1.2.0-staging.0',
    'v1.2.0-staging.01',
    'v1-x.1',
  ])
    expect(retrainedOf(version, environments), version).toBeNull();
  expect(baseOf('v1.2.0-eu.1', environments)).toBe('v1.2.0');
  expect(baseOf('v1.2.0-rc.1', environments)).toBe('v1.2.0-rc.1');
});

test('trainings are counted for each version and environment, and main counts on by its own', () => {
  const existing = ['v1.2.0', 'v1.2.0-staging.1', 'v1.2.0-staging.10', 'v1.2.0-eu.4', 'v1.3.0-staging.2'];
  const next = (base: string, environment: string) => nextRetrained(existing, { base, environment });
  expect(next('v1.2.0', 'staging')).toBe('v1.2.0-staging.11');
  expect(next('v1.2.0', 'production-eu')).toBe('v1.2.0-production-eu.1');
  expect(next('v1.3.0', 'staging')).toBe('v1.3.0-staging.3');
  expect(nextVersion(['v1.2.0', 'v1.2.0-staging.1'], 'patch')).toBe('v1.2.1');
});
