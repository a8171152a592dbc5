import { join, relative } from 'node:path';
import { acquireLock } from '../workspace/index.ts';
import { type Narrator, narrator } from './narrator.ts';
import { makeSandbox, type Sandbox } from './sandbox.ts';
import { Shell } from './shell.ts';
import { steps } from './steps.ts';
import type { Story } from './story.ts';
import { emptySummary, type Summary, writeSummary } from './summary.ts';

export interface DemoOptions {
  /** Root of the checkout. */
  readonly root: string;
  /** End when told; otherwise the environments stay up until Ctrl-C. */
  readonly once: boolean;
  /** Where the story is told; standard output is for the summary with `--json`. */
  readonly stream: NodeJS.WriteStream;
}

/** Tells the demo from the beginning. Errors: E_BUSY beside a running one. */
export async function runDemo({ root, once, stream }: DemoOptions): Promise<Summary> {
  const tell = narrator(stream);
  const release = await acquireLock(join(root, '.lockstep', 'demo.lock'), { what: 'npm start' });
  const interruption = interrupted();
  let shell: Shell | undefined;
  try {
    const sandbox = await makeSandbox(root);
    shell = new Shell(sandbox.repository);
    const story: Story = { sandbox, shell, tell, summary: emptySummary() };
    await Promise.race([tellSteps(story), interruption.promise]);
    const summary = writeSummary(root, join(sandbox.folder, 'summary.json'), sandbox, story.summary);
    farewell(tell, root, sandbox, summary, once);
    if (!once && !interruption.happened()) await interruption.promise;
    return summary;
  } finally {
    await shell?.stop();
    release();
  }
}

async function tellSteps(story: Story): Promise<void> {
  for (const [index, { name, why, run }] of steps.entries()) {
    story.tell.step(index + 1, name, why);
    const started = performance.now();
    const failure = await run(story).then(
      () => null,
      (error: Error) => error,
    );
    story.summary.steps.push({
      name,
      ok: failure === null,
      seconds: Math.round((performance.now() - started) / 100) / 10,
    });
    if (failure) {
      story.tell.note(`✗ ${failure.message}`);
      return;
    }
  }
}

function farewell(tell: Narrator, root: string, sandbox: Sandbox, summary: Summary, once: boolean): void {
  tell.blank();
  for (const [name, { version, url }] of Object.entries(summary.environments))
    tell.note(`${name.padEnd(11)} ${version}  ${url}`);
  tell.note(`report      ${summary.report}`);
  tell.note(`summary     ${relative(root, join(sandbox.folder, 'summary.json'))}`);
  tell.blank();
  tell.note(`Go on by hand: cd ${summary.repository}, where every command works.`);
  if (!once) tell.note('The environments answer until you press Ctrl-C.');
}

/** Resolves at the first Ctrl-C or SIGTERM, so that everything we started can be stopped before we go. */
function interrupted(): { promise: Promise<void>; happened(): boolean } {
  let happened = false;
  const promise = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => {
        happened = true;
        resolve();
      });
    }
  });
  return { promise, happened: () => happened };
}
