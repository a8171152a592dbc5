import { styleText } from 'node:util';

/** Tells the demo on a terminal or in a log: steps, the commands as a reader would type them, what came of them. */
export interface Narrator {
  step(number: number, title: string, why: string): void;
  /** A command about to run; `done` says what it found. */
  command(line: string): { done(found: string, seconds?: number): void };
  note(text: string): void;
  blank(): void;
}

type Style = Parameters<typeof styleText>[0];

/** Writes to `stream`; colours and the running line only where it is a terminal. */
export function narrator(stream: NodeJS.WriteStream): Narrator {
  const live = stream.isTTY === true;
  const paint = (style: Style, text: string) =>
    live ? styleText(style, text, { validateStream: false }) : text;
  const line = (text = '') => stream.write(`${text}\n`);
  return {
    step(number, title, why) {
      line();
      line(`${paint(['bold', 'cyan'], `${number}`)}  ${paint('bold', title)}`);
      line(`   ${paint('dim', why)}`);
    },
    command(text) {
      line(`   ${paint('green', '$')} ${text}`);
      const clock = live ? spin(stream, paint) : undefined;
      return {
        done(found, seconds) {
          if (clock) {
            clearInterval(clock);
            stream.write('\r\u001b[2K');
          }
          const took = seconds === undefined ? '' : paint('dim', `  ${seconds.toFixed(1)} s`);
          for (const [index, part] of found.split('\n').entries())
            line(`     ${part}${index === 0 ? took : ''}`);
        },
      };
    },
    note(text) {
      for (const part of text.split('\n')) line(`     ${paint('dim', part)}`);
    },
    blank: () => line(),
  };
}

function spin(stream: NodeJS.WriteStream, paint: (style: Style, text: string) => string): NodeJS.Timeout {
  const started = performance.now();
  const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
  let frame = 0;
  return setInterval(() => {
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    stream.write(`\r\u001b[2K     ${paint('dim', `${frames[frame++ % frames.length]} ${seconds} s`)}`);
  }, 100).unref();
}
