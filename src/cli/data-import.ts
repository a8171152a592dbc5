import { isAbsolute, resolve } from 'node:path';
import { findLock } from '../data/index.ts';
import {
  type AboutProposal,
  bringIn,
  croissantOffer,
  dvcOffer,
  folderOffer,
  lfsOffer,
  type Offer,
  proposeAbout,
  readDatasetCard,
  urlListOffer,
} from '../data/moving-in/index.ts';
import { amount, shown } from '../workspace/index.ts';
import type { Command, CommandInput } from './command.ts';
import { UsageError } from './invocation.ts';
import { textOption } from './option-values.ts';

const sources = ['dvc', 'lfs', 'folder', 'urls', 'croissant', 'card'] as const;

export const command: Command = {
  name: 'data import',
  summary: 'bring datasets from DVC, Git LFS, a folder, a list of URLs or Croissant',
  positionals: '<dvc|lfs|folder|urls|croissant|card> [path]',
  options: {
    only: { type: 'string', multiple: true },
    as: { type: 'string' },
    whole: { type: 'boolean' },
    force: { type: 'boolean' },
    write: { type: 'boolean' },
  },
  help: {
    only: 'import just this path of the source, or what is below it; may be repeated',
    as: 'folder under data/ that everything comes into; of a card, the dataset it is about',
    whole: 'of a folder: one dataset, instead of one for each of its entries',
    force: 'replace what lies in the same places under data/',
    write: 'write what a source says of licence and description into lockstep.yaml (it is printed otherwise)',
  },
  async run(input) {
    const { workspace, values } = input;
    const offer = await offerOf(input);
    const { imported, read } = await bringIn(workspace, offer.planned, { force: values.force === true });
    const about = proposeAbout(workspace, offer.about, values.write === true);
    const { skipped, notTaken } = offer;
    const next = [
      ...(imported.length > 0
        ? ['commit data.lock, and `lockstep data push` so that others can pull it']
        : []),
      ...(about.lines !== '' && !about.written
        ? ['put the lines above into lockstep.yaml, or give --write']
        : []),
      ...(notTaken.length > 0 ? ['see docs/moving-in.md for what is not taken'] : []),
    ];
    const place = (from: string) => (isAbsolute(from) ? shown(workspace, from) : from);
    return {
      json: { imported, read, skipped, notTaken, about, next },
      text: [
        ...imported.map(({ entry, before, from }) => {
          const verb = before?.digest === entry.digest ? 'unchanged' : before ? 'updated' : 'locked';
          const within = entry.files === undefined ? '' : `${files(entry.files)}, `;
          return `${verb} data/${entry.key} (${within}${amount(entry.size, 'bytes')}) from ${place(from)}`;
        }),
        ...Object.entries(read).map(([from, count]) => `${files(count)} from ${from}, verified`),
        ...skipped.map(({ path, reason }) => `skipped ${path}: ${reason}`),
        ...notTaken.map((part) => `not taken: ${part}`),
        ...(about.lines === '' ? [] : [aboutText(about)]),
        ...next.map((step) => `next: ${step}`),
      ].join('\n'),
    };
  },
};

const files = (count: number): string => `${amount(count, 'count')} ${count === 1 ? 'file' : 'files'}`;

const aboutText = ({ lines, written }: AboutProposal): string =>
  `${written ? 'written into' : 'for'} lockstep.yaml:\n${lines.trimEnd()}`;

async function offerOf({ workspace, cwd, positionals, values }: CommandInput): Promise<Offer> {
  const [source, path] = positionals as [(typeof sources)[number], string?];
  const as = values.as as string | undefined;
  const only = values.only as string[] | undefined;
  const folder = resolve(cwd, path ?? '.');
  const file = () => {
    if (path !== undefined) return [folder, shown(workspace, folder)] as const;
    throw new UsageError(`lockstep data import ${source} needs a file (lockstep data import --help)`);
  };
  switch (source) {
    case 'dvc':
      return dvcOffer(workspace, folder, { only, as });
    case 'lfs':
      return lfsOffer(folder, { only, as });
    case 'folder':
      file();
      return folderOffer(folder, { only, as, whole: values.whole === true });
    case 'urls':
      return urlListOffer(...file(), { only, as });
    case 'croissant':
      return croissantOffer(...file(), { only, as });
    case 'card': {
      const key = textOption(values, 'as', 'data import').replace(/^data\//, '');
      const said = readDatasetCard(...file());
      // A folder's key ends in a slash, which nobody types.
      const known = findLock(workspace)?.entries.find((entry) => entry.key === `${key}/`)?.key ?? key;
      return { planned: [], skipped: [], notTaken: [], about: new Map([[known, said]]) };
    }
    default:
      throw new UsageError(
        `"${String(source)}" is no source — one of ${sources.join(', ')} (lockstep data import --help)`,
      );
  }
}
