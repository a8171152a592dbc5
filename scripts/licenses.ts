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
    // Apache's comes with its appendix or without: with it nothing is missing for anybody.
    const { text } = packages.find((one) => one.text.includes('APPENDIX')) ?? packages[0]!;
    return `${[...new Set(heads)].sort().join('\n')}\n\n${text}`;
  });
  return `${told.sort().join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

/** The words that matter, whatever title, line breaks and quotes a copy of the text has. */
function wording(text: string): string {
  const words = text
    .toLowerCase()
    .replace(/[^a-z]+/g, ' ')
    .trim()
    .replace(/ end of terms and conditions( appendix how to apply .* limitations under the license)?$/, '');
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
  // "Copyright (c) 2020 Ada", "Port: Copyright Ada". A licence's own lines have the word as well: "copyright license to".
  const isOwner = (line: string) =>
    /^([\w: ]+ |\s*)Copyright (\([cC]\)|©|\d{4}|[A-Z][\w.]*[a-z])|^\s*(\([cC]\) ?\d{4}|©)/.test(line);
  return {
    name: `${name} ${version} (${license ?? 'no licence named'})`,
    owners: lines.filter(isOwner).map((line) => line.trim()),
    text: lines
      .filter((line) => !isOwner(line))
      .join('\n')
      .trim(),
  };
}
