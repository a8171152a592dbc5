import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Tools } from '../suite.ts';
import { freePort } from '../tools/free-port.ts';

/** Debian's docker-registry on the loopback; returns `127.0.0.1:<port>`. It ends with the suite. `auth`: as its configuration has it. */
export async function startRegistry({ programs, folder }: Tools, auth?: object): Promise<string> {
  const host = `127.0.0.1:${await freePort()}`;
  const settings = {
    version: '0.1',
    log: { level: 'error' },
    storage: { filesystem: { rootdirectory: join(folder, 'registry') }, delete: { enabled: true } },
    http: { addr: host },
    ...(auth === undefined ? {} : { auth }),
  };
  const file = join(folder, 'registry.yml');
  writeFileSync(file, JSON.stringify(settings));
  const child = programs.start('docker-registry', ['serve', file]);
  let said = '';
  for (const stream of [child.stdout!, child.stderr!])
    stream.on('data', (text: Buffer) => {
      said += text.toString();
    });
  const deadline = Date.now() + 10_000;
  for (;;) {
    const answer = await fetch(`http://${host}/v2/`).catch(() => null);
    if (answer?.ok || answer?.status === 401) return host;
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`docker-registry: ${said}`);
    await sleep(50);
  }
}
