import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The licences of what is inside the bundles: each text once, under the packages that come with it and whose they are.
 * `folders` are those of the packages, absolute.
 */
export function licensesOf(folders: readonly string[]): string {
  const parts = Map.groupBy(folders.map(readLicense), ({ text }) => wording(text));
  const told = [...parts.values()].map((packages) => {
    const heads = packages.map(({ name, owners }) =>
      [name, ...owners.map((owner) => `  ${owner}`)].join('\n'),
    );
    return `${[...new Set(heads)].sort().join('\n')}\n\n${packages[0]!.text}`;
  });
  return `${told.sort().join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

/** The words that matter, whatever title, line breaks and quotes a copy of the text has. */
function wording(text: string): string {
  const words = text.toLowerCase().replace(/[^a-z]+/g, ' ');
  return words.slice(Math.max(0, words.search(/permission|redistribution|apache license/)));
}

function readLicense(folder: string): { name: string; owners: string[]; text: string } {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
    license?: string;
  };
  const file =
    existsSync(folder) &&
    readdirSync(folder)
      .sort()
      .find((entry) => /^licen[cs]e/i.test(entry));
  const lines = file
    ? readFileSync(join(folder, file), 'utf8').trim().split(/\r?\n/)
    : [`${license ?? 'see its repository'}`];
  const isOwner = (line: string) => /^\s*(copyright|\(c\)|©)/i.test(line);
  return {
    name: `${name} ${version} (${license ?? 'no licence named'})`,
    owners: lines.filter(isOwner).map((line) => line.trim()),
    text: lines
      .filter((line) => !isOwner(line))
      .join('\n')
      .trim(),
  };
}
