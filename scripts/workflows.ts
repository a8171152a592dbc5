import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parse } from 'yaml';

// Makes `.github/workflows/lockstep-*.yml` out of `workflows/`, or says with `--check` which of them is out of date.
//   node scripts/run.mjs workflows [--check]

/** A workflow as it is written: `uses:` names `checkout` or `lockstep/<action>`, everything else is GitHub's. */
export interface WorkflowSource {
  /** `pull-request`; the workflow calls itself `lockstep-pull-request`. */
  readonly name: string;
  /** From the repository's root, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** Those of Lockstep's own repository alone. */
const own = ['ci', 'release'];
const namesFile = 'uses.yml';

export const readSources = (root: string): WorkflowSource[] =>
  globSync('workflows/*.yml', { cwd: root })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => basename(path) !== namesFile)
    .sort()
    .map((path) => ({ name: basename(path, '.yml'), path, text: readFileSync(join(root, path), 'utf8') }));

/** Those that a repository has which takes the actions from elsewhere. */
export const readStarterSources = (root: string): WorkflowSource[] =>
  readSources(root).filter(({ name }) => !own.includes(name));

/** What `uses:` says for an action from outside, its version behind it as a comment. Throws for a name without one. */
export function readPins(root: string): Readonly<Record<string, string>> {
  const text = readFileSync(join(root, 'workflows', namesFile), 'utf8');
  const lines = Object.keys(parse(text) as object).map((name) => {
    const [, pin] = new RegExp(`^${name}: (\\S+@[0-9a-f]{40} # v\\S+)$`, 'm').exec(text) ?? [];
    if (pin === undefined) throw new Error(`workflows/${namesFile}: ${name} is no commit with its version`);
    return [name, pin] as const;
  });
  return Object.fromEntries(lines);
}

/** The file that GitHub reads. `actionAt` says where an action of ours is; throws for a name that stands for nothing. */
export function renderWorkflow(
  { path, text }: WorkflowSource,
  header: string,
  pins: Readonly<Record<string, string>>,
  actionAt: (action: string) => string,
): string {
  const body = text.replace(/^(\s*(?:- )?uses: )(\S+)$/gm, (_, before: string, name: string) => {
    const [, action] = /^lockstep\/([a-z-]+)$/.exec(name) ?? [];
    const place = action === undefined ? pins[name] : actionAt(action);
    if (place === undefined) throw new Error(`${path}: \`uses: ${name}\` stands for nothing`);
    return before + place;
  });
  return `${header}\n${body}`;
}

/** Every generated workflow of this repository by path. */
export function generateWorkflows(root: string): Map<string, string> {
  const pins = readPins(root);
  return new Map(
    readSources(root).map((source) => {
      const header = `# Generated from ${source.path}: edit that, then run \`node scripts/run.mjs workflows\`.`;
      const text = renderWorkflow(source, header, pins, (action) => `./actions/${action}`);
      return [`.github/workflows/lockstep-${source.name}.yml`, text];
    }),
  );
}

/** Paths that differ from what the sources make, workflows without a source among them. */
export function staleWorkflows(root: string): string[] {
  const generated = generateWorkflows(root);
  const present = globSync('.github/workflows/lockstep-*.yml', { cwd: root }).map((path) =>
    path.replaceAll('\\', '/'),
  );
  const paths = new Set([...generated.keys(), ...present]);
  return [...paths].filter((path) => readIfThere(join(root, path)) !== generated.get(path)).sort();
}

const readIfThere = (path: string): string | undefined =>
  existsSync(path) ? readFileSync(path, 'utf8') : undefined;

function main(args: readonly string[]): void {
  const root = dirname(import.meta.dirname);
  if (args[0] === '--check') {
    const stale = staleWorkflows(root);
    for (const path of stale) process.stderr.write(`${path} is not what workflows/ makes\n`);
    process.exitCode = stale.length > 0 ? 1 : 0;
    return;
  }
  for (const [path, text] of generateWorkflows(root)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

if (import.meta.main) main(process.argv.slice(2));
