import { type Digest, digestOf, hexOf } from '../../workspace/index.ts';
import type { Bucket } from '../remotes/bucket.ts';
import { objectPath } from '../store/store.ts';
import { type Location, packSize } from './maps.ts';

/** Packs on their way at a time. */
const atOnce = 3;

/** Fills packs and sends each when it is full, a few at a time: so many packs are in memory, and no more. */
export class PackWriter {
  /** Where what was added lies; complete after `end`. */
  readonly locations = new Map<Digest, Location>();
  /** Bytes that were sent. */
  sent = 0;
  private readonly bucket: Bucket;
  private readonly onBytes: (count: number) => void;
  private pack: Buffer = Buffer.allocUnsafe(packSize);
  private used = 0;
  private waiting: { readonly digest: Digest; readonly offset: number }[] = [];
  private readonly sending = new Set<Promise<void>>();
  private readonly free: Buffer[] = [];
  private failure: { readonly error: unknown } | undefined;

  constructor(bucket: Bucket, onBytes: (count: number) => void) {
    this.bucket = bucket;
    this.onBytes = onBytes;
  }

  /** Copies the bytes, which must be verified and fewer than a pack holds. Errors: those of an earlier `put`. */
  async add(digest: Digest, bytes: Uint8Array): Promise<void> {
    if (this.used + bytes.length > packSize) await this.send();
    this.pack.set(bytes, this.used);
    this.waiting.push({ digest, offset: this.used });
    this.used += bytes.length;
  }

  /** Waits until everything is there. Errors: those of `put`. */
  async end(): Promise<void> {
    if (this.waiting.length > 0) await this.send();
    await Promise.all(this.sending);
    this.check();
  }

  private async send(): Promise<void> {
    const { pack, used, waiting } = this;
    const bytes = pack.subarray(0, used);
    const digest = digestOf(bytes);
    for (const object of waiting) this.locations.set(object.digest, { pack: digest, offset: object.offset });
    const done = this.bucket
      .put(objectPath(digest), bytes, hexOf(digest))
      .then(
        () => {
          this.sent += used;
          this.onBytes(used);
        },
        (error: unknown) => {
          this.failure ??= { error };
        },
      )
      .then(() => {
        this.sending.delete(done);
        this.free.push(pack);
      });
    this.sending.add(done);
    if (this.sending.size >= atOnce) await Promise.race(this.sending);
    this.check();
    this.pack = this.free.pop() ?? Buffer.allocUnsafe(packSize);
    this.used = 0;
    this.waiting = [];
  }

  private check(): void {
    if (this.failure) throw this.failure.error;
  }
}
