import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Commits and annotated tags, written as git fast-import reads them (git-scm.com/docs/git-fast-import). */
export interface Stream {
  /** On top of what the branch has; files by path. Time in seconds. */
  commit(ref: string, time: number, message: string, files: readonly (readonly [string, string])[]): void;
  tag(name: string, commit: string, time: number, message: string): void;
}

const who = 'Ada <ada@example.com>';

/** Runs one git process for all of it; the ids of the commits, in order. */
export async function writeHistory(
  repository: string,
  write: (stream: Stream) => void,
): Promise<readonly string[]> {
  const parts: string[] = [];
  const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`;
  let mark = 0;
  write({
    commit(ref, time, message, files) {
      mark++;
      parts.push(`commit ${ref}\nmark :${mark}\ncommitter ${who} ${time} +0000\n${data(message)}`);
      for (const [path, text] of files) parts.push(`M 100644 inline ${path}\n${data(text)}`);
    },
    tag(name, commit, time, message) {
      parts.push(`tag ${name}\nfrom ${commit}\ntagger ${who} ${time} +0000\n${data(`${message}\n`)}`);
    },
  });
  const [input, marks] = ['stream', 'marks'].map((name) => join(repository, name)) as [string, string];
  writeFileSync(input, parts.join(''));
  const command = `git -c safe.directory='*' fast-import --quiet --export-marks=marks < stream`;
  const { status, stderr } = spawnSync('sh', ['-c', command], { cwd: repository, encoding: 'utf8' });
  if (status !== 0) throw new Error(`git fast-import: ${stderr.slice(-500)}`);
  const lines = readFileSync(marks, 'utf8').trim().split('\n').filter(Boolean);
  const ids = new Map(lines.map((line) => line.slice(1).split(' ') as [string, string]));
  for (const file of [input, marks]) rmSync(file);
  return Array.from({ length: mark }, (_, at) => ids.get(`${at + 1}`)!);
}
