import { canonicalJson, parseYaml } from '../../workspace/index.ts';

/** The first line that another text does not have there; the last where only lines are missing. */
export function firstOtherLine(original: Buffer, found: Buffer): number {
  const [a, b] = [original.toString().split('\n'), found.toString().split('\n')];
  const line = b.findIndex((text, index) => text !== a[index]);
  return line < 0 ? b.length : line + 1;
}

/** The line where YAML first says something else, its comments and layout aside; of the parent where something is gone. */
export function firstOtherValue(original: Buffer, found: Buffer, file: string): number {
  const parsed = parseYaml(found, file);
  return parsed.locate(pathToOther(parseYaml(original, file).value, parsed.value)).line ?? 1;
}

function pathToOther(before: unknown, now: unknown): (string | number)[] {
  if (!isCollection(before) || !isCollection(now) || Array.isArray(before) !== Array.isArray(now)) return [];
  const old = new Map(Object.entries(before));
  for (const [key, value] of Object.entries(now)) {
    const step = Array.isArray(now) ? Number(key) : key;
    if (!old.has(key)) return [step];
    if (canonicalJson(old.get(key)) !== canonicalJson(value))
      return [step, ...pathToOther(old.get(key), value)];
  }
  return [];
}

const isCollection = (value: unknown): value is object => typeof value === 'object' && value !== null;
