import { existsSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { type AnnotationProperties, error as annotate, debug } from '@actions/core';
import { type ErrorCode, isLockstepError, systemError } from '../../src/workspace/index.ts';
import { closeForeign } from './foreign-output.ts';
import { runnerFolders } from './runner-folders.ts';

/**
 * The one catch of the actions: what goes wrong becomes one annotation, on the line of the file that is wrong where
 * there is one, and exit code 1. No stack trace, unless the workflow is run again with debug logging.
 */
export async function run(work: () => Promise<void>): Promise<void> {
  process.on('uncaughtException', (error) => {
    fail(error);
    process.exit(1);
  });
  try {
    await work();
  } catch (error) {
    fail(error);
  }
}

/** One `::error` for one mistake; the run goes on where `thrown` is one of several. */
export function fail(thrown: unknown): void {
  closeForeign();
  process.exitCode = 1;
  const error = systemError(thrown) ?? thrown;
  if (isLockstepError(error)) {
    annotate(error.message, { title: error.code, ...placeOf(error.where) });
    return;
  }
  const code: ErrorCode = 'E_INTERNAL';
  const message = error instanceof Error ? error.message : String(error);
  annotate(
    `${code}: ${message}. This is a defect of Lockstep, not yours: run the job again with debug logging to see where it happened.`,
    { title: code },
  );
  if (error instanceof Error) debug(error.stack ?? '');
}

/** A no that is an answer, not a mistake: told like one, so that whoever asked sees it. */
export function refuse(code: ErrorCode, message: string): void {
  closeForeign();
  process.exitCode = 1;
  annotate(message, { title: code });
}

/** GitHub shows an annotation beside a line of the repository; any other file would be nowhere. */
function placeOf(
  where: { file: string; line?: number | undefined; column?: number | undefined } | undefined,
) {
  if (where === undefined) return {};
  const { workspace } = runnerFolders();
  const path = resolve(workspace, where.file);
  const file = relative(workspace, path).split(sep).join('/');
  if (file === '' || file.startsWith('..') || !existsSync(path)) return {};
  return {
    file,
    ...(where.line === undefined ? {} : { startLine: where.line }),
    ...(where.column === undefined ? {} : { startColumn: where.column }),
  } satisfies AnnotationProperties;
}
