/** Text at the foot of a terminal that is drawn anew in place, with lines that scroll above it. */
export interface LiveTable {
  line(text: string): void;
  draw(): void;
  end(): void;
}

/** On anything but a terminal there are only the lines. */
export function openLiveTable(stream: NodeJS.WriteStream, table: () => string): LiveTable {
  let height = 0;
  const erase = () => (height === 0 ? '' : `\u001b[${height}A\u001b[0J`);
  const foot = () => {
    const lines = table()
      .split('\n')
      .map((text) => text.slice(0, Math.max(20, stream.columns - 1)));
    height = lines.length + 1;
    return `\n${lines.join('\n')}\n`;
  };
  if (!stream.isTTY) return { line: (text) => void stream.write(`${text}\n`), draw: () => {}, end: () => {} };
  return {
    line: (text) => void stream.write(`${erase()}${text}\n${foot()}`),
    draw: () => void stream.write(`${erase()}${foot()}`),
    end: () => {
      height = 0;
    },
  };
}
