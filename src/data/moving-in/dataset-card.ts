import { LockstepError, parseJson, parseYaml, readConfiguration } from '../../workspace/index.ts';
import { aboutOf, clean } from './croissant.ts';
import { fieldsOf, isMap } from './loose-yaml.ts';
import type { About } from './wanted-file.ts';

/**
 * What a dataset card of the Hugging Face hub (README.md with YAML front matter), or a Croissant description, says of its
 * dataset. Errors: E_CONFIG_MISSING, E_CONFIG_TYPE (no front matter), E_YAML_*, E_JSON_*.
 */
export function readDatasetCard(path: string, shownAs: string): About {
  const text = Buffer.from(readConfiguration(path, shownAs)).toString('utf8').replaceAll('\r\n', '\n');
  if (text.trimStart().startsWith('{')) return aboutOf(fieldsOf(parseJson(text, shownAs)));
  const [, matter, body] = /^---\n([\s\S]*?\n)---(?:\n([\s\S]*))?$/.exec(text) ?? [];
  if (matter === undefined)
    throw new LockstepError('E_CONFIG_TYPE', {
      what: 'no YAML front matter',
      where: { file: shownAs, line: 1 },
      allowed: 'a card that begins with ---, as on the Hugging Face hub',
    });
  // The line of the dashes stays a line, so that errors name the right one.
  const fields = fieldsOf(parseYaml(`\n${matter}`, shownAs));
  const info = [fields.map.dataset_info].flat().find(isMap) ?? {};
  const { license, license_name, pretty_name } = fields.map;
  const licence = [license].flat()[0];
  const named = licence === 'other' && typeof license_name === 'string' ? license_name : licence;
  return clean({
    licence: textOf(named) ?? textOf(info.license),
    description: textOf(info.description) ?? firstParagraph(body ?? '') ?? textOf(pretty_name),
    homepage:
      textOf(info.homepage) ??
      /\*\*Homepage:?\*\*:?\s*(?:\[[^\]]*\]\()?(https?:\/\/[^\s)]+)/i.exec(body ?? '')?.[1],
  });
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** The first paragraph that is prose: no heading, list, table, image, comment or markup. */
function firstParagraph(body: string): string | undefined {
  const prose = body
    .replace(/<!--[\s\S]*?-->|```[\s\S]*?```/g, '')
    .split(/\n\s*\n/)
    .map((part) => part.trim())
    .find(
      (part) => /^[\p{L}\p{N}"'(_*]/u.test(part) && !/^(\*\s|\d+\.\s|\[?more information needed)/i.test(part),
    );
  return prose?.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[*_`]{1,2}/g, '');
}
