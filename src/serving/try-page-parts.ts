// Style and script of the page, kept apart so that the page itself reads as HTML.

export const pageStyle = `
:root { color-scheme: light dark; --ink: light-dark(#1b1f24, #e8eaed); --soft: light-dark(#667080, #9aa4b2);
  --line: light-dark(#d8dee6, #343b45); --card: light-dark(#fff, #1c2128); --page: light-dark(#f4f6f9, #12161b);
  --accent: light-dark(#2257d6, #7aa2ff); }
* { box-sizing: border-box; margin: 0; }
body { background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 46rem; margin: 6vh auto; padding: 0 1.25rem; }
h1 { font-size: 1.9rem; letter-spacing: -.02em; }
h1 small { font-size: 1rem; font-weight: 500; color: var(--accent); margin-left: .3em; }
header p, i, footer { color: var(--soft); font-style: normal; }
form { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: 1rem; margin: 1.5rem 0;
  padding: 1.5rem; background: var(--card); border: 1px solid var(--line); border-radius: 14px; }
label { display: flex; flex-direction: column; justify-content: space-between; }
label span { display: block; font-weight: 600; font-size: .9rem; overflow-wrap: anywhere; }
label i { font-weight: 400; font-size: .8rem; }
input { width: 100%; padding: .5rem .65rem; margin-top: .25rem; font: inherit; color: inherit;
  background: var(--page); border: 1px solid var(--line); border-radius: 8px; }
input:focus, button:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
button { grid-column: 1 / -1; padding: .65rem; font: inherit; font-weight: 600; color: light-dark(#fff, #0d1117);
  background: var(--accent); border: 0; border-radius: 8px; cursor: pointer; }
output { display: block; min-height: 6rem; }
output b { font-size: 2.6rem; letter-spacing: -.03em; font-variant-numeric: tabular-nums; }
output p { color: var(--soft); margin-bottom: 1.5rem; }
output .bar { height: 10px; margin: .4rem 0; background: var(--line); border-radius: 5px; overflow: hidden; }
output .bar div { height: 100%; background: var(--accent); transition: width .3s; }
output.error { color: light-dark(#b3261e, #ff8a80); }
footer { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; justify-content: space-between; font-size: .8rem; }
footer code { max-width: 100%; overflow: hidden; text-overflow: ellipsis; }
footer a { color: var(--accent); margin-right: .6rem; }
`;

export const pageScript = `
const { task, threshold, output } = JSON.parse(document.getElementById('facts').textContent);
const form = document.querySelector('form');
const place = document.querySelector('output');

const valueOf = ({ value, dataset: { type } }) =>
  value === '' ? null : type === 'number' || type === 'integer' ? Number(value) : type === 'boolean' ? value === 'true' : value;

const element = (name, words, className = '') =>
  Object.assign(document.createElement(name), { textContent: words, className });

function show({ score, prediction }, milliseconds) {
  place.className = '';
  if (task === 'regression') {
    place.replaceChildren(
      element('b', score.toPrecision(6) + (output.unit ? ' ' + output.unit : '')),
      element('p', output.name + ' \\u00b7 ' + milliseconds + ' ms'),
    );
    return;
  }
  const bar = element('div', '', 'bar');
  bar.append(element('div', ''));
  bar.firstChild.style.width = 100 * score + '%';
  const what = output.name + (output.positive ? ' = ' + output.positive : '');
  const said = prediction ? 'predicted: ' + what : 'not predicted: ' + what;
  place.replaceChildren(
    element('b', (100 * score).toFixed(1) + ' %'),
    bar,
    element('p', said + ' (threshold ' + threshold + ') \\u00b7 ' + milliseconds + ' ms'),
  );
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const inputs = [...form.querySelectorAll('input')];
  const row = Object.fromEntries(inputs.map((input) => [input.name, valueOf(input)]));
  const started = performance.now();
  try {
    const response = await fetch('predict', { method: 'POST', body: JSON.stringify({ rows: [row] }) });
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.error);
    show(answer.predictions[0], Math.max(1, Math.round(performance.now() - started)));
  } catch (error) {
    place.className = 'error';
    place.replaceChildren(element('p', error.message));
  }
});
`;
