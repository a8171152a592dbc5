import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isLockstepError } from '../../workspace/index.ts';
import { type RemoteAddress, remoteAddress } from '../remotes/address.ts';

/** What `.dvc/config` says that we need: where the cache and the remotes are. Passwords and keys are not read. */
export interface DvcConfig {
  /** Absolute. */
  readonly cache: string;
  readonly defaultRemote: string | null;
  readonly remotes: ReadonlyMap<string, DvcRemote>;
}

export type DvcRemote =
  | { readonly kind: 'readable'; readonly name: string; readonly address: RemoteAddress }
  | { readonly kind: 'unreadable'; readonly name: string; readonly reason: string };

type Sections = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** `config.local` goes before `config`, as with DVC. */
export function readDvcConfig(root: string): DvcConfig {
  const folder = join(root, '.dvc');
  const files = ['config', 'config.local'].map((name) => join(folder, name)).filter(existsSync);
  const sections = parseIni(files.map((file) => readFileSync(file, 'utf8')).join('\n'));
  const remotes = new Map<string, DvcRemote>();
  for (const [section, values] of sections) {
    const name = /^remote "(.+)"$/.exec(section)?.[1];
    if (name !== undefined) remotes.set(name, remoteOf(name, values, folder));
  }
  const cache = sections.get('cache')?.get('dir');
  return {
    cache: cache === undefined ? join(folder, 'cache') : resolve(folder, cache),
    defaultRemote: sections.get('core')?.get('remote') ?? null,
    remotes,
  };
}

/** Sections as DVC writes them: `[core]`, `['remote "name"']`; later values win. */
export function parseIni(text: string): Sections {
  const sections = new Map<string, Map<string, string>>();
  let current: Map<string, string> | undefined;
  for (const line of text.split(/\r?\n/)) {
    const [, header] = /^\s*\[(.+)\]\s*(?:#.*)?$/.exec(line) ?? [];
    if (header !== undefined) {
      const name = unquoted(header);
      current = sections.get(name) ?? new Map();
      sections.set(name, current);
    } else {
      const [, key, value] = /^\s*([^#=\s][^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
      if (key !== undefined) current?.set(key, unquoted(value!));
    }
  }
  return sections;
}

const unquoted = (text: string): string => /^\s*(['"])(.*)\1\s*$/.exec(text)?.[2] ?? text.trim();

function remoteOf(name: string, values: ReadonlyMap<string, string>, folder: string): DvcRemote {
  const url = values.get('url') ?? '';
  const unreadable = (reason: string): DvcRemote => ({ kind: 'unreadable', name, reason });
  if (['version_aware', 'worktree'].some((key) => values.get(key)?.toLowerCase() === 'true'))
    return unreadable('it keeps versions by the cloud, not by content');
  const [, scheme, rest] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/i.exec(url) ?? [];
  if (scheme === undefined || (scheme === 'file' && rest!.startsWith('/'))) {
    const path = scheme === undefined ? resolve(folder, url) : fileURLToPath(url);
    return { kind: 'readable', name, address: { kind: 'file', name: path, folder: path, embedded: false } };
  }
  try {
    const ours = ourUrl(scheme, rest!, values);
    if (ours === null) return unreadable(`Lockstep does not read ${scheme}:`);
    return { kind: 'readable', name, address: remoteAddress(ours, folder) };
  } catch (error) {
    if (!isLockstepError(error)) throw error;
    return unreadable(error.what);
  }
}

/** The same place as our `remote:` names it (docs/formats/data-lock.md); null for what we have no client of. */
function ourUrl(scheme: string, rest: string, values: ReadonlyMap<string, string>): string | null {
  switch (scheme) {
    case 'http':
    case 'https':
    case 'gs':
      return `${scheme}://${rest}`;
    case 's3': {
      const options = new URLSearchParams();
      for (const [theirs, ours] of [
        ['endpointurl', 'endpoint'],
        ['region', 'region'],
      ] as const) {
        const value = values.get(theirs);
        if (value !== undefined) options.set(ours, value);
      }
      return `s3://${rest}${options.size > 0 ? `?${options}` : ''}`;
    }
    case 'azure': {
      const account = values.get('account_name') ?? process.env.AZURE_STORAGE_ACCOUNT;
      return account === undefined ? null : `az://${account}/${rest}`;
    }
    default:
      return null;
  }
}
