import { existsSync, statSync } from 'node:fs';
import { summary } from '@actions/core';

/** GitHub drops a step's summary whole when it is larger, in bytes. */
const mostBytes = 1024 * 1024;

/** Adds Markdown to the job's summary; what doesn't fit is cut, and said to be. Without a runner that shows one: nothing. */
export async function addSummary(markdown: string): Promise<void> {
  const file = process.env.GITHUB_STEP_SUMMARY;
  if (!file) return;
  const used = existsSync(file) ? statSync(file).size : 0;
  await summary.addRaw(trimmed(`${markdown.trimEnd()}\n`, mostBytes - used)).write();
}

/** Markdown of at most so many bytes of UTF-8: whole lines, nothing left open, and a last line that tells of the rest. */
export function trimmed(markdown: string, most: number): string {
  const size = Buffer.byteLength(markdown);
  if (size <= most) return markdown;
  const notice = `\n\n*Cut here: ${size} bytes are more than a summary may hold. The job's log and artifacts have the rest.*\n`;
  for (let room = most - Buffer.byteLength(notice); room > 0; ) {
    const lines = wholeLines(markdown, room);
    const text = lines + closing(lines) + notice;
    const over = Buffer.byteLength(text) - most;
    if (over <= 0) return text;
    room = Math.min(room, Buffer.byteLength(lines)) - over;
  }
  return '';
}

function wholeLines(text: string, most: number): string {
  const bytes = Buffer.from(text).subarray(0, most);
  return bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1).toString('utf8');
}

/** Ends a code block and folded parts, which would swallow the notice. */
function closing(text: string): string {
  const fence = (text.match(/^\s*```/gm)?.length ?? 0) % 2 === 1 ? '```\n' : '';
  const open = (text.match(/<details\b/g)?.length ?? 0) - (text.match(/<\/details>/g)?.length ?? 0);
  return fence + '\n</details>'.repeat(Math.max(0, open));
}

/** Text as it is, whatever is in it: the fence is longer than any within. */
export function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}
