import type { GitHub } from './api.ts';

export interface IssueInput {
  readonly title: string;
  readonly body: string;
  /** Stands in the body and tells this issue from all others: `lockstep:pin-base`. */
  readonly marker: string;
}

/** Opens an issue unless one with this marker is open; a closed one was an answer for its time. */
export async function openIssueOnce(
  github: GitHub,
  { title, body, marker }: IssueInput,
): Promise<{ number: number; opened: boolean }> {
  const line = `<!-- ${marker} -->`;
  const open = await github.list<{ number: number; body?: string | null }>(
    'GET /repos/{owner}/{repo}/issues',
    {
      state: 'open',
      creator: await github.login(),
    },
    { needs: 'issues: read' },
  );
  const found = open.find((issue) => issue.body?.includes(line));
  if (found) return { number: found.number, opened: false };
  const { number } = await github.ask<{ number: number }>(
    'POST /repos/{owner}/{repo}/issues',
    { title, body: `${body.trimEnd()}\n\n${line}\n` },
    { needs: 'issues: write' },
  );
  return { number, opened: true };
}
