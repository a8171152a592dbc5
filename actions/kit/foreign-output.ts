import { randomBytes } from 'node:crypto';
import { endGroup, startGroup } from '@actions/core';
import { inert } from './inert.ts';

/** What ends the part of the log in which the runner takes no command, or null while it takes them. */
let password: string | null = null;

/**
 * Folds what follows, and has the runner take no command from it, whoever prints it and however. One at a time.
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#stopping-and-starting-workflow-commands
 */
export function openForeign(title: string): void {
  closeForeign();
  startGroup(inert(title));
  password = randomBytes(32).toString('hex');
  process.stdout.write(`::stop-commands::${password}\n`);
}

/** The runner takes commands again: ours. */
export function closeForeign(): void {
  if (password === null) return;
  process.stdout.write(`::${password}::\n`);
  password = null;
  endGroup();
}

/** One line of a log, whatever is in it. */
export const say = (line: string): void => {
  process.stdout.write(`${inert(line)}\n`);
};
