import { noteIn, type Report } from '../pipeline/index.ts';
import { isWatched, startProgress } from '../workspace/index.ts';

/** Tells on a terminal which stage is running, with its last line; a log gets one line a stage. */
export function drawStages(): Report {
  const bar = isWatched(process.stderr);
  let progress = startProgress('');
  return (event) => {
    if (event.kind === 'stage-started') {
      if (bar) progress = startProgress(event.stage);
      process.stderr.write(`${event.stage}: ${event.why.join(', ')}\n`);
    }
    if (event.kind === 'log' && noteIn(event.line) !== null) {
      process.stderr.write(`${bar ? '\r\u001b[2K' : ''}${event.stage}: ${event.line}\n`);
      return;
    }
    if (event.kind === 'notice') process.stderr.write(`${event.stage}: ${event.text}\n`);
    if (event.kind === 'log' && bar) process.stderr.write(`\r\u001b[2K  ${event.line.slice(0, 100)}`);
    if (event.kind === 'stage-finished') {
      progress.end();
      process.stderr.write(`${event.stage}: done in ${event.seconds.toFixed(1)} s\n`);
    }
  };
}
