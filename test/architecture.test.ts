import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = dirname(import.meta.dirname);
const src = join(root, 'src');

/** The order in which a change flows, and the only direction imports may point: a room uses rooms before it. */
const order = [
  'workspace',
  'http',
  'oci',
  'data',
  'pipeline',
  'model',
  'training',
  'evaluation',
  'gate',
  'registry',
  'image',
  'gitops',
  'serving',
  'monitoring',
  'report',
  'github',
  'upgrade',
  'demo',
  'commands',
  'cli',
];

/** Rooms whose single files others may open, and who may. */
const open: Readonly<Record<string, (from: string) => boolean>> = {
  // The ground everything stands on: the model server, bundled into the image, takes single files of it.
  workspace: () => true,
  // Trainers write graphs; the schema of ONNX that it takes stays out of every other command.
  model: (from) => from === 'serving' || from === 'training',
  // One file a command, each a front door of its own, so that no command loads another's rooms.
  commands: (from) => from === 'cli',
};

const files = walk(src).filter((file) => file.endsWith('.ts'));
const imports = files.flatMap((file) => importsOf(file).map((target) => ({ file, target })));

test('every folder of src is a room we know', () => {
  const rooms = readdirSync(src).filter((name) => statSync(join(src, name)).isDirectory());
  expect(rooms.sort()).toEqual([...order].sort());
});

test('imports point one way: from later rooms to earlier ones', () => {
  const wrong = imports.filter(
    ({ file, target }) => order.indexOf(roomOf(target)) > order.indexOf(roomOf(file)),
  );
  expect(wrong.map(words)).toEqual([]);
});

test('a room is entered by its front door', () => {
  const wrong = imports.filter(({ file, target }) => {
    const [from, to] = [roomOf(file), roomOf(target)];
    if (from === to || target.endsWith('/index.ts')) return false;
    return !(open[to]?.(from) || isTypesOnly(file, target) || file.endsWith('.test.ts'));
  });
  expect(wrong.map(words)).toEqual([]);
});

test('no file imports itself around a corner', () => {
  const next = new Map<string, string[]>();
  for (const { file, target } of imports) {
    if (!isTypesOnly(file, target)) next.set(file, [...(next.get(file) ?? []), target]);
  }
  const cycles: string[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (file: string, path: readonly string[]): void => {
    if (state.get(file) === 'done') return;
    if (state.get(file) === 'open') {
      cycles.push([...path.slice(path.indexOf(file)), file].map((step) => relative(src, step)).join(' → '));
      return;
    }
    state.set(file, 'open');
    for (const target of next.get(file) ?? []) visit(target, [...path, file]);
    state.set(file, 'done');
  };
  for (const file of files) visit(file, []);
  expect(cycles).toEqual([]);
});

test("Node's HTTP is had when it is used, since to import it slows every start down", () => {
  const sources = [...files, ...walk(join(root, 'actions')).filter((file) => file.endsWith('.ts'))];
  const importing = sources.filter(
    (file) =>
      !file.endsWith('.test.ts') &&
      /^(?:import|export) (?!type\b)[^;]*from 'node:https?'/m.test(withoutComments(file)),
  );
  expect(importing.map((file) => relative(root, file))).toEqual([]);
});

test('no source file is longer than 250 lines', () => {
  const long = files
    .filter((file) => !/\.test(-data)?\.ts$/.test(file))
    .map((file) => ({ file: relative(root, file), lines: readFileSync(file, 'utf8').split('\n').length - 1 }))
    .filter(({ lines }) => lines > 250);
  expect(long).toEqual([]);
});

function walk(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? walk(path) : [path];
  });
}

function importsOf(file: string): string[] {
  const text = withoutComments(file);
  const found = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+\.ts)'/g)].map((match) =>
    resolve(dirname(file), match[1]!),
  );
  return found.filter((target) => target.startsWith(`${src}/`));
}

/** `import type` costs nothing and pulls nothing in. */
function isTypesOnly(file: string, target: string): boolean {
  const path = relative(dirname(file), target);
  const specifier = path.startsWith('.') ? path : `./${path}`;
  const text = withoutComments(file);
  const statements = [...text.matchAll(/(import|export)( type)?[^;]*?from\s*'([^']+)'/g)].filter(
    (match) => match[3] === specifier,
  );
  return statements.length > 0 && statements.every((match) => match[2] !== undefined);
}

function withoutComments(file: string): string {
  return readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
}

const roomOf = (file: string): string => relative(src, file).split('/')[0]!;
const words = ({ file, target }: { file: string; target: string }): string =>
  `${relative(src, file)} → ${relative(src, target)}`;
