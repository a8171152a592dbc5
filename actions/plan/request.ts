import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type GitHub, mayWrite, type RunContext, trainRequestArtifact } from '../../src/github/index.ts';
import { LockstepError, type Workspace } from '../../src/workspace/index.ts';
import { fetchChange } from '../kit/change-commits.ts';
import { runnerFolders } from '../kit/runner-folders.ts';
import { uploadFolder } from '../kit/upload.ts';
import type { Sides } from './sides.ts';

interface Pull {
  readonly state: string;
  readonly head: { readonly sha: string; readonly repo: { readonly pushed_at?: string } | null };
  readonly base: { readonly ref: string };
}

/**
 * The commit of a pull request that somebody asks to have trained on our own runners, and who may ask. What was asked is
 * kept beside the candidates, so that whoever judges them knows what they are for. Errors: E_TRAIN_REQUEST, E_GITHUB_*.
 */
export async function readRequest(
  workspace: Workspace,
  github: GitHub,
  context: RunContext,
  number: number,
): Promise<Sides> {
  if (context.actor === null || !(await mayWrite(github, context.actor)))
    throw refused(
      `${context.actor ?? 'nobody'} may not write to this repository`,
      'somebody who may has to ask',
    );
  const pull = await github.ask<Pull>('GET /repos/{owner}/{repo}/pulls/{pull_number}', {
    pull_number: number,
  });
  if (pull.state !== 'open') throw refused(`pull request ${number} is ${pull.state}`, 'open it again');
  if (!wasSeen(pull, context))
    throw refused(
      `the head of pull request ${number} was pushed after it was asked for`,
      'look at the new commit, and ask again',
    );
  const change = { from: `refs/pull/${number}/head`, head: pull.head.sha, baseRef: pull.base.ref };
  const sides = await fetchChange(workspace, change);
  if (sides === null) throw refused(`pull request ${number} has a newer commit`, 'look at it, and ask again');
  await keepRequest({ v: 1, number, head: sides.head });
  return sides;
}

/** Whoever comments has seen what was pushed before; a commit's own dates say nothing, GitHub's date of the push does. */
function wasSeen({ head }: Pull, { eventName, event }: RunContext): boolean {
  if (eventName !== 'issue_comment') return true;
  const asked = Date.parse(String((event.comment as { created_at?: unknown } | undefined)?.created_at));
  return Date.parse(head.repo?.pushed_at ?? '') <= asked;
}

async function keepRequest(request: { v: 1; number: number; head: string }): Promise<void> {
  const folder = join(runnerFolders().temp, 'lockstep', 'request');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'request.json'), `${JSON.stringify(request)}\n`);
  await uploadFolder(trainRequestArtifact, folder, 0);
  rmSync(folder, { recursive: true });
}

const refused = (what: string, fix: string): LockstepError =>
  new LockstepError('E_TRAIN_REQUEST', {
    what,
    allowed: 'an open pull request whose newest commit somebody with write access has looked at',
    fix,
  });
