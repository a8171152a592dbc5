import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { LockstepError } from '../workspace/index.ts';

/** A workflow as it is written: `uses:` names `checkout` or `lockstep/<action>`, everything else is GitHub's. */
interface WorkflowSource {
  /** `pull-request`; the workflow calls itself `lockstep-pull-request`. */
  readonly name: string;
  /** From the repository's root, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** Those of Lockstep's own repository alone. */
const own = ['ci', 'release'];
const namesFile = 'workflows/uses.yml';
/** Where a starter's actions are, until `init --workflows` or a person says it. */
export const starterPlace = {
  repository: 'OWNER/lockstep',
  commit: '0'.repeat(40),
  version: 'v0.0.0',
} as const;
export const startersFolder = 'workflows/starters';

function readSources(root: string): WorkflowSource[] {
  return globSync('workflows/*.yml', { cwd: root })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path !== namesFile)
    .sort()
    .map((path) => ({ name: basename(path, '.yml'), path, text: readFileSync(join(root, path), 'utf8') }));
}

/** What `uses:` says for an action from outside, its version behind it as a comment. Errors: E_CONFIG_VALUE for a name without one. */
export function readPins(root: string): Readonly<Record<string, string>> {
  const text = readFileSync(join(root, namesFile), 'utf8');
  const lines = text.split('\n').filter((line) => /^[^#\s]/.test(line));
  const pins = lines.map((line) => {
    const [, name, pin] = /^([\w-]+): (\S+@[0-9a-f]{40} # v\S+)$/.exec(line) ?? [];
    if (name === undefined || pin === undefined) throw badSource(namesFile, `"${line}"`, pinForm);
    return [name, pin] as const;
  });
  return Object.fromEntries(pins);
}

/** The file that GitHub reads. `actionAt` says where an action of ours is. Errors: E_CONFIG_VALUE for a name that stands for nothing. */
function renderWorkflow(
  { path, text }: WorkflowSource,
  header: string,
  pins: Readonly<Record<string, string>>,
  actionAt: (action: string) => string,
): string {
  const body = text.replace(/^(\s*(?:- )?uses: )(\S+)$/gm, (_, before: string, name: string) => {
    const [, action] = /^lockstep\/([a-z-]+)$/.exec(name) ?? [];
    const place = action === undefined ? pins[name] : actionAt(action);
    if (place === undefined) throw badSource(path, `\`uses: ${name}\` stands for nothing`, usesForm);
    return before + place;
  });
  return `${header}\n${body}`;
}

/** Every generated workflow by its path: this repository's, and the starters of others. Errors: E_CONFIG_VALUE for a bad source. */
export function generateWorkflows(root: string): Map<string, string> {
  const pins = readPins(root);
  const { repository, commit, version } = starterPlace;
  const files = readSources(root).flatMap((source) => {
    const header = `# Generated from ${source.path}: edit that, then run \`node scripts/run.mjs workflows\`.`;
    const ours = renderWorkflow(source, header, pins, (action) => `./actions/${action}`);
    const name = `lockstep-${source.name}.yml`;
    const generated: [string, string][] = [[`.github/workflows/${name}`, ours]];
    // A team's copy has no use for them (init --own).
    if (own.includes(source.name) || !existsSync(join(root, startersFolder))) return generated;
    const at = (action: string) => `${repository}/actions/${action}@${commit} # ${version}`;
    const title = `# Lockstep's workflow ${source.name}. \`lockstep init --workflows\` writes and replaces it.`;
    return [...generated, [`${startersFolder}/${name}`, renderWorkflow(source, title, pins, at)] as const];
  });
  return new Map(files);
}

/** Paths that differ from what the sources make, workflows without a source among them. */
export function staleWorkflows(root: string): string[] {
  const generated = generateWorkflows(root);
  const present = globSync(['.github/workflows/lockstep-*.yml', `${startersFolder}/*.yml`], {
    cwd: root,
  }).map((path) => path.replaceAll('\\', '/'));
  const paths = new Set([...generated.keys(), ...present]);
  return [...paths].filter((path) => readIfThere(join(root, path)) !== generated.get(path)).sort();
}

/** Whether this repository holds the sources of its workflows. */
export const hasWorkflowSources = (root: string): boolean => existsSync(join(root, namesFile));

const pinForm = '<name>: <owner>/<repository>@<40 hex digits> # v<version>';
const usesForm = `lockstep/<action>, or a name of ${namesFile}`;
const badSource = (file: string, what: string, allowed: string): LockstepError =>
  new LockstepError('E_CONFIG_VALUE', {
    what,
    where: { file },
    allowed,
    fix: 'correct it, then run `node scripts/run.mjs workflows`',
  });

const readIfThere = (path: string): string | undefined =>
  existsSync(path) ? readFileSync(path, 'utf8') : undefined;
