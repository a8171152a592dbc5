import { Et as printable, t as init_workspace } from "./workspace.js";
init_workspace();
const gap = "​";
function inert(text, most = 200) {
	return oneLine(text.trim(), most).replace(/^[-+=]|(?<=^\d{1,9})[.)]|www(?=\.)|\b(?:GHSA|CVE|GH)(?=-)|(?<![0-9a-z])[0-9a-f]{7,}(?![0-9a-z])|[\\|&<>$@#:`*_[\]~]/gi, (found, at, whole) => replacementOf(found, /\S/.test(whole.charAt(at + found.length))));
}
function replacementOf(found, followed) {
	const entity = entities[found];
	if (entity !== void 0) return entity;
	if (found === "@") return found + gap;
	if (found === ":") return followed ? found + gap : found;
	if (found === "#") return `\\#${gap}`;
	if (found.length === 1) return `\\${found}`;
	if (/^(?:www|ghsa|cve|gh)$/i.test(found)) return found + gap;
	return found.replace(/.{6}(?=.)/g, `$&${gap}`);
}
const entities = {
	"\\": "&#92;",
	"|": "&#124;",
	"&": "&amp;",
	"<": "&lt;",
	">": "&gt;",
	$: "&#36;"
};
const inertCode = (text, most = 120) => /^(sha256:)?[0-9a-f]{1,64}$/.test(text) ? `\`${text}\`` : `<code>${inert(text, most)}</code>`;
const inertFenced = (text, most) => oneLine(text.trim(), most).replaceAll("`", "'").replaceAll("<!--", `<${gap}!--`);
const inertHtml = (text, most = 400) => oneLine(text, most).replace(/[&<>"']/g, (found) => `&#${found.charCodeAt(0)};`);
function oneLine(text, most = 200) {
	const flat = text.slice(0, most * 8).replace(/[ \t\r\n\u0085\u2028\u2029]+/g, " ");
	const short = [...flat.slice(0, most * 2 + 2)];
	const cut = short.length > most ? `${short.slice(0, most - 1).join("")}…` : flat;
	return printable(cut, Number.MAX_SAFE_INTEGER).toWellFormed();
}
export { oneLine as a, inertHtml as i, inertCode as n, inertFenced as r, inert as t };
