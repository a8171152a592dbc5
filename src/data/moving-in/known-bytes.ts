import { readFileSync } from 'node:fs';
import { type Digest, isDigest, statePath, type Workspace, writeAtomic } from '../../workspace/index.ts';
import type { Proof } from './wanted-file.ts';

/** Which sha256 the bytes of an md5 turned out to have, so that they are read once. Losing it costs time only. */
export interface KnownBytes {
  find(proof: Proof): { readonly digest: Digest; readonly size: number } | null;
  learn(proof: Proof, digest: Digest, size: number): void;
  save(): void;
}

type Remembered = readonly [Digest, number];

export function openKnownBytes(workspace: Workspace): KnownBytes {
  const file = statePath(workspace, 'cache', 'imported.json');
  const known = load(file);
  let changed = false;
  return {
    find(proof) {
      const found = known.get(proofKey(proof));
      return found === undefined ? null : { digest: found[0], size: found[1] };
    },
    learn(proof, digest, size) {
      if (proof.kind !== 'md5') return;
      known.set(proofKey(proof), [digest, size]);
      changed = true;
    },
    save() {
      if (changed) writeAtomic(file, JSON.stringify({ v: 1, md5: Object.fromEntries(known) }));
    },
  };
}

/** Equal for promises of the same bytes; files that nothing is promised of have none in common. */
export const proofKey = (proof: Proof): string =>
  proof.kind === 'md5'
    ? `${proof.lines ? 'lines:' : ''}${proof.hex}`
    : proof.kind === 'sha256'
      ? proof.hex
      : '';

/** A file that is damaged or of another version is none. */
function load(file: string): Map<string, Remembered> {
  try {
    const { v, md5 } = JSON.parse(readFileSync(file, 'utf8')) as {
      v: number;
      md5: Record<string, Remembered>;
    };
    return new Map(v === 1 ? Object.entries(md5).filter(([, [digest]]) => isDigest(digest)) : []);
  } catch {
    return new Map();
  }
}
