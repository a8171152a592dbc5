import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { which } from '../debian.ts';
import { openRunner, type Runner } from '../programs.ts';
import { Unavailable } from '../unavailable.ts';

/** Name, package, and the module with the version that the program must carry: `k8s.io/kubernetes v1.36.3`. */
export type Programs = readonly (readonly [name: string, path: string, module: string])[];

export const versionsOf = (programs: Programs): string[] =>
  programs.map(([name, , module]) => `${name} of ${module}`);

interface Build {
  /** Where they come to lie; their module is beside them. */
  readonly place: string;
  readonly programs: Programs;
  /** `<module> => <module> <version>` */
  readonly replaced?: readonly string[];
  /** For the linker. */
  readonly stamps?: readonly string[];
}

/**
 * Builds programs as dependencies of a module of their own, for those whose `replace` lines `go install` refuses. One after
 * the other, as linking one takes 2 GB. Resolves to Go, run in that module.
 */
export async function buildPrograms({ place, programs, replaced = [], stamps = [] }: Build) {
  const { run } = goRunner(place);
  const module = join(place, 'module');
  writeModule(module, [...new Set(programs.map(([, , required]) => required))], replaced);
  const go = (args: readonly string[]) => run('go', args, { cwd: module });
  const flags = ['-mod=mod', '-p', '2', '-trimpath', '-ldflags', ['-s', '-w', ...stamps].join(' ')];
  for (const [name, path, version] of programs) {
    const file = join(place, name);
    await go(['build', ...flags, '-o', file, path]);
    const held = await go(['version', '-m', file]);
    if (!held.replaceAll('\t', ' ').includes(` mod ${version} `))
      throw new Error(`${name} was not built of ${version}`);
  }
  return go;
}

function writeModule(folder: string, required: readonly string[], replaced: readonly string[]): void {
  mkdirSync(folder, { recursive: true });
  const block = (word: string, lines: readonly string[]) =>
    `${word} (\n${lines.map((line) => `\t${line}\n`).join('')})\n`;
  const head = 'module lockstep.invalid/interop\n\ngo 1.26.0\n';
  writeFileSync(
    join(folder, 'go.mod'),
    [head, block('require', required), block('replace', replaced)].join('\n'),
  );
}

/** Go that ends in Unavailable: a machine without Go, or whose proxy lacks a module, cannot have a cluster. */
export function goRunner(place: string): Pick<Runner, 'run'> {
  if (which('go') === null) throw new Unavailable('a cluster is built with Go, which is not on this machine');
  const { tryRun } = openRunner(place);
  const env = { ...process.env, CGO_ENABLED: '0' };
  return {
    run: async (file, args, options) => {
      const { code, out, err } = await tryRun(file, args, { ...options, env });
      if (code === 0) return out;
      throw new Unavailable(
        `${file} ${args.join(' ').slice(0, 200)} ended with ${code}: ${err.trim().slice(-2000)}`,
      );
    },
  };
}
