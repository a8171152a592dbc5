import { readFileSync } from 'node:fs';
import { askText, type Fields, field, fieldsIn, noCredentials } from './token.ts';

/**
 * The token that somebody else gave out for us, from where `credential_source` of an external_account says
 * (google.aip.dev/auth/4117): a file, or a URL with its headers, as text or as a field of a JSON object.
 */
export async function subjectToken(source: Fields = {}, who: string): Promise<string> {
  const text = await textFrom(source, who);
  const { type, subject_token_field_name: name } = (source.format ?? {}) as Fields;
  const token =
    type === 'json' ? field(fieldsIn(text) ?? {}, String(name), `what ${who} reads`) : text.trim();
  if (token !== '') return token;
  throw noCredentials(`${who} found an empty token`, 'run the step that logs in again');
}

async function textFrom(source: Fields, who: string): Promise<string> {
  if (typeof source.file === 'string') {
    try {
      return readFileSync(source.file, 'utf8');
    } catch {
      throw noCredentials(
        `${who} reads ${source.file}, which is not there`,
        'run the step that logs in again',
      );
    }
  }
  if (typeof source.url !== 'string' || source.environment_id !== undefined)
    throw noCredentials(`${who} has a credential_source of another kind`, 'use one with `file` or `url`');
  const headers = (source.headers ?? {}) as Record<string, string>;
  return askText(who, { method: 'GET', url: source.url, headers }, true);
}
