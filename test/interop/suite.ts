import type { Runner } from './tools/programs.ts';

/**
 * One part of the world that Lockstep must get along with. A file `suites/<name>.ts` exports `const suite: Suite`
 * and nothing else; `main.ts` finds it by its name.
 */
export interface Suite {
  /** As on the command line, and the file's name without `.ts`. */
  readonly name: string;
  /** What passing shows: the end of the sentence "it shows that …". */
  readonly shows: string;
  /** On a new machine with 2 cores, its installation included. Three times that is its limit. */
  readonly minutes: number;
  /** Left to `--all`: too long for every submission. */
  readonly long?: boolean;
  readonly needs: Needs;
  /**
   * Resolves to a few words of what was seen (they stand on the result's line); throws (node:assert) when the
   * other side disagrees with us.
   */
  readonly run: (tools: Tools) => Promise<string>;
}

/** What is installed before `run`, once a machine, outside the repository. */
export interface Needs {
  /** Requirements as pip takes them, pinned: `scikit-learn==1.9.1`. They share one environment per list. */
  readonly python?: readonly string[];
  /** Pinned npm packages: `playwright-core@1.65.1`. */
  readonly npm?: readonly string[];
  /** Programs and the Debian packages that bring them: `{skopeo: 'skopeo'}`. */
  readonly debian?: Readonly<Record<string, string>>;
}

export interface Tools {
  /** The repository's root. */
  readonly root: string;
  /** An empty folder of this run, removed afterwards. */
  readonly folder: string;
  /** Starts programs in `folder`; whatever still runs at the end of the suite is ended. */
  readonly programs: Runner;
  /** The Python of `needs.python`; throws when the suite has not asked for one. */
  readonly python: string;
  /** The `node_modules` of `needs.npm`. */
  readonly modules: string;
}
