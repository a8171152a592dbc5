import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMap as isYamlMap, parseDocument } from 'yaml';
import {
  LockstepError,
  parseConfiguration,
  parseYaml,
  type Workspace,
  writeAtomic,
} from '../../workspace/index.ts';
import type { About } from './wanted-file.ts';

export interface AboutProposal {
  /** The lines for lockstep.yaml; empty when it says something of each dataset already. */
  readonly lines: string;
  readonly written: boolean;
}

/** What lockstep.yaml could say of these datasets; it is people's file, so it is written only when they ask. */
export function proposeAbout(
  workspace: Workspace,
  about: ReadonlyMap<string, About>,
  write: boolean,
): AboutProposal {
  const stated = workspace.configuration.datasets;
  const fresh = [...about].filter(
    ([key, said]) => !Object.hasOwn(stated, key) && Object.keys(said).length > 0,
  );
  if (fresh.length === 0) return { lines: '', written: false };
  const entries = fresh.map(([key, said]) => aboutLine(key, said)).join('');
  if (write) {
    const path = join(workspace.root, 'lockstep.yaml');
    writeAtomic(path, checked(splice(existsSync(path) ? readFileSync(path, 'utf8') : '', entries), fresh));
  }
  return { lines: `datasets:\n${entries}`, written: write };
}

const aboutLine = (key: string, about: About): string => {
  const values = Object.entries(about).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return `  ${JSON.stringify(key)}: {${values.join(', ')}}\n`;
};

/** Pure: the file's text with the entries under `datasets:`, every other byte as it was. */
export function splice(text: string, entries: string): string {
  const whole = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  const datasets = parseDocument(whole).get('datasets', true);
  if (!isYamlMap(datasets)) return `${whole}datasets:\n${entries}`;
  const first = datasets.range![0];
  const line = whole.lastIndexOf('\n', first - 1) + 1;
  // Entries stand in a block, each with the indentation of the first: ours get the same.
  return datasets.flow
    ? whole
    : whole.slice(0, line) + entries.replaceAll(/^ {2}/gm, ' '.repeat(first - line)) + whole.slice(line);
}

/** Errors: E_CONFIG_VALUE when the entries did not come where they belong; nothing is written then. */
function checked(text: string, fresh: readonly (readonly [string, About])[]): string {
  const { datasets } = parseConfiguration(parseYaml(text, 'lockstep.yaml'));
  if (fresh.every(([key]) => Object.hasOwn(datasets, key))) return text;
  throw new LockstepError('E_CONFIG_VALUE', {
    what: '`datasets` could not be extended',
    where: { file: 'lockstep.yaml' },
    allowed: 'a mapping with a line for each dataset',
    fix: 'write the lines by hand: leave --write out to see them',
  });
}
