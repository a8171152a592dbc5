import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { ObservationRecord, Trust } from '../../registry/index.ts';
import {
  bundleFolder,
  canonicalJson,
  type Digest,
  digestOf,
  hideState,
  statePath,
  type TreeEntry,
  type Workspace,
  writeAtomic,
} from '../../workspace/index.ts';
import type { FolderEntries } from '../branch/tip.ts';
import { folderOf } from '../folder/environment-folder.ts';
import type { Behind } from './behind.ts';

/** What `status` tells of a folder that was verified. */
export interface Proven {
  readonly version: string;
  readonly image: string;
  readonly modelDigest: Digest;
  /** Of the version. */
  readonly commit: string;
  /** Of the promotion's envelope. */
  readonly promotion: Digest;
  /** Of the golden requests. */
  readonly golden: Digest;
}

/** What `status` tells of an observation that was verified. */
export type Recorded = Pick<ObservationRecord, 'promotion' | 'commit' | 'observed' | 'verified'>;

/** The time of a folder's last change, ISO 8601, and its commit. */
export type Change = readonly [string, string];

/** How each folder last changed, as the history of one tip says. */
export interface Changes {
  readonly tip: string;
  /** By the folder's path. */
  readonly last: Readonly<Record<string, Change>>;
}

/** Which folders are behind main, as it was when asked. */
export interface BehindAnswers {
  /** Digest of main's tip and of whatever else all answers rest on. */
  readonly main: Digest;
  /** By the folder's path: the commit it was copied from, and how far that is behind. */
  readonly found: Readonly<Record<string, readonly [string, Behind | null]>>;
}

/**
 * What this machine has found out about the branch before. A folder is recalled only when every file of it is the same
 * object, and whoever is trusted and the program that judges are the same.
 */
export interface StatusMemo {
  recall(folder: FolderEntries): Proven | null;
  learn(folder: FolderEntries, proven: Proven): void;
  /** Null for an observation that proves nothing; undefined for one that is not known yet. */
  recallObserved(file: ObjectAt): Recorded | null | undefined;
  learnObserved(file: ObjectAt, recorded: Recorded | null): void;
  readonly changes: Changes | null;
  learnChanges(changes: Changes): void;
  readonly behind: BehindAnswers | null;
  learnBehind(answers: BehindAnswers): void;
  save(): void;
}

type ObjectAt = Pick<TreeEntry, 'path' | 'mode' | 'oid'>;

interface Content {
  /** An older Lockstep kept less of them, under another name. */
  readonly last: Changes | null;
  readonly behind: BehindAnswers | null;
  /** Proven folders by their path, each with the digest of what was verified. */
  readonly folders: Readonly<Record<string, readonly [Digest, Proven]>>;
  /** Observations by their path, the same way; an older Lockstep knew none. */
  readonly observed?: Readonly<Record<string, readonly [Digest, Recorded | null]>>;
}

/**
 * The file is signed with a secret of this machine that lies beside its key: who can only write to `.lockstep/cache/`
 * (a cache brought from elsewhere) can't make `status` call a folder proven.
 */
export function openStatusMemo(workspace: Workspace, trust: Trust): StatusMemo {
  const rules = digestOf(`${programDigest()}\n${canonicalJson(trust.map(signerOf))}`);
  const file = statePath(workspace, 'cache', 'status');
  const before = load(workspace, file);
  const learnt: Record<string, readonly [Digest, Proven]> = {};
  const observed: Record<string, readonly [Digest, Recorded | null]> = { ...before.observed };
  const contentAt = ({ path, mode, oid }: ObjectAt) => digestOf(`${rules}\n${mode} ${oid} ${path}`);
  let { last: changes = null, behind } = before;
  let isNew = false;
  return {
    recall(folder) {
      const path = folderOf(folder.model, folder.environment);
      const known = Object.hasOwn(before.folders, path) ? before.folders[path]! : null;
      return known !== null && known[0] === contentOf(folder, rules) ? known[1] : null;
    },
    learn(folder, proven) {
      learnt[folderOf(folder.model, folder.environment)] = [contentOf(folder, rules), proven];
      isNew = true;
    },
    recallObserved(file) {
      const known = Object.hasOwn(observed, file.path) ? observed[file.path]! : null;
      return known?.[0] === contentAt(file) ? known[1] : undefined;
    },
    learnObserved(file, recorded) {
      observed[file.path] = [contentAt(file), recorded];
      isNew = true;
    },
    get changes() {
      return changes;
    },
    learnChanges(found) {
      changes = found;
      isNew = true;
    },
    get behind() {
      return behind;
    },
    learnBehind(answers) {
      behind = answers;
      isNew = true;
    },
    save() {
      if (isNew)
        store(workspace, file, {
          last: changes,
          behind,
          observed,
          folders: { ...before.folders, ...learnt },
        });
    },
  };
}

/** In one clone an object's id names one content for ever: Git takes no second one. */
const contentOf = ({ model, environment, entries }: FolderEntries, rules: Digest): Digest =>
  digestOf(
    [rules, model, environment, ...entries.map(({ mode, oid, path }) => `${mode} ${oid} ${path}`)].join('\n'),
  );

const signerOf = ({ keyid, environments }: Trust[number]) => ({ keyid, environments });

/** Of the code, schemas and packages that verify, so that no verdict outlives the rules it was made by. */
function programDigest(): string {
  const here = import.meta.dirname;
  const root = join(here, '../../..');
  const folders = ['src/gitops', 'src/registry', 'src/workspace', 'docs/schemas'];
  const sources = () => [
    join(root, 'package-lock.json'),
    ...folders.flatMap((name) => filesIn(join(root, name))),
  ];
  const hash = createHash('sha256');
  for (const file of bundleFolder === null ? sources() : filesIn(here))
    hash.update(basename(file)).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|js|json)$/.test(name) && !name.endsWith('.test.ts'))
    .sort()
    .map((name) => join(folder, name));

/** The first line is the mark of the rest. Anything but that is as good as nothing. */
function load(workspace: Workspace, file: string): Content {
  const nothing: Content = { last: null, behind: null, folders: {} };
  try {
    const bytes = readFileSync(file);
    const end = bytes.indexOf(10);
    const body = bytes.subarray(end + 1);
    const mark = Buffer.from(bytes.toString('latin1', 0, end), 'hex');
    const wanted = markOf(body, readFileSync(secretFile(workspace)));
    if (mark.length !== wanted.length || !timingSafeEqual(mark, wanted)) return nothing;
    return JSON.parse(body.toString()) as Content;
  } catch {
    return nothing; // Not there, or not readable: everything is verified again.
  }
}

function store(workspace: Workspace, file: string, content: Content): void {
  try {
    const body = Buffer.from(JSON.stringify(content));
    const mark = markOf(body, secretOf(workspace)).toString('hex');
    writeAtomic(file, Buffer.concat([Buffer.from(`${mark}\n`), body]), 0o600);
    hideState(workspace);
  } catch {
    // A full disk, a folder that can't be written: what was found out is told all the same.
  }
}

const markOf = (body: Uint8Array, secret: Uint8Array): Buffer =>
  createHmac('sha256', secret).update(body).digest();

const secretFile = (workspace: Workspace): string => statePath(workspace, 'keys', 'status.secret');

function secretOf(workspace: Workspace): Buffer {
  try {
    const secret = readFileSync(secretFile(workspace));
    if (secret.length === 32) return secret;
  } catch {
    // The first time.
  }
  const secret = randomBytes(32);
  writeAtomic(secretFile(workspace), secret, 0o600);
  return secret;
}
