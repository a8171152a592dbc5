import { expect, test } from 'vitest';
import type { EnvironmentState } from './state.ts';
import { agentTable, eventText } from './words.ts';

const entry: EnvironmentState = {
  model: 'churn',
  environment: 'production',
  version: 'v1.1.0',
  image: 'localhost/churn@sha256:0',
  modelDigest: null,
  url: 'http://127.0.0.1:40001',
  port: 40001,
  serverPid: 1,
  serverPort: 2,
  golden: { asked: 32, equal: 32 },
  since: '2026-11-21T12:00:00Z',
  refused: {
    version: 'v1.2.0',
    image: null,
    reasons: ['2 of the last 20 answered requests fail on it'],
    time: '',
  },
};

test('the table says what runs where and what was refused', () => {
  const empty = { ...entry, environment: 'dev', version: null, golden: null, since: null, refused: null };
  const environments = { 'churn/dev': empty, 'churn/production': entry };
  const state = {
    v: 1,
    pid: 1,
    started: '',
    remote: 'origin',
    branch: 'environments',
    environments,
    servers: [],
  } as const;
  expect(agentTable(state, new Date('2026-11-21T12:03:05Z'))).toMatchInlineSnapshot(`
    "model  environment  version  url                     golden  for
    churn  dev          –        –                       –       –
    churn  production   v1.1.0   http://127.0.0.1:40001  32/32   3 min  refused v1.2.0: 2 of the last 20 answered requests fail on it"
  `);
});

test('events in words', () => {
  const named = {
    model: 'churn',
    environment: 'dev',
    version: 'v1.1.0',
    image: 'i',
    url: 'http://127.0.0.1:1',
  };
  const golden = { asked: 32, equal: 32 };
  const words = [
    eventText({ event: 'switched', ...named, from: 'v1.0.0', golden, replayed: 200, canary: null }),
    eventText({ event: 'switched', ...named, from: null, golden, replayed: null, canary: null }),
    eventText({ event: 'refused', ...named, reasons: ['one', 'two'], kept: 'v1.0.0' }),
    eventText({ event: 'refused', ...named, version: null, reasons: ['one'], kept: null }),
    eventText({ event: 'died', ...named }),
    eventText({ event: 'restarted', ...named }),
    eventText({ event: 'adopted', ...named }),
    eventText({ event: 'kept', ...named }),
    eventText({ event: 'removed', ...named }),
    eventText({ event: 'unreachable', message: 'E_GIT: git ls-remote ended with 128.' }),
  ];
  expect(words.join('\n')).toMatchInlineSnapshot(`
    "churn dev runs v1.1.0 (before: v1.0.0) at http://127.0.0.1:1, golden 32 of 32, 200 answered requests replayed
    churn dev runs v1.1.0 at http://127.0.0.1:1, golden 32 of 32
    churn dev refuses v1.1.0; v1.0.0 goes on answering:
      one
      two
    churn dev refuses its folder; nothing answers:
      one
    churn dev: the server of v1.1.0 died; starting it again
    churn dev runs v1.1.0 again
    churn dev still runs v1.1.0 at http://127.0.0.1:1
    churn dev: the folder asks for v1.1.0 again, which runs
    churn dev was removed; its server is stopped
    What runs goes on, but the branch can't be followed: E_GIT: git ls-remote ended with 128."
  `);
});
