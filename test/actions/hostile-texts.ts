import { readdirSync } from 'node:fs';
import { basename } from 'node:path';

/** What each text tries to leave behind when somebody runs it. */
const touch = 'touch canary';
/** Apart from the brace, so that nobody takes what follows for a template of ours. */
const dollar = '$';

const shell = [
  `$(${touch})`,
  `\`${touch}\``,
  `; ${touch};`,
  `| ${touch}`,
  `|| ${touch}`,
  `&& ${touch}`,
  `& ${touch} &`,
  `'; ${touch}; '`,
  `"; ${touch}; "`,
  `'$(${touch})'`,
  `"$(${touch})"`,
  `${dollar}{IFS}$(${touch})`,
  `${dollar}(touch${dollar}{IFS}canary)`,
  '{touch,canary}',
  `<(${touch})`,
  `>(${touch})`,
  '> canary',
  `\n${touch}\n`,
  `\r\n${touch}\r\n`,
  `#\n${touch}`,
  `\\$(${touch})`,
  `$((${touch}))`,
  `%x(${touch})`,
  `() { :;}; ${touch}`,
];
const options = [
  `--upload-pack=${touch}`,
  `--receive-pack=${touch}`,
  `--exec=${touch}`,
  `-c core.sshCommand=${touch}`,
  `-u${touch}`,
  '--output=canary',
  '-o canary',
  '--help',
  '--',
  `ext::sh -c ${touch}`,
  'ssh://-oProxyCommand=touch canary/x',
  'file:///etc/passwd',
];
const commands = [
  '::set-env name=NODE_OPTIONS::--require=canary',
  '::add-path::canary',
  '::add-mask::a',
  '::error::forged',
  '::warning file=x,line=1::forged',
  '::stop-commands::never',
  '::set-output name=verdict::pass',
  '::save-state name=x::y',
  '::group::forged',
  '::add-matcher::canary.json',
  '##[error]forged',
  '##[add-mask]a',
  '%0A::error::forged',
  '\r::error::forged',
  '\u2028::error::forged',
  'x<<ghadelimiter\ny\nghadelimiter\nverdict=pass',
];
const expressions = [
  `${dollar}{{ github.token }}`,
  `${dollar}{{ format('{0}', secrets.X) }}`,
  `${dollar}{require('child_process').execSync('${touch}')}`,
  `#{system('${touch}')}`,
  `{{constructor.constructor('process.exit(9)')()}}`,
  '!!js/function "() => process.exit(9)"',
];
const markup = [
  '@org/team',
  '<!-- lockstep:report -->',
  '<img src=x onerror=alert(1)>',
  '![x](https://evil.example/x.png)',
  '[x](javascript:alert(1))',
  '</details>',
  '| a | b |',
  '# heading',
  'closes #1',
  '\u202egnp.exe',
  '\u001b[2J\u001b]0;x\u0007',
  '\u001b]8;;https://evil.example\u0007x',
  '```',
];
const names = [
  '../../canary',
  '/tmp/canary',
  '__proto__',
  'constructor',
  'toString',
  'refs/heads/main',
  'main@{1}',
  'HEAD',
  '@{u}',
  ':(exclude)*',
  '*',
  'a b',
  'CON',
  'canary.lock',
  'é\u0301',
];
const seeds = [...shell, ...options, ...commands, ...expressions, ...markup, ...names];

const around: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => `fix: ${text}`,
  (text) => `'${text}'`,
  (text) => `"${text}"`,
  (text) => `\n${text}`,
  (text) => `-${text}`,
  (text) => `toy#dev${text}`,
];

/** Titles, branches, labels and names as attackers write them; whoever hands one to a shell finds a file `canary`. */
export const hostileTexts: readonly string[] = [...new Set(around.flatMap((shape) => seeds.map(shape)))];

/** Those that a file system takes as a name. */
export const hostileNames: readonly string[] = hostileTexts.filter(
  (text) => !/[/\0]/.test(text) && Buffer.byteLength(text) < 200 && !/^\.{0,2}$/.test(text) && text !== '',
);

/** What a text has left behind, anywhere below a folder. */
export const canariesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => basename(path) === 'canary');
