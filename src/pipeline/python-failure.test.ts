import { expect, test } from 'vitest';
import { preparationFailure } from './python-failure.ts';

/** The words of the error that a step's output (as uv 0.13 and pip 23 really print it) stands for. */
const wordsOf = (printed: string): string =>
  preparationFailure({
    python: '3.11',
    platform: 'linux-x64',
    step: 'python -I -m pip',
    lines: printed.split('\n'),
    log: '.lockstep/environments/1.log',
    where: { file: 'pipelines/toy/pipeline.yaml', line: 9 },
  }).message.replace(/ — a Python that is here.*installed here\./, '.');

const place = 'pipelines/toy/pipeline.yaml:9';
const compile = '`uv pip compile --generate-hashes requirements.in -o requirements.lock`';

test.each([
  [
    'pip, no hash',
    `Collecting scikit-learn==1.9.1 (from -r nohash.lock (line 1))
ERROR: Hashes are required in --require-hashes mode, but they are missing from some requirements. Here is a list of those requirements along with the hashes their downloaded archives actually had.
    scikit-learn==1.9.1 --hash=sha256:52a0`,
    `scikit-learn==1.9.1 is wanted, and the lock has no version and hash for it`,
    `write the whole lock with ${compile}`,
  ],
  [
    'uv, no hash',
    'error: In `--require-hashes` mode, all requirements must have a hash, but none were provided for: scikit-learn==1.9.1',
    'scikit-learn==1.9.1 is wanted, and the lock has no version and hash for it',
    `write the whole lock with ${compile}`,
  ],
  [
    'pip, a package left out',
    `ERROR: In --require-hashes mode, all requirements must have their versions pinned with ==. These do not:
    numpy>=1.24.1 from somewhere (from scikit-learn==1.9.1->-r partial.lock (line 15))`,
    'numpy>=1.24.1 is wanted, and the lock has no version and hash for it',
    `write the whole lock with ${compile}`,
  ],
  [
    'uv, a package left out',
    'error: Hash-checking is required, but no trusted hash was provided for: `numpy`',
    'numpy is wanted, and the lock has no version and hash for it',
    `write the whole lock with ${compile}`,
  ],
  [
    'pip, other bytes',
    `ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. If you have updated the package versions, please update the hashes. Otherwise, examine the package contents carefully; someone may have tampered with them.
    cloudpickle==3.1.2 from somewhere (from -r wrong.lock (line 3)):
        Expected sha256 0000`,
    'what was downloaded for cloudpickle==3.1.2 has none of the hashes in the lock',
    `find out who changed it; if you trust it, lock it again with ${compile}`,
  ],
  [
    'uv, other bytes',
    `error: Failed to download \`threadpoolctl==3.8.0\`
  cause: Hash mismatch for \`threadpoolctl==3.8.0\``,
    'what was downloaded for threadpoolctl==3.8.0 has none of the hashes in the lock',
    `find out who changed it; if you trust it, lock it again with ${compile}`,
  ],
  [
    'pip, no such version',
    `ERROR: Could not find a version that satisfies the requirement numpy==2.9.9 (from versions: 1.3.0)
ERROR: No matching distribution found for numpy==2.9.9`,
    'there is no numpy==2.9.9 for Python 3.11 on linux-x64',
    `correct it, or compile the lock for this Python: add --python-version 3.11 --universal to ${compile}`,
  ],
  [
    'uv, no such version',
    `error: No solution found when resolving dependencies
  cause: Because there is no version of numpy==2.9.9 and you require numpy==2.9.9, we can conclude that your requirements are unsatisfiable.`,
    'there is no numpy==2.9.9 for Python 3.11 on linux-x64',
    `correct it, or compile the lock for this Python: add --python-version 3.11 --universal to ${compile}`,
  ],
  [
    'pip, no network: the version it then cannot find is not what is wrong',
    `WARNING: Retrying after connection broken by 'NewConnectionError(': Failed to establish a new connection: [Errno -3] Temporary failure in name resolution')': /simple/numpy/
ERROR: No matching distribution found for numpy==2.4.6`,
    'the package index could not be reached',
    'see that uv or pip can install packages on this machine, then run again (log: .lockstep/environments/1.log)',
  ],
  [
    'uv, no such Python',
    'error: No interpreter found for Python 3.99 in managed installations or search path',
    'no Python 3.99 on PATH, and uv knows none to fetch',
    'install Python 3.99, or name another version',
  ],
  [
    "Debian's Python without venv",
    `The virtual environment was not created successfully because ensurepip is not available.  On Debian/Ubuntu systems, you need to install the python3-venv package`,
    "this Python comes without the module venv's ensurepip",
    'install it (python3-venv on Debian and Ubuntu), or uv',
  ],
  [
    'anything else, in its own words',
    `Using Python 3.11.7 environment at: venv
error: Couldn't parse requirement in \`requirements.lock\` at position 0
  cause: Expected a quoted string`,
    "python -I -m pip failed, saying: error: Couldn't parse requirement in `requirements.lock` at position 0 / cause: Expected a quoted string",
    'correct the lock, or see .lockstep/environments/1.log',
  ],
])('%s', (_, printed, what, fix) => {
  expect(wordsOf(printed)).toBe(`E_ENVIRONMENT_PREPARE: ${what} in ${place}. Fix: ${fix}.`);
});
