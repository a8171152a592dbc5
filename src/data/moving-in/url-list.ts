import { posix } from 'node:path';
import {
  LockstepError,
  type ParsedFile,
  type Place,
  parseJson,
  readConfiguration,
} from '../../workspace/index.ts';
import { fieldsOf } from './loose-yaml.ts';
import { chosen, keyUnder } from './selecting.ts';
import type { Offer, WantedFile } from './wanted-file.ts';
import { webAddress, webPlace } from './web-address.ts';

/** One line of a list. */
interface Listed {
  readonly sha256: string;
  readonly size: number | null;
  readonly url: string;
  /** As in data.lock; the last part of the address when left out. */
  readonly path: string;
  readonly where: Place;
}

export interface UrlListOptions {
  readonly only?: readonly string[] | undefined;
  readonly as?: string | undefined;
}

const mostBytes = 64 * 1024 * 1024;

/**
 * Files at addresses, each with the digest that it must have: lines `<sha256> [size] <url> [key]`, or a JSON list of
 * `{sha256, size?, url, key?}`. Errors: E_DIGEST_FORMAT, E_CONFIG_*, E_REMOTE_SCHEME, E_REMOTE_CREDENTIALS.
 */
export function urlListOffer(file: string, shownAs: string, { only, as }: UrlListOptions): Offer {
  const bytes = readConfiguration(file, shownAs);
  const text = Buffer.from(bytes).toString('utf8');
  const listed = /^\s*\[/.test(text)
    ? fromJson(parseJson(bytes, shownAs, mostBytes))
    : fromLines(text, shownAs);
  const planned = chosen(listed, only).map(({ path, url, ...rest }) => ({
    key: keyUnder(as, path, false),
    from: url,
    files: [wantedFrom({ url, ...rest })],
  }));
  return { planned, skipped: [], notTaken: [], about: new Map() };
}

export function wantedFrom({ sha256, size, url, where }: Omit<Listed, 'path'>): WantedFile {
  return {
    path: '',
    proof: { kind: 'sha256', hex: checkedHex(sha256, where) },
    size,
    places: [webPlace(webAddress(url, where))],
  };
}

/** Also as `sha256:<hex>`. Errors: E_DIGEST_FORMAT. */
export function checkedHex(written: string, where: Place): string {
  const hex = written.replace(/^sha256:/, '');
  if (/^[0-9a-f]{64}$/.test(hex)) return hex;
  throw new LockstepError('E_DIGEST_FORMAT', {
    what: `the digest ${JSON.stringify(written.slice(0, 80))}`,
    where,
    allowed: 'the sha256 as 64 lower-case hex digits',
  });
}

function fromLines(text: string, file: string): Listed[] {
  return text.split('\n').flatMap((line, index): Listed[] => {
    if (/^\s*(#.*)?$/.test(line)) return [];
    const where = { file, line: index + 1 };
    const [, sha256, size, url, key] =
      /^(\S+)\s+(?:(\d{1,15})\s+)?([a-z][a-z0-9+.-]*:\S+)(?:\s+(.*\S))?\s*$/i.exec(line.trim()) ?? [];
    if (sha256 === undefined)
      throw new LockstepError('E_CONFIG_VALUE', {
        what: `the line ${JSON.stringify(line.slice(0, 80))}`,
        where,
        allowed: '<sha256> [size] <url> [key]',
      });
    return [
      {
        sha256,
        size: size === undefined ? null : Number(size),
        url: url!,
        path: key ?? lastPart(url!),
        where,
      },
    ];
  });
}

function fromJson(parsed: ParsedFile): Listed[] {
  return (parsed.value as unknown[]).map((_, index) => {
    const fields = fieldsOf(parsed, [index]);
    const needed = (key: string): string => {
      const found = fields.text(key);
      if (found === undefined) throw fields.fault(key, 'a text');
      return found;
    };
    const url = needed('url');
    const path = fields.text('key') ?? lastPart(url);
    return {
      sha256: needed('sha256'),
      size: fields.count('size') ?? null,
      url,
      path,
      where: { file: parsed.file },
    };
  });
}

/** `https://host/a/b.csv?x` → `b.csv`. */
export function lastPart(url: string): string {
  try {
    return posix.basename(decodeURIComponent(new URL(url).pathname));
  } catch {
    return '';
  }
}
