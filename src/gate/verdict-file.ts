import schema from '../../docs/schemas/verdict.json' with { type: 'json' };
import { checkSchema, type ParsedFile } from '../workspace/index.ts';
import type { Verdict } from './verdict.ts';

/** Checks a parsed verdict. Errors: E_CONFIG_*, E_DIGEST_FORMAT. */
export const parseVerdict = (parsed: ParsedFile): Verdict => checkSchema<Verdict>(parsed, schema);
