import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { markdownTable } from 'markdown-table';
import { parse } from 'yaml';
import type { InputSpec } from '../actions/kit/inputs.ts';

// Writes the tables of every action's README from its action.yml, between the markers; `--check` only compares.

interface Manifest {
  readonly description: string;
  readonly inputs?: Readonly<
    Record<string, { readonly description: string; readonly required?: boolean; readonly default?: string }>
  >;
  readonly outputs?: Readonly<Record<string, { readonly description: string }>>;
}

const root = dirname(import.meta.dirname);

export const actionNames = (): string[] =>
  globSync('actions/*/action.yml', { cwd: root })
    .map((path) => basename(dirname(path)))
    .sort();

export const readManifest = (name: string): Manifest =>
  parse(readFileSync(join(root, 'actions', name, 'action.yml'), 'utf8')) as Manifest;

export const readSpec = async (name: string): Promise<InputSpec> =>
  ((await import(join(root, 'actions', name, 'inputs.ts'))) as { readonly spec: InputSpec }).spec;

/** The README with its tables as action.yml has them now. */
export async function withTables(name: string, readme: string): Promise<string> {
  const manifest = readManifest(name);
  const spec = await readSpec(name);
  const inputs = Object.entries(manifest.inputs ?? {}).map(
    ([input, { description, required, default: value }]) => [
      `\`${input}\``,
      spec[input]?.type ?? '',
      description,
      required ? '**required**' : value ? `\`${value}\`` : '',
    ],
  );
  const outputs = Object.entries(manifest.outputs ?? {}).map(([output, { description }]) => [
    `\`${output}\``,
    description,
  ]);
  return between(
    between(readme, 'inputs', table([['Input', 'Type', 'What it is', 'Default'], ...inputs])),
    'outputs',
    table([['Output', 'What it is'], ...outputs]),
  );
}

const table = (rows: readonly (readonly string[])[]): string =>
  markdownTable(
    rows.map((row) => row.map((cell) => cell.replaceAll('|', '\\|'))),
    { alignDelimiters: false },
  );

function between(readme: string, mark: string, text: string): string {
  const [start, end] = [`<!-- ${mark} -->`, `<!-- /${mark} -->`];
  const [from, to] = [readme.indexOf(start), readme.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`no ${start} … ${end} in the README`);
  return `${readme.slice(0, from)}${start}\n${text}\n${readme.slice(to)}`;
}

if (process.argv[1] === import.meta.filename) {
  for (const name of actionNames()) {
    const path = join(root, 'actions', name, 'README.md');
    const before = readFileSync(path, 'utf8');
    const after = await withTables(name, before);
    if (before === after) continue;
    process.stdout.write(
      `${name}: the tables ${process.argv.includes('--check') ? 'are out of step' : 'are written'}\n`,
    );
    if (process.argv.includes('--check')) process.exitCode = 1;
    else writeFileSync(path, after);
  }
}
