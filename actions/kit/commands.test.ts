import { expect, test } from 'vitest';
import { inert } from './inert.ts';

const commands = [
  'add-mask',
  'error',
  'stop-commands',
  'set-env name=PATH',
  'add-path',
  'group',
  'save-state name=a',
  'debug',
];
const shapes: readonly ((command: string) => string)[] = [
  (command) => `::${command}::x`,
  (command) => `  \t::${command}::x`,
  (command) => `\u00a0\u2003\u3000::${command}::x`,
  (command) => `\u0085::${command}::x`,
  (command) => `done\r::${command}::x`,
  (command) => `done\r\n::${command}::x`,
  (command) => `done\u2028::${command}::x`,
  (command) => `\v\f::${command}::x`,
  (command) => `##[${command}]x`,
  (command) => `words before ##[${command}]x`,
  (command) => `####[[##[${command}]x`,
  (command) => `:::${command}::x`,
  (command) => `::::${command}::x`,
];

/** As the runner looks for a command in a line of a step's output (ActionCommand.cs: TryParseV2, then TryParse). */
function recognised(line: string): string | null {
  const start = line.replace(/^[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/, '');
  const second = start.startsWith('::') ? start.indexOf('::', 2) : -1;
  if (second > 0) return start.slice(2, second);
  const old = line.indexOf('##[');
  const end = old < 0 ? -1 : line.indexOf(']', old);
  return end < 0 ? null : line.slice(old + 3, end);
}

const forms = commands.flatMap((command) => shapes.map((shape) => shape(command)));
const lines = (text: string) => text.split(/\r\n|[\r\n\u0085\u2028\u2029]/);

test('what a trainer may print is a command to the runner', () => {
  expect(forms.length).toBeGreaterThan(50);
  expect(forms.filter((form) => lines(form).every((line) => recognised(line) === null))).toEqual([]);
});

test('and none any more once it is printed by us', () => {
  const left = forms.filter((form) => lines(inert(form)).some((line) => recognised(line) !== null));
  expect(left).toEqual([]);
});
