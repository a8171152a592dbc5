import type { InputColumn } from '../model/model-file.ts';
import { categoriesOf } from '../model/model-metadata.ts';
import type { ServedModel } from './served-model.ts';
import { pageScript, pageStyle } from './try-page-parts.ts';

/** `GET /`: one page without anything from outside, to ask the model by hand. Values only of public columns. */
export function tryPage({ metadata, file, golden, onnxMetadata }: ServedModel): string {
  const example = golden.requests[Math.floor(golden.requests.length / 2)]?.inputs ?? {};
  const categories = categoriesOf(onnxMetadata);
  const fields = file.inputs.map((input) =>
    field(
      input,
      input.public ? example[input.name] : undefined,
      input.public ? (categories[input.name] ?? []) : [],
    ),
  );
  const facts = { task: metadata.task, threshold: metadata.threshold ?? 0.5, output: file.output };
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(metadata.model)} ${text(metadata.version)}</title>
<style>${pageStyle}</style>
<main>
<header>
<h1>${text(metadata.model)} <small>${text(metadata.version)}</small></h1>
<p>${text(file.description ?? `Predicts ${file.output.name}.`)}</p>
</header>
<form>
${fields.join('\n')}
<button>Predict</button>
</form>
<output aria-live="polite"></output>
<footer>
<code title="digest of model.onnx">${text(metadata.modelDigest)}</code>
<nav><a href="metadata">metadata</a> <a href="v2/models/${encodeURIComponent(metadata.model)}">protocol v2</a> <a href="v2/health/ready">ready</a></nav>
</footer>
</main>
<script type="application/json" id="facts">${JSON.stringify(facts).replaceAll('<', '\\u003c')}</script>
<script>${pageScript}</script>
</html>
`;
}

function field(input: InputColumn, example: unknown, known: readonly string[]): string {
  const { name, type, description, missing } = input;
  const list = known.length > 0 && known.length <= 1000 ? `list-${encodeURIComponent(name)}` : '';
  const options = list && known.map((value) => `<option value="${text(value)}">`).join('');
  const attributes = [
    `name="${text(name)}" data-type="${type}"`,
    example === undefined || example === null ? '' : `value="${text(String(example))}"`,
    missing === false ? 'required' : '',
    list && `list="${text(list)}"`,
    kindOf(input),
  ];
  const note = [description, missing === false ? '' : 'may be empty'].filter(Boolean).join(', ');
  return `<label><span>${text(name)} <i>${text(note)}</i></span>
<input ${attributes.filter(Boolean).join(' ')}>${list && `<datalist id="${text(list)}">${options}</datalist>`}</label>`;
}

function kindOf({ type, minimum, maximum }: InputColumn): string {
  switch (type) {
    case 'number':
    case 'integer': {
      const range = [
        minimum === undefined ? '' : `min="${minimum}"`,
        maximum === undefined ? '' : `max="${maximum}"`,
      ];
      return ['type="number"', `step="${type === 'integer' ? 1 : 'any'}"`, ...range]
        .filter(Boolean)
        .join(' ');
    }
    case 'boolean':
      return 'placeholder="true or false" pattern="true|false"';
    case 'date':
      return 'placeholder="2001-01-31 or 2001-01-31T08:30"';
    case 'category':
      return '';
  }
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const text = (value: string): string => value.replace(/[&<>"]/g, (character) => escapes[character]!);
