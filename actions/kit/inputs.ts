import { existsSync, realpathSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { getInput, setSecret } from '@actions/core';
import { checkName, LockstepError, nearest } from '../../src/workspace/index.ts';
import { runnerFolders } from './runner-folders.ts';

/** How one input is read: the type that its README names, and its text made a value of that type. */
export interface Reader<T> {
  readonly type: string;
  read(text: string, name: string): T;
}

export type InputSpec = Readonly<Record<string, Reader<unknown>>>;
export type Inputs<S extends InputSpec> = {
  readonly [K in keyof S]: S[K] extends Reader<infer T> ? T : never;
};

/**
 * What a workflow gave an action, checked. The one place that asks the runner for inputs; defaults are in action.yml.
 * Errors: E_ACTION_INPUT, also for an input that the action doesn't have; those of the readers.
 */
export function readInputs<S extends InputSpec>(spec: S): Inputs<S> {
  const names = Object.keys(spec);
  for (const given of givenInputs()) if (!names.includes(given)) throw unknownInput(given, names);
  const values = names.map((name) => [name, spec[name]!.read(getInput(name), name)]);
  return Object.freeze(Object.fromEntries(values)) as Inputs<S>;
}

/** The runner hands inputs over as `INPUT_<NAME>`, also those that action.yml doesn't know. */
const givenInputs = (): string[] =>
  Object.keys(process.env)
    .filter((name) => name.startsWith('INPUT_'))
    .map((name) => name.slice('INPUT_'.length).toLowerCase());

function unknownInput(given: string, names: readonly string[]): LockstepError {
  const near = nearest(given, names);
  return new LockstepError('E_ACTION_INPUT', {
    what: `this action has no input "${given}"`,
    allowed: names.join(', '),
    fix: near === undefined ? 'remove it' : `did you mean "${near}"?`,
  });
}

const wrong = (name: string, text: string, allowed: string): LockstepError =>
  new LockstepError('E_ACTION_INPUT', {
    what: text === '' ? `the input "${name}" is empty` : `the input "${name}" is "${text}"`,
    allowed,
    fix: `set \`${name}:\` under \`with:\` in the workflow`,
  });

/** Any text; empty is an error. */
export const text: Reader<string> = {
  type: 'text',
  read(given, name) {
    if (given === '') throw wrong(name, given, 'a text');
    return given;
  },
};

/** A whole number from 1. */
export const count: Reader<number> = {
  type: 'number',
  read(given, name) {
    if (/^[1-9]\d{0,8}$/.test(given)) return Number(given);
    throw wrong(name, given, 'a whole number from 1');
  },
};

/** `true` or `false`, as YAML 1.2 writes them. */
export const flag: Reader<boolean> = {
  type: '`true` or `false`',
  read(given, name) {
    if (/^(true|True|TRUE)$/.test(given)) return true;
    if (/^(false|False|FALSE)$/.test(given)) return false;
    throw wrong(name, given, 'true or false');
  },
};

export function oneOf<const T extends string>(...choices: readonly T[]): Reader<T> {
  return {
    type: choices.map((choice) => `\`${choice}\``).join(', '),
    read(given, name) {
      const found = choices.find((choice) => choice === given);
      if (found !== undefined) return found;
      const near = nearest(given, choices);
      const allowed = `one of ${choices.join(', ')}${near ? `; did you mean ${near}?` : ''}`;
      throw wrong(name, given, allowed);
    },
  };
}

/** One model's name. Errors: E_NAME. */
export const model: Reader<string> = {
  type: 'model',
  read: (given, name) => checkName(text.read(given, name), 'model'),
};

/** Names of models, between spaces or commas; none when empty. Errors: E_NAME. */
export const models: Reader<readonly string[]> = {
  type: 'models',
  read: (given) => [...new Set(words(given))].map((name) => checkName(name, 'model')),
};

/** Texts between spaces or commas. */
export const list: Reader<readonly string[]> = { type: 'list', read: (given) => [...new Set(words(given))] };

const words = (given: string): string[] => given.split(/[\s,]+/).filter(Boolean);

/** Null when empty. */
export function optional<T>(reader: Reader<T>): Reader<T | null> {
  return {
    type: `${reader.type}, optional`,
    read: (given, name) => (given === '' ? null : reader.read(given, name)),
  };
}

/** What is optional in one mode of an action and not in another. Errors: E_ACTION_INPUT. */
export function wanted<T>(name: string, value: T | null): T {
  if (value !== null) return value;
  throw wrong(name, '', 'a value, in this mode');
}

/** Never printed: the runner masks it from here on. */
export const token: Reader<string> = {
  type: 'token',
  read(given, name) {
    if (given !== '') setSecret(given);
    return text.read(given, name);
  },
};

/**
 * An absolute path inside the workspace or the runner's temporary folder, whatever links lie on the way there.
 * Errors: E_PATH_TRAVERSAL.
 */
export const path: Reader<string> = {
  type: 'path',
  read(given, name) {
    const { workspace, temp } = runnerFolders();
    const found = resolve(workspace, text.read(given, name));
    const real = realPath(found);
    if ([workspace, temp].some((folder) => isInside(folder, found) && isInside(realPath(folder), real)))
      return found;
    throw new LockstepError('E_PATH_TRAVERSAL', {
      what: `the input "${name}" leads out of the workspace: ${given}`,
      allowed: "a path inside the workspace or the runner's temporary folder",
    });
  },
};

const isInside = (folder: string, path: string): boolean => {
  const steps = relative(folder, path);
  return steps === '' || (steps !== '..' && !steps.startsWith(`..${sep}`) && resolve(folder, steps) === path);
};

/** Of the part that exists. */
function realPath(path: string): string {
  return existsSync(path)
    ? realpathSync(path)
    : join(realPath(dirname(path)), path.slice(dirname(path).length));
}
