/**
 * Reads the byte strings of SSH's wire format (RFC 4251, section 5): four bytes of length, big endian, then the bytes.
 * Null is the answer to anything that ends early.
 */
export class SshReader {
  private readonly bytes: Buffer;
  private at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }
  take(length: number): Buffer | null {
    if (this.at + length > this.bytes.length) return null;
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
  number(): number | null {
    return this.take(4)?.readUInt32BE() ?? null;
  }
  string(): Buffer | null {
    const length = this.number();
    return length === null ? null : this.take(length);
  }
  get done(): boolean {
    return this.at === this.bytes.length;
  }
}

export function sshString(bytes: Uint8Array | string): Buffer {
  const content = Buffer.from(bytes);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, content]);
}

/** One text for one value: lenient readers would skip what does not belong there. */
export function strictBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
}
