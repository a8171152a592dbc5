import { inertHtml } from './inert-text.ts';

/** Markup that is already safe: made by `html` from our own templates and escaped values. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Value = Markup | string | number | null | undefined | false | readonly (Markup | string)[];

/** A template whose every value is escaped unless it is Markup, so that forgetting to escape is not possible. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
  let text = parts[0]!;
  values.forEach((value, index) => {
    text += textOf(value) + parts[index + 1]!;
  });
  return new Markup(text);
}

function textOf(value: Value): string {
  if (value === null || value === undefined || value === false) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'object') return value.map(textOf).join('');
  return inertHtml(String(value));
}

export const nothing = new Markup('');

/** A section with its anchor, left out when there is nothing in it. */
export const section = (id: string, title: string, body: Markup, lead: Markup = nothing): Markup =>
  body.text === ''
    ? nothing
    : html`<section id="${id}"><h2>${title}</h2>${lead.text === '' ? nothing : html`<p class="lead">${lead}</p>`}${body}</section>`;

export interface Heading {
  readonly text: string;
  readonly number?: boolean;
}

export const htmlTable = (
  head: readonly Heading[],
  rows: readonly (readonly Markup[])[],
  note: Markup = nothing,
): Markup =>
  rows.length === 0
    ? nothing
    : html`<div class="scroll"><table><thead><tr>${head.map((cell) => html`<th${numberClass(cell)}>${cell.text}</th>`)}</tr></thead><tbody>${rows.map(
        (row) =>
          html`<tr>${row.map((cell, index) => html`<td${numberClass(head[index])}>${cell}</td>`)}</tr>`,
      )}</tbody></table></div>${note}`;

const numberClass = (heading: Heading | undefined): Markup =>
  heading?.number ? new Markup(' class="number"') : nothing;
