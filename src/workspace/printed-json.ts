/** More than that is read with care at once: `JSON.parse` is not asked to nest without end. */
const mostLength = 64 * 1024;

/**
 * The value of a text that is exactly as we print JSON: on one line, or each member of the outermost object on a line
 * of its own. Such a text names nothing twice and has no number that is not finite, since printing what was read gives
 * it again; so nobody need look at each of its tokens. Undefined for any other text: it may still be JSON.
 */
export function readPrinted(text: string, deepest: number): unknown {
  if (text.length > mostLength) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isShallow(value, deepest)) return undefined;
  const printed = text.startsWith('{\n') && isObject(value) ? onLines(value) : JSON.stringify(value);
  return printed === text ? value : undefined;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const isShallow = (value: unknown, deepest: number): boolean =>
  !isObject(value) || (deepest > 0 && Object.values(value).every((each) => isShallow(each, deepest - 1)));

const onLines = (value: object): string =>
  `{\n${Object.entries(value)
    .map(([name, each]) => `${JSON.stringify(name)}: ${JSON.stringify(each)}`)
    .join(',\n')}\n}\n`;
