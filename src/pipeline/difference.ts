import { canonicalJson } from '../workspace/index.ts';
import type { StageMaterial } from './fingerprint.ts';

/** A stage's material as far as it is known: the digest of an input that is still to be made is null. */
export type KnownMaterial = Omit<StageMaterial, 'inputs'> & {
  readonly inputs: Readonly<Record<string, StageMaterial['inputs'][string] | null>>;
};

/** What differs between a stage's last run and now, for people: `param learning-rate 0.1 → 0.05`. Empty when nothing does. */
export function differences(before: StageMaterial, now: KnownMaterial): string[] {
  return [
    ...commandDifference(before, now),
    ...inputDifferences(before, now),
    ...paramDifferences(before, now),
    ...(same(before.outputs, now.outputs)
      ? []
      : [`outputs ${before.outputs.join(', ')} → ${now.outputs.join(', ')}`]),
    ...toolchainDifferences(before, now),
  ];
}

function commandDifference({ stage: before }: StageMaterial, { stage: now }: KnownMaterial): string[] {
  if ('run' in before && 'run' in now) return before.run === now.run ? [] : ['command changed'];
  if ('uses' in before && 'uses' in now) {
    if (before.uses !== now.uses) return [`uses ${before.uses} → ${now.uses}`];
    return before.trainer === now.trainer
      ? []
      : [`${now.uses} makes other bytes: version ${before.trainer} → ${now.trainer}`];
  }
  return ['run' in now ? 'a command instead of a built-in' : 'a built-in instead of a command'];
}

function inputDifferences({ inputs: before }: StageMaterial, { inputs: now }: KnownMaterial): string[] {
  const removed = Object.keys(before).filter((name) => !(name in now));
  return [
    ...Object.entries(now).flatMap(([name, digest]) => {
      if (!(name in before)) return [`${inputTitle(name)} is a new input`];
      if (digest === null) return [`${inputTitle(name)} may change`];
      return before[name] === digest ? [] : [`${inputTitle(name)} changed`];
    }),
    ...removed.map((name) => `${inputTitle(name)} is no input any more`),
  ];
}

const inputTitle = (name: string): string =>
  name.startsWith('data:') ? `data ${name.slice('data:'.length)}` : name;

function paramDifferences({ params: before }: StageMaterial, { params: now }: KnownMaterial): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort();
  return names.flatMap((name) => {
    if (same(before[name], now[name])) return [];
    const [was, is] = [short(before[name]), short(now[name])];
    return [was === null || is === null ? `${name} changed` : `param ${name} ${was} → ${is}`];
  });
}

/** A value in few words, or null where it would need many. */
function short(value: unknown): string | null {
  if (value === undefined) return 'unset';
  const text = canonicalJson(value);
  return text.length <= 40 && !text.startsWith('{') ? text : null;
}

function toolchainDifferences(
  { toolchain: before }: StageMaterial,
  { toolchain: now }: KnownMaterial,
): string[] {
  return [
    ...(before.node === now.node ? [] : [`Node ${before.node} → ${now.node}`]),
    ...(same(before.environment, now.environment) ? [] : ['environment changed']),
    ...(before.os === now.os && before.arch === now.arch
      ? []
      : [`machine ${before.os} ${before.arch} → ${now.os} ${now.arch}`]),
  ];
}

const same = (a: unknown, b: unknown): boolean =>
  a === undefined || b === undefined ? a === b : canonicalJson(a) === canonicalJson(b);
