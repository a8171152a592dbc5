import type { ChangedPart, ChangeInput } from './change-input.ts';
import { failing, passing, undecided } from './sample-input.test-data.ts';

const base = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
const head = '9f3c1d27a6b54c0f8e2d7b1a3c5e7f9012345678';
const trained = { stages: 2, work: 6.31, took: 4.4, gpu: 0 };

/** What the comment speaks of, for tests and for looking at it. */
export const changeOf = (models: readonly ChangedPart[], more: Partial<ChangeInput> = {}): ChangeInput => ({
  base,
  head,
  judge: base,
  isolation: { user: true, network: true },
  data: passing.data ?? [],
  models,
  ...more,
});

const why = ['train: params trees 30 → 120, depth 4 → 6', 'data: flights/2001-02.parquet changed'];
const judgedParts = { quick: false, own: null, trained };

export const partPassing: ChangedPart = {
  model: 'flight-delay',
  why,
  kind: 'judged',
  input: { ...passing, stages: [{ name: 'prepare', kind: 'cached', seconds: 1.94 }] },
  ...judgedParts,
};

export const partFailing: ChangedPart = {
  ...partPassing,
  why: ['train: params learning-rate 0.1 → 2', 'policy.yaml'],
  kind: 'judged',
  input: { ...failing, stages: [{ name: 'prepare', kind: 'cached', seconds: 1.94 }] },
  own: 'pass',
};

export const partUndecided: ChangedPart = {
  model: 'fares',
  why: ['code: pipelines/fares/prepare.ts'],
  kind: 'judged',
  input: undecided,
  ...judgedParts,
  trained: { stages: 2, work: 2820, took: 2820, gpu: 2700 },
};

export const partWaiting: ChangedPart = {
  model: 'demand-forecast',
  why: ['train: params epochs 40 → 60'],
  kind: 'waiting',
  input: null,
};

export const partMissing: ChangedPart = { model: 'no-shows', why: ['code: train.py'], kind: 'missing' };

export const partRefused: ChangedPart = {
  model: 'seat-maps',
  why: ['code: train.py'],
  kind: 'refused',
  code: 'E_DIGEST_MISMATCH',
  reason:
    'model.onnx holds other bytes (sha256:4e07…) in candidate.json — sha256:77c7…, as candidate.json says.',
};

export const partNew: ChangedPart = { model: 'baggage', why: ['a new model'], kind: 'new' };

/** Every state at once. */
export const everyPart: readonly ChangedPart[] = [
  partPassing,
  { ...partFailing, model: 'flight-cancelled' },
  partUndecided,
  partWaiting,
  partMissing,
  partRefused,
  partNew,
];
