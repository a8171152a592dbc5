import { type RegistryAddress, sameOwner } from './address.ts';
import { failed, readingAgain, type Send } from './request.ts';

const first = '/tags/list?n=1000';

/** Every tag of the repository, page by page (distribution specification, "Listing Tags"); none where nothing was pushed yet. */
export async function* listTags(
  address: RegistryAddress,
  send: Send,
  read: (response: Response) => Promise<Buffer>,
): AsyncGenerator<string> {
  const seen = new Set<string>();
  for (let path: string | null = first; path !== null; ) {
    if (seen.has(path)) throw failed(address, { method: 'GET', path }, 'its pages go round in circles');
    seen.add(path);
    const asked: { method: 'GET'; path: string } = { method: 'GET', path };
    const page = await readingAgain(address, asked, async () => {
      const response = await send(asked);
      if (response.status !== 200) await response.body?.cancel();
      if (response.status === 404) return null;
      if (response.status !== 200) throw failed(address, asked, response.status);
      return { tags: tagsIn(await read(response)), next: nextOf(response, address, asked) };
    });
    yield* page?.tags ?? [];
    path = page?.next ?? null;
  }
}

function tagsIn(bytes: Buffer): string[] {
  const { tags } = JSON.parse(bytes.toString()) as { tags?: unknown };
  return Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [];
}

/** Where the next page is (RFC 8288), which must be the registry's own, since our login goes there. */
function nextOf(
  { headers }: Response,
  address: RegistryAddress,
  asked: { method: 'GET'; path: string },
): string | null {
  const link = /<([^>]*)>\s*;[^,]*rel="?next\b/.exec(headers.get('link') ?? '')?.[1];
  if (link === undefined) return null;
  const next = URL.parse(link, address.url);
  if (next !== null && sameOwner(next.host, new URL(address.url).host)) return next.href;
  throw failed(address, asked, 'its next page is elsewhere');
}
