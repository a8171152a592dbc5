import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { OutcomeMeans } from './checks.ts';
import { type Mean, noMean, withValue } from './statistics.ts';

/** What became known of predictions that were answered since a canary began. */
export interface Outcomes {
  /** Reads what was added to both files, and tells the means. */
  means(): OutcomeMeans;
}

export interface OutcomesInput {
  /** The environment's prediction log: which version answered an id. */
  readonly predictions: string;
  /** JSON lines `{"id": …, "value": …}` that whoever learns an outcome appends. */
  readonly outcomes: string;
  readonly oldVersion: string;
  readonly newVersion: string;
}

/** Joins the outcomes by id with the version that answered, whichever of the two lines comes first. */
export function openOutcomes({ predictions, outcomes, oldVersion, newVersion }: OutcomesInput): Outcomes {
  const answered = openTail(predictions);
  const known = openTail(outcomes);
  const versions = new Map<string, string>();
  const early = new Map<string, number>();
  let means: { old: Mean; new: Mean } = { old: noMean, new: noMean };

  const count = (version: string, value: number): void => {
    if (version === oldVersion) means = { ...means, old: withValue(means.old, value) };
    if (version === newVersion) means = { ...means, new: withValue(means.new, value) };
  };

  return {
    means() {
      for (const { id, version } of answered.lines() as { id?: unknown; version?: unknown }[]) {
        if (typeof id !== 'string' || typeof version !== 'string') continue;
        const value = early.get(id);
        early.delete(id);
        if (value === undefined) versions.set(id, version);
        else count(version, value);
      }
      for (const { id, value } of known.lines() as { id?: unknown; value?: unknown }[]) {
        if (typeof id !== 'string' || typeof value !== 'number' || !Number.isFinite(value)) continue;
        const version = versions.get(id);
        versions.delete(id);
        if (version === undefined) early.set(id, value);
        else count(version, value);
      }
      return means;
    },
  };
}

/** The lines added to a file since it was opened here. One that is cut short waits for its end; one that is no object is left out. */
function openTail(path: string): { lines(): object[] } {
  let at = withFile(path, (file) => fstatSync(file).size) ?? 0;
  return {
    lines() {
      const bytes = withFile(path, (file) => readFrom(file, at)) ?? Buffer.alloc(0);
      const whole = bytes.subarray(0, bytes.lastIndexOf(10) + 1);
      at += whole.byteLength;
      return whole
        .toString()
        .split('\n')
        .flatMap((line) => objectIn(line) ?? []);
    },
  };
}

function readFrom(file: number, at: number): Buffer {
  const bytes = Buffer.alloc(Math.max(0, fstatSync(file).size - at));
  return bytes.subarray(0, readSync(file, bytes, 0, bytes.byteLength, at));
}

function withFile<T>(path: string, work: (file: number) => T): T | null {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return null; // Nobody has written it yet.
  }
  try {
    return work(file);
  } finally {
    closeSync(file);
  }
}

function objectIn(line: string): object | null {
  try {
    const value: unknown = JSON.parse(line);
    return value !== null && typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}
