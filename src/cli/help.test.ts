import { expect, test } from 'vitest';
import { catalogue } from './catalogue.ts';
import type { Command } from './command.ts';

const commands: readonly Command[] = await Promise.all(
  Object.values(catalogue).map(async (load) => (await load()).command),
);

test('every command is found by its own name', () => {
  expect(commands.map(({ name }) => name)).toEqual(Object.keys(catalogue));
});

test.each(commands)('$name: says what to do in one line, and what each option means', (command) => {
  // Imperative: "build", not "builds", "Build" or "the image".
  expect(command.summary).toMatch(/^[a-z]+[^s] [^\n]{1,90}[^.]$/);
  expect(command.summary).not.toMatch(/^(the|an?|what|who|every|each) /);
  expect(Object.keys(command.help).sort()).toEqual(Object.keys(command.options).sort());
  for (const text of Object.values(command.help)) expect(text).toMatch(/^\S[^\n]*[^.\s]$/);
});
