import type { GitHub } from './api.ts';

/** The one status that a pull request needs; make it the required check. */
export const verdictContext = 'lockstep/verdict';

export interface CommitStatus {
  readonly sha: string;
  readonly state: 'success' | 'failure' | 'error' | 'pending';
  /** For people; cut to what GitHub takes. */
  readonly description: string;
  readonly url: string;
  readonly context?: string;
}

const mostCharacters = 140;

interface Found {
  readonly context: string;
  readonly state: string;
  readonly description: string | null;
  readonly target_url: string | null;
}

/** Sets a status unless the newest of its name says the same. A status of a newer run stays. */
export async function setStatus(
  github: GitHub,
  { sha, state, description, url, context = verdictContext }: CommitStatus,
): Promise<'set' | 'unchanged' | 'skipped'> {
  const text = cut(description);
  const statuses = await github.ask<Found[]>('GET /repos/{owner}/{repo}/commits/{ref}/statuses', {
    ref: sha,
    per_page: 100,
  });
  const newest = statuses.find((status) => status.context === context);
  if (newest && runOf(newest.target_url) > runOf(url)) return 'skipped';
  if (newest?.state === state && newest.description === text) return 'unchanged';
  await github.ask(
    'POST /repos/{owner}/{repo}/statuses/{sha}',
    { sha, state, description: text, target_url: url, context },
    { needs: 'statuses: write' },
  );
  return 'set';
}

/** Number of the run that a status links to; 0 for one of somebody else's. */
const runOf = (url: string | null): number => Number(/\/actions\/runs\/(\d+)/.exec(url ?? '')?.[1] ?? 0);

function cut(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  const characters = [...line];
  return line.length <= mostCharacters ? line : `${takeUnits(characters, mostCharacters - 1)}…`;
}

/** Whole characters within a number of UTF-16 units. */
function takeUnits(characters: readonly string[], most: number): string {
  let text = '';
  for (const character of characters) {
    if (text.length + character.length > most) break;
    text += character;
  }
  return text;
}
