import { once } from 'node:events';
import type { Tools } from '../../suite.ts';

export interface Daemon {
  readonly name: string;
  /** Whether it has ended by itself. */
  readonly ended: () => boolean;
  /** The last of what it said. */
  readonly words: () => string;
  /** Ends it before the suite is over. */
  readonly end: () => Promise<void>;
}

/**
 * A program that stays until the suite ends. Ended with us, however we end: by the suite's runner, or by the kernel when
 * that runner was killed.
 */
export function startDaemon(
  programs: Tools['programs'],
  name: string,
  command: readonly string[],
  env?: NodeJS.ProcessEnv,
): Daemon {
  const child = programs.start(
    'setpriv',
    ['--pdeathsig', 'KILL', ...command],
    env === undefined ? {} : { env },
  );
  let said = '';
  for (const stream of [child.stdout!, child.stderr!])
    stream.on('data', (chunk) => {
      said = (said + String(chunk)).slice(-20_000);
    });
  child.on('error', (error) => {
    said += error.message;
  });
  const ended = () => child.exitCode !== null || child.signalCode !== null;
  return {
    name,
    ended,
    words: () => said,
    end: async () => {
      if (ended()) return;
      child.kill('SIGKILL');
      await once(child, 'close');
    },
  };
}
