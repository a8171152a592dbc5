/**
 * Whether a query orders its result: ORDER BY outside of every bracket, text and comment. Names in double quotes, texts
 * in single ones and in dollars, as DuckDB and PostgreSQL write them.
 */
export function isOrdered(sql: string): boolean {
  const bare = sql.replace(
    /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\w*)\$[\s\S]*?\$\1\$/g,
    ' ',
  );
  let depth = 0;
  let outside = '';
  for (const character of bare) {
    if (character === '(') depth++;
    if (depth === 0) outside += character;
    if (character === ')') depth--;
  }
  return depth === 0 && /\border\s+by\b/i.test(outside);
}
