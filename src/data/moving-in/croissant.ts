import { dirname, join } from 'node:path';
import { parseJson, readConfiguration } from '../../workspace/index.ts';
import { checkPath } from '../lock/dataset-path.ts';
import { type Fields, fieldsOf, isMap } from './loose-yaml.ts';
import { chosen, keyUnder } from './selecting.ts';
import { checkedHex, lastPart, wantedFrom } from './url-list.ts';
import type { About, Offer, Planned, Skipped } from './wanted-file.ts';

export interface CroissantOptions {
  readonly only?: readonly string[] | undefined;
  /** Folder under data/; the dataset's name when left out. */
  readonly as?: string | undefined;
}

/**
 * The files of a Croissant description (JSON-LD of MLCommons) that have a sha256, and what it says of all of them.
 * Errors: E_JSON_*, E_CONFIG_TYPE, E_DIGEST_FORMAT, E_PATH_*, E_REMOTE_*.
 */
export function croissantOffer(file: string, shownAs: string, { only, as }: CroissantOptions): Offer {
  const parsed = parseJson(readConfiguration(file, shownAs), shownAs);
  const fields = fieldsOf(parsed);
  const distribution = fields.list('distribution');
  if (distribution.length === 0) throw fields.fault('distribution', 'a list of FileObjects');
  const prefix = as ?? (fields.text('name') ?? 'croissant').replace(/[^A-Za-z0-9_.-]+/g, '-');
  const skipped: Skipped[] = [];
  const files = distribution.flatMap((object) => fileOf(object, shownAs, skipped));
  const planned = chosen(files, only).map(({ path, url, sha256, size }): Planned => {
    const where = { file: shownAs };
    const hex = checkedHex(sha256, where);
    const wanted = /^[a-z][a-z0-9+.-]*:/i.test(url)
      ? wantedFrom({ sha256: hex, size, url, where })
      : ({
          path: '',
          proof: { kind: 'sha256', hex },
          size,
          places: [
            { kind: 'file', name: `beside ${shownAs}`, path: join(dirname(file), checkPath(url, where)) },
          ],
        } as const);
    return { key: keyUnder(prefix, path, false), from: url, files: [wanted] };
  });
  const about = aboutOf(fields);
  return { planned, skipped, notTaken: [], about: new Map(planned.map(({ key }) => [key, about])) };
}

interface FileObject {
  readonly path: string;
  readonly url: string;
  readonly sha256: string;
  readonly size: number | null;
}

function fileOf(object: Fields, file: string, skipped: Skipped[]): FileObject[] {
  const type = String(object.map['@type'] ?? '').replace(/^.*[:/]/, '');
  const url = object.text('contentUrl') ?? '';
  const id = object.text('@id') ?? object.text('name') ?? url;
  const skip = (reason: string): [] => {
    skipped.push({ path: id, reason });
    return [];
  };
  if (type !== 'FileObject') return skip(`a ${type || 'thing without @type'}, not a FileObject`);
  if (/^git\+/.test(object.text('encodingFormat') ?? '')) return skip('a Git repository');
  if (object.map.containedIn !== undefined) return skip('it lies inside another file');
  const sha256 = object.text('sha256');
  if (sha256 === undefined) return skip('it has no sha256');
  if (url === '') throw object.fault('contentUrl', 'an address, or a path beside the description');
  // `contentSize` is often a rounded text such as "21.2 MB"; only a number of bytes promises anything.
  const size = /^(\d{1,15})(?: ?B)?$/.exec(String(object.map.contentSize ?? ''))?.[1];
  const name = /^[a-z][a-z0-9+.-]*:/i.test(url) ? lastPart(url) : url;
  const path = checkPath(/\.\w+$/.test(id) && !id.includes(':') ? id : name, { file });
  return [{ path, url, sha256, size: size === undefined ? null : Number(size) }];
}

export function aboutOf(fields: Fields): About {
  const { license, description, url } = fields.map;
  return clean({ licence: textIn(license), description: textIn(description), homepage: textIn(url) });
}

/** A text, or the first of a list, or the address or name of an object. */
function textIn(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return textIn(value[0]);
  return isMap(value) ? textIn(value.url ?? value.name ?? value['@id']) : undefined;
}

/** Without what nobody said, in one line each; a homepage is an address. */
export const clean = (about: { readonly [key in keyof About]: string | undefined }): About =>
  Object.fromEntries(
    Object.entries(about).flatMap(([key, text]) => {
      const line = text?.replace(/\s+/g, ' ').trim() ?? '';
      return line === '' || (key === 'homepage' && !/^https?:\/\//.test(line))
        ? []
        : [[key, line.length > 500 ? `${line.slice(0, 499)}…` : line]];
    }),
  );
