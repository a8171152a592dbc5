import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Narrator } from './narrator.ts';
import type { Sandbox } from './sandbox.ts';
import type { Answer, Shell } from './shell.ts';
import type { SummaryDraft } from './summary.ts';

/** What every step of the demo works with. */
export interface Story {
  readonly sandbox: Sandbox;
  readonly shell: Shell;
  readonly tell: Narrator;
  readonly summary: SummaryDraft;
}

export const model = 'flight-delay';
export const environments = ['dev', 'staging', 'production'] as const;

/** A step that did not do what it should: the demo says so, and `ok` is false. */
export class StepFailed extends Error {}

export function expectThat(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new StepFailed(otherwise);
}

/** Prints a command, runs it, and says in one line what it found. */
export async function lockstep(
  story: Story,
  args: readonly string[],
  found: (answer: Answer) => string,
  exit = 0,
): Promise<Answer> {
  const running = story.tell.command(`./lockstep ${args.map(quoted).join(' ')}`);
  const answer = await story.shell.lockstep(args);
  if (answer.exit !== exit) {
    const { error } = answer.json as { error?: { message: string } };
    running.done(error?.message ?? `ended with ${answer.exit}, not ${exit}`, answer.seconds);
    throw new StepFailed(
      `lockstep ${args.join(' ')} ended with ${answer.exit}, not ${exit}: ${error?.message ?? ''}`,
    );
  }
  running.done(found(answer), answer.seconds);
  return answer;
}

export async function git(story: Story, args: readonly string[], found = ''): Promise<string> {
  const running = story.tell.command(`git ${args.map(quoted).join(' ')}`);
  const output = await story.shell.git(args);
  if (found !== '') running.done(found);
  else running.done(output.split('\n').at(-1) || 'done');
  return output;
}

/** One edit of one line, as a person would make it, shown as a diff. */
export function edit(story: Story, file: string, before: string, after: string): void {
  const path = join(story.sandbox.repository, file);
  const text = readFileSync(path, 'utf8');
  expectThat(text.split(before).length === 2, `${file} has not exactly one "${before}"`);
  const running = story.tell.command(`edit ${file}`);
  writeFileSync(path, text.replace(before, after));
  running.done(`- ${before.trim()}\n+ ${after.trim()}`);
}

const quoted = (word: string): string =>
  /^[\w@%+=:,./#-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
