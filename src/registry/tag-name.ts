import { LockstepError } from '../workspace/index.ts';

/** What a tag's name says, in GTO's grammar (gto/constants.py): the events of a model's life. */
export type TagName =
  | {
      readonly event: 'register' | 'deregister';
      readonly model: string;
      readonly version: string;
      readonly counter: number | null;
    }
  | {
      readonly event: 'assign' | 'unassign';
      readonly model: string;
      readonly environment: string;
      readonly counter: number | null;
    }
  | { readonly event: 'deprecate' | 'create'; readonly model: string; readonly counter: number | null };

const name = '[a-zA-Z0-9](?:[a-zA-Z0-9\\-/_]*[a-zA-Z0-9])?';
const artifact = `(?:[a-zA-Z0-9\\-_./]+=)?${name}`;
// SemVer 2.0's own pattern (semver.org, "suggested regular expression").
const number = '(?:0|[1-9]\\d*)';
const semver = `${number}\\.${number}\\.${number}(?:-(?:${number}|\\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\\.(?:${number}|\\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?(?:\\+[0-9a-zA-Z-]+(?:\\.[0-9a-zA-Z-]+)*)?`;
const pattern = new RegExp(
  `^(?<model>${artifact})(?:(?:#(?<stage>${name})|@(?<version>v${semver}))(?<cancel>!?)|@(?<word>deprecated|created))(?:#(?<counter>\\d+))?$`,
);
const versionPattern = new RegExp(`^v${semver}$`);
const longest = 512;

/** Null for a tag that is none of ours. */
export function parseTag(tag: string): TagName | null {
  const groups = tag.length > longest ? undefined : pattern.exec(tag)?.groups;
  if (!groups) return null;
  const { model, stage, version, cancel, word } = groups as Record<string, string | undefined>;
  const counter = groups.counter === undefined ? null : Number(groups.counter);
  if (!Number.isSafeInteger(counter ?? 0)) return null;
  const base = { model: model!, counter };
  if (stage) return { ...base, event: cancel ? 'unassign' : 'assign', environment: stage };
  if (version) return { ...base, event: cancel ? 'deregister' : 'register', version };
  return { ...base, event: word === 'created' ? 'create' : 'deprecate' };
}

export function formatTag(tag: TagName): string {
  const counter = tag.counter === null ? '' : `#${tag.counter}`;
  switch (tag.event) {
    case 'register':
    case 'deregister':
      return `${tag.model}@${tag.version}${tag.event === 'deregister' ? '!' : ''}${counter}`;
    case 'assign':
    case 'unassign':
      return `${tag.model}#${tag.environment}${tag.event === 'unassign' ? '!' : ''}${counter}`;
    case 'deprecate':
      return `${tag.model}@deprecated${counter}`;
    case 'create':
      return `${tag.model}@created${counter}`;
  }
}

export const versionTag = (model: string, version: string): string =>
  formatTag({ event: 'register', model, version: checkVersion(version), counter: null });

/** Errors: E_VERSION. */
export function checkVersion(version: string): string {
  if (version.length <= longest && versionPattern.test(version)) return version;
  throw new LockstepError('E_VERSION', {
    what: `the version "${version}"`,
    allowed: 'v and SemVer 2.0, e.g. v1.2.0',
    ...(versionPattern.test(`v${version}`) ? { fix: `write v${version}` } : {}),
  });
}
