import { expect, test } from 'vitest';
import { canaryPlan } from './plan.ts';

const usual = { errors: 0.01, p99Ms: null, psi: 1, outcome: null, requests: 100 };

test('steps, checks, header and shadow as people write them', () => {
  const annotations = {
    'lockstep/canary': '0:30s, 10%:5m, 50 : 1.5h',
    'lockstep/canary-checks': 'errors 0.5%, p99 80ms, psi 0.2, outcome 0.05, requests 250',
    'lockstep/canary-by': 'X-Customer',
    'lockstep/shadow': '20%',
  };
  expect(canaryPlan(annotations)).toEqual({
    plan: {
      steps: [
        { weight: 0, ms: 30_000 },
        { weight: 10, ms: 300_000 },
        { weight: 50, ms: 5_400_000 },
      ],
      shadow: 20,
      checks: { errors: 0.005, p99Ms: 80, psi: 0.2, outcome: 0.05, requests: 250 },
      by: 'x-customer',
    },
  });
  expect(canaryPlan({ 'lockstep/replay': '20' })).toEqual({ plan: null });
  expect(canaryPlan({ 'lockstep/canary': '10:1s', 'lockstep/canary-checks': 'p99 1s' })).toEqual({
    plan: {
      steps: [{ weight: 10, ms: 1000 }],
      shadow: 0,
      checks: { ...usual, p99Ms: 1000 },
      by: 'x-request-id',
    },
  });
});

test('a shadow alone is one step that answers nobody', () => {
  expect(canaryPlan({ 'lockstep/shadow': 'true' })).toEqual({
    plan: { steps: [{ weight: 0, ms: 0 }], shadow: 100, checks: usual, by: 'x-request-id' },
  });
  expect(canaryPlan({ 'lockstep/shadow': 'false' })).toEqual({ plan: null });
});

test('what can not be read is a problem in words, never a default', () => {
  const problems = [
    { 'lockstep/canary': '10' },
    { 'lockstep/canary': '10:5' },
    { 'lockstep/canary': '101:5m' },
    { 'lockstep/canary': '50:5m, 10:5m' },
    { 'lockstep/canary': '0:5m' },
    { 'lockstep/shadow': 'yes' },
    { 'lockstep/canary': '10:5m', 'lockstep/canary-by': 'a b' },
    { 'lockstep/canary': '10:5m', 'lockstep/canary-checks': 'errors 1' },
    { 'lockstep/canary': '10:5m', 'lockstep/canary-checks': 'psi 0.2 0.3' },
    { 'lockstep/canary': '10:5m', 'lockstep/canary-checks': '' },
  ].map((annotations) => canaryPlan(annotations as unknown as Record<string, string>));
  expect(problems.map((parsed) => ('problem' in parsed ? parsed.problem : parsed))).toMatchInlineSnapshot(`
    [
      "the annotation lockstep/canary: "10" — steps like "10:5m, 50:5m" are allowed: percent of requests, and how long",
      "the annotation lockstep/canary: "10:5" — steps like "10:5m, 50:5m" are allowed: percent of requests, and how long",
      "the annotation lockstep/canary: "101:5m" — steps like "10:5m, 50:5m" are allowed: percent of requests, and how long",
      "the annotation lockstep/canary: "50:5m, 10:5m" — the weights have to grow from step to step",
      "the annotation lockstep/canary: "0:5m" — a step of weight 0 sees requests only with lockstep/shadow",
      "the annotation lockstep/shadow: "yes" — "true" or a share like "20%" is allowed",
      "the annotation lockstep/canary-by: "a b" — the name of a request header is allowed",
      "the annotation lockstep/canary-checks: "errors 1" — limits like "errors 1%, p99 50ms, psi 0.2, outcome 0.05, requests 100" are allowed",
      "the annotation lockstep/canary-checks: "psi 0.2 0.3" — limits like "errors 1%, p99 50ms, psi 0.2, outcome 0.05, requests 100" are allowed",
      "the annotation lockstep/canary-checks: "" — limits like "errors 1%, p99 50ms, psi 0.2, outcome 0.05, requests 100" are allowed",
    ]
  `);
});
