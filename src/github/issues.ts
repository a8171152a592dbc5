import type { GitHub } from './api.ts';

export interface IssueInput {
  readonly title: string;
  readonly body: string;
  /** Stands in the body and tells this issue from all others: `lockstep:pin-base`. */
  readonly marker: string;
  /** Gives an open one this title and body. */
  readonly update?: boolean;
}

/** Opens an issue unless one with this marker is open; a closed one was an answer for its time. */
export async function openIssueOnce(
  github: GitHub,
  { title, body, marker, update = false }: IssueInput,
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
  const text = `${body.trimEnd()}\n\n${line}\n`;
  const found = open.find((issue) => issue.body?.includes(line));
  if (found) {
    if (update && found.body !== text) {
      const change = { issue_number: found.number, title, body: text };
      await github.ask('PATCH /repos/{owner}/{repo}/issues/{issue_number}', change, {
        needs: 'issues: write',
      });
    }
    return { number: found.number, opened: false };
  }
  const { number } = await github.ask<{ number: number }>(
    'POST /repos/{owner}/{repo}/issues',
    { title, body: text },
    { needs: 'issues: write' },
  );
  return { number, opened: true };
}
