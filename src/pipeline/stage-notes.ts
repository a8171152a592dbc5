import { existsSync, readFileSync } from 'node:fs';
import { hexOf, statePath, type Workspace } from '../workspace/index.ts';
import type { RunRecord } from './run-record.ts';

/** How a stage says what people should know about its rows and columns: a line that begins like this. */
const mark = 'note: ';

/** The note in a line that a stage printed, or null. */
export const noteIn = (line: string): string | null =>
  line.startsWith(mark) ? line.slice(mark.length).trim() : null;

/** What the stages of a run noted, from their kept logs, so that a cached stage's notes are told again. */
export function notesOf(workspace: Workspace, { stages }: RunRecord): string[] {
  const lines = stages.flatMap(({ fingerprint }) => {
    const log = statePath(workspace, 'runs', 'stages', `${hexOf(fingerprint)}.log`);
    return existsSync(log) ? readFileSync(log, 'utf8').split('\n') : [];
  });
  return [...new Set(lines.map(noteIn).filter((note) => note !== null))];
}
