import { LockstepError, type Place } from '../workspace/index.ts';

export interface PreparationFailure {
  /** As declared: "3.12". */
  readonly python: string;
  /** `linux-x64` */
  readonly platform: string;
  /** The step that failed, in a few words. */
  readonly step: string;
  /** Everything that it printed last. */
  readonly lines: readonly string[];
  /** Where its whole output lies, for people. */
  readonly log: string;
  readonly where: Place;
}

/** A way in which uv or pip fails that we can say in one sentence; what `says` captures names the package. */
interface KnownFailure {
  readonly says: readonly RegExp[];
  readonly words: (name: string, failure: PreparationFailure) => { what: string; fix: string };
}

const compiling = '`uv pip compile --generate-hashes requirements.in -o requirements.lock`';

/** What uv 0.13 and pip 23 to 26 print; the first that fits counts. */
const knownFailures: readonly KnownFailure[] = [
  {
    says: [/No interpreter found for (Python \S+)/],
    words: (name) => ({
      what: `no ${name} on PATH, and uv knows none to fetch`,
      fix: `install ${name}, or name another version`,
    }),
  },
  {
    says: [/ensurepip is not available/],
    words: () => ({
      what: "this Python comes without the module venv's ensurepip",
      fix: 'install it (python3-venv on Debian and Ubuntu), or uv',
    }),
  },
  {
    says: [/DO NOT MATCH THE HASHES.*\n\s+(\S+)/, /Hash mismatch for `([^`]+)`/],
    words: (name) => ({
      what: `what was downloaded for ${name} has none of the hashes in the lock`,
      fix: `find out who changed it; if you trust it, lock it again with ${compiling}`,
    }),
  },
  {
    says: [
      /Hashes are required.*\n\s+(\S+)/,
      /all requirements must have a hash, but none were provided for: (\S+)/,
      /must have their versions pinned with `?==`?(?:\. These do not:\n\s+|, but found: )(\S+)/,
      /no trusted hash was provided for: `([^`]+)`/,
    ],
    words: (name) => ({
      what: `${name} is wanted, and the lock has no version and hash for it`,
      fix: `write the whole lock with ${compiling}`,
    }),
  },
  {
    says: [
      /Temporary failure in name resolution|Failed to establish a new connection|Connection refused/i,
      /dns error|error sending request|Network is unreachable|timed out/i,
    ],
    words: (_, { log }) => ({
      what: 'the package index could not be reached',
      fix: `see that uv or pip can install packages on this machine, then run again (log: ${log})`,
    }),
  },
  {
    says: [
      /No matching distribution found for (\S+)/,
      /no version of (\S+) and/,
      /Because (\S+) was not found in/,
      /(\S+) has no wheels with a matching/,
    ],
    words: (name, { python, platform }) => ({
      what: `there is no ${name} for Python ${python} on ${platform}`,
      fix: `correct it, or compile the lock for this Python: add --python-version ${python} --universal to ${compiling}`,
    }),
  },
];

/** The error that a failed step of preparing an environment stands for. */
export function preparationFailure(failure: PreparationFailure): LockstepError {
  const text = failure.lines.join('\n');
  for (const { says, words } of knownFailures) {
    const match = says.map((pattern) => pattern.exec(text)).find((found) => found !== null);
    if (match) return failed(failure, words(match[1] ?? '', failure));
  }
  return failed(failure, {
    what: `${failure.step} failed, saying: ${lastWords(failure.lines)}`,
    fix: `correct the lock, or see ${failure.log}`,
  });
}

const failed = ({ where }: PreparationFailure, words: { what: string; fix: string }): LockstepError =>
  new LockstepError('E_ENVIRONMENT_PREPARE', {
    what: words.what,
    where,
    allowed: 'a Python that is here, and a lock whose packages, with hashes, can be installed here',
    fix: words.fix,
  });

/** From the line that says it is an error, else the last lines. At most 400 characters. */
function lastWords(lines: readonly string[]): string {
  const told = lines.map((line) => line.trim()).filter((line) => line !== '');
  const first = told.findIndex((line) => /^error: /i.test(line));
  return (first === -1 ? told.slice(-3) : told.slice(first, first + 3)).join(' / ').slice(0, 400);
}
