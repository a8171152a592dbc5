import { E as selectEntries, F as findLock, I as readLock, K as fileObjects, Q as openStore, S as numberOf, r as streamTable, x as ensureDataset } from "./data.js";
import { a as readModelFile, o as compilePattern } from "./model.js";
import { Ct as LockstepError, St as writeAtomic, Tt as isLockstepError, c as modelPath, f as statePath, ft as digestOfJson, t as init_workspace } from "./workspace.js";
import { h as readPipeline, p as listPipelines } from "./pipeline.js";
import { extname, resolve } from "node:path";
import { existsSync, readFileSync } from "node:fs";
import { isIP } from "node:net";
const bits = new Float64Array(1);
const words$1 = new Uint32Array(bits.buffer);
function hashText(text, into) {
	let a = 3735928559;
	let b = 1103547991;
	for (let at = 0; at < text.length; at++) {
		const unit = text.charCodeAt(at);
		a = Math.imul(a ^ unit, 2654435761);
		b = Math.imul(b ^ unit, 1597334677);
	}
	finish(a, b, into);
}
function hashNumber(value, into) {
	bits[0] = value === 0 ? 0 : value;
	finish(words$1[0], Math.imul(words$1[1], 2654435761), into);
}
function finish(a, b, into) {
	const low = mixed(a ^ (b << 15 | b >>> 17));
	into.low = low >>> 0;
	into.high = mixed(b + Math.imul(low, 2246822519) ^ a) >>> 0;
}
function mixed(value) {
	let mix = Math.imul(value ^ value >>> 16, 2246822507);
	mix = Math.imul(mix ^ mix >>> 13, 3266489909);
	return mix ^ mix >>> 16;
}
const keyOf = (low, high) => (high & 2097151) * 4294967296 + low + 1;
function addCell(row, at, cell, name) {
	const mixed = Math.imul(cell ^ name, 2246822519);
	row[at] = row[at] + (mixed ^ mixed >>> 15) | 0;
}
var HashIndex = class {
	#most;
	#keys = new Float64Array(1024);
	#values = new Int32Array(1024);
	size = 0;
	full = false;
	constructor(most = 1 << 22) {
		this.#most = most;
	}
	exchange(low, high, next) {
		const key = keyOf(low, high);
		let at = this.#find(key);
		if (this.#keys[at] === key) {
			const before = this.#values[at];
			this.#values[at] = next(before);
			return before;
		}
		if (this.size >= this.#most) {
			this.full = true;
			return 0;
		}
		if (this.size * 2 > this.#keys.length) {
			this.#grow();
			at = this.#find(key);
		}
		this.size++;
		this.#keys[at] = key;
		this.#values[at] = next(0);
		return 0;
	}
	#find(key) {
		const mask = this.#keys.length - 1;
		let at = key & mask;
		while (this.#keys[at] !== 0 && this.#keys[at] !== key) at = at + 1 & mask;
		return at;
	}
	#grow() {
		const [keys, values] = [this.#keys, this.#values];
		this.#keys = new Float64Array(keys.length * 2);
		this.#values = new Int32Array(keys.length * 2);
		for (let from = 0; from < keys.length; from++) {
			if (keys[from] === 0) continue;
			const at = this.#find(keys[from]);
			this.#keys[at] = keys[from];
			this.#values[at] = values[from];
		}
	}
};
const fewRows$3 = 5;
var ColumnExpectation = class {
	#checks;
	#expectation;
	#seen = 0;
	#matching = 0;
	#wanted;
	constructor(expectation, isPublic) {
		this.#expectation = expectation;
		this.#checks = rulesOf(expectation).map(([expected, bad]) => ({
			expected,
			bad,
			isPublic,
			count: 0,
			rows: [],
			values: new Set()
		}));
		this.#wanted = expectation.value === void 0 ? void 0 : plain(expectation.value);
	}
	look = (fact, row) => {
		if (fact.text === null) return;
		this.#seen++;
		if (this.#wanted !== void 0 && sameValue(fact, this.#wanted)) this.#matching++;
		for (const check of this.#checks) {
			if (!check.bad(fact, row)) continue;
			check.count++;
			if (check.rows.length < fewRows$3) check.rows.push(row);
			if (check.isPublic && check.values.size < fewRows$3) check.values.add(fact.text);
		}
	};
	misses(dataset, profile, rows) {
		const about = {
			dataset,
			column: profile.name
		};
		const cells = this.#checks.filter(({ count }) => count > 0).map(({ expected, count, rows, isPublic, values }) => ({
			...about,
			expected,
			found: `${count} ${count === 1 ? "cell is" : "cells are"} not`,
			count,
			rows,
			...isPublic && profile.personal.length === 0 ? { values: [...values] } : {}
		}));
		const whole = (expected, found, count = null) => ({
			...about,
			expected,
			found,
			count,
			rows: []
		});
		const share = this.#seen === 0 ? 0 : this.#matching / this.#seen;
		const { distinct, nulls } = profile;
		const wholes = [
			[
				"nulls-at-most",
				(limit) => nulls / rows > limit,
				(limit) => whole(`missing in at most ${percent(limit)}`, `missing in ${percent(nulls / rows)}`, nulls)
			],
			[
				"distinct-at-least",
				(limit) => distinct.count < limit,
				(limit) => whole(`at least ${limit} different values`, `${distinct.count} different`)
			],
			[
				"distinct-at-most",
				(limit) => distinct.count > limit,
				(limit) => whole(`at most ${limit} different values`, `${distinct.count} different`)
			],
			[
				"share-at-least",
				(limit) => share < limit,
				(limit) => whole(`one value in at least ${percent(limit)}`, `in ${percent(share)}`)
			],
			[
				"share-at-most",
				(limit) => share > limit,
				(limit) => whole(`one value in at most ${percent(limit)}`, `in ${percent(share)}`)
			]
		].flatMap(([key, wrong, miss]) => {
			const limit = this.#expectation[key];
			return typeof limit === "number" && wrong(limit) ? [miss(limit)] : [];
		});
		return [...cells, ...wholes];
	}
};
function rulesOf(expectation) {
	const { type, unique, matches } = expectation;
	const rules = [];
	if (type !== void 0) rules.push([`type ${type}`, isNoneOf[type]]);
	const least = expectation["at-least"];
	const most = expectation["at-most"];
	if (least !== void 0) rules.push([`at least ${least}`, (fact) => compare(fact, least) < 0]);
	if (most !== void 0) rules.push([`at most ${most}`, (fact) => compare(fact, most) > 0]);
	const allowed = expectation["one-of"];
	if (allowed) {
		const texts = new Set(allowed.map(plain));
		rules.push([`one of the ${allowed.length === 1 ? "value" : `${allowed.length} values`} listed`, ({ text, number }) => !texts.has(text) && !texts.has(String(number))]);
	}
	if (matches !== void 0) {
		const pattern = compilePattern(matches);
		rules.push([`matches ${matches}`, ({ text }) => !pattern.test(text)]);
	}
	if (unique) {
		const known = new HashIndex(1 << 23);
		rules.push(["unique", ({ hash }) => known.exchange(hash.low, hash.high, () => 1) === 1]);
	}
	return rules;
}
const isNoneOf = {
	number: ({ number }) => Number.isNaN(number),
	integer: ({ number }) => !Number.isInteger(number),
	boolean: ({ number }) => number !== 0 && number !== 1,
	category: () => false,
	date: ({ form }) => form !== "date"
};
function compare({ number, text, form }, bound) {
	if (typeof bound === "number") return Number.isNaN(number) ? 0 : number - bound;
	if (form !== "date") return 0;
	const date = text.slice(0, bound.length);
	return date < bound ? -1 : date > bound ? 1 : 0;
}
const plain = (value) => typeof value === "boolean" ? value ? "1" : "0" : String(value);
const sameValue = ({ text, number }, wanted) => text === wanted || String(number) === wanted;
const percent = (share) => `${Number((share * 100).toPrecision(3))} %`;
function rowMisses(expectation, { dataset, rows, duplicates }) {
	const misses = [];
	const miss = (expected, found, count = null, at = []) => misses.push({
		dataset,
		expected,
		found,
		count,
		rows: at
	});
	const least = expectation["rows-at-least"];
	const most = expectation["rows-at-most"];
	const twice = expectation["duplicates-at-most"];
	if (least !== void 0 && rows < least) miss(`at least ${least} rows`, `${rows} rows`);
	if (most !== void 0 && rows > most) miss(`at most ${most} rows`, `${rows} rows`);
	if (twice !== void 0 && duplicates.count / rows > twice) {
		const found = `${percent(duplicates.count / rows)} stood before`;
		miss(`at most ${percent(twice)} of the rows twice`, found, duplicates.count, duplicates.rows);
	}
	return misses;
}
function sharedMisses({ dataset, "shared-rows-at-most": limit }, overlaps) {
	if (dataset === void 0 || limit === void 0) return [];
	return overlaps.filter(({ equal, of }) => equal / of > limit).map(({ part, other, equal, of, rows }) => ({
		dataset,
		expected: `at most ${percent(limit)} of the rows in two parts`,
		found: `${percent(equal / of)} of ${part} stand in ${other} too`,
		count: equal,
		rows
	}));
}
const training = /(?:^|[^a-z])train(?:ing)?(?:[^a-z]|$)/i;
const testing = /(?:^|[^a-z])(?:test|testing|val|valid|validation|dev|eval|holdout)(?:[^a-z]|$)/i;
function findingsOf(profile, declared) {
	const { dataset } = profile;
	const found = [];
	const note = (finding) => found.push({
		dataset,
		...finding
	});
	const doubt = (kind, what, rest = {}) => note({
		kind,
		severity: "doubt",
		what,
		...rest
	});
	const { header, duplicates, rows } = profile;
	if (header.mark) doubt("header", "the file begins with a byte order mark");
	if (header.blank > 0) doubt("header", `${plural(header.blank, "column")} without a name`, { count: header.blank });
	for (const name of header.duplicate) note({
		kind: "header",
		severity: "error",
		column: name,
		what: "the name stands more than once in the header"
	});
	if (header.control > 0) doubt("header", `control characters in ${plural(header.control, "name")}`, { count: header.control });
	for (const name of header.index) doubt("header", "an index that a program wrote, not data", { column: name });
	for (const column of profile.columns) {
		const about = { column: column.name };
		if (column.constant) doubt("constant", column.type === "empty" ? "no value at all" : "the same value in every row", about);
		if (column.mixed) {
			const { among, count, rows: at } = column.mixed;
			const what = among === "texts" ? "numbers among texts" : `no ${among.slice(0, -1)}`;
			doubt("cells", `${plural(count, "cell")} that ${count === 1 ? "is" : "are"} ${what}`, {
				...about,
				count,
				rows: at
			});
		}
		if (column.padded.count > 0) doubt("cells", `blanks around ${plural(column.padded.count, "cell")}`, {
			...about,
			...column.padded
		});
		if (column.control.count > 0) doubt("cells", `line ends or control characters in ${plural(column.control.count, "cell")}`, {
			...about,
			...column.control
		});
		if (column.personal.length > 0 && !declared.includes(column.name)) {
			const signs = column.personal.map(({ kind, by, share }) => `${kind} by its ${by}${share === void 0 ? "" : ` (${percent(share)})`}`);
			note({
				kind: "personal",
				severity: "error",
				...about,
				what: `looks personal: ${signs.join(", ")}`
			});
		}
	}
	if (duplicates.count > 0) doubt("duplicates", `${plural(duplicates.count, "row")} (${percent(duplicates.count / rows)}) that stood before`, {
		count: duplicates.count,
		rows: duplicates.rows
	});
	for (const { column, measure, value } of profile.doubles) doubt("label", `tells the label ${profile.label.column} by itself (${measure === "auc" ? "AUC" : "R²"} ${value.toFixed(4)}): is it known before the answer?`, { column });
	found.push(...overlapFindings(dataset, profile.overlaps));
	for (const { part, other, count, rows: at } of profile.twins) doubt(part === other ? "duplicates" : "leakage", `${plural(count, "text")}${part === other ? "" : ` of ${part}`} nearly as one ${part === other ? "before" : `of ${other}`} (MinHash, 80 %)`, {
		count,
		rows: at
	});
	return found;
}
function overlapFindings(dataset, overlaps) {
	return overlaps.flatMap(({ part, other, equal, near, of, rows }) => {
		const split = [part, other].some((name) => training.test(base(name))) && [part, other].some((name) => testing.test(base(name)));
		const found = [];
		if (equal > 0) found.push({
			kind: "leakage",
			severity: split ? "error" : "doubt",
			dataset,
			what: `${plural(equal, "row")} (${percent(equal / of)}) of ${part} stand in ${other} too`,
			count: equal,
			rows
		});
		if (near > 0 && near / of >= .001) found.push({
			kind: "leakage",
			severity: "doubt",
			dataset,
			what: `${plural(near, "row")} (${percent(near / of)}) of ${part} nearly as in ${other} (rounding, case, punctuation)`,
			count: near,
			rows: equal > 0 ? [] : rows
		});
		return found;
	});
}
const isTraining = (name) => training.test(base(name));
const base = (name) => name.split("/").at(-1);
const plural = (count, word) => `${String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ",")} ${word}${count === 1 ? "" : "s"}`;
const mostParts = 31;
const fewRows$2 = 5;
var SplitOverlap = class {
	#parts = new Map();
	#pairs = new Map();
	#equal = new HashIndex();
	#near = new HashIndex();
	add(part, hashes, at, row) {
		let own = this.#parts.get(part);
		if (!own) {
			if (this.#parts.size >= mostParts) return;
			own = {
				bit: 1 << this.#parts.size,
				rows: 0
			};
			this.#parts.set(part, own);
		}
		own.rows++;
		const { bit } = own;
		const mark = (before) => before | bit;
		const equal = this.#equal.exchange(hashes.low[at] >>> 0, hashes.high[at] >>> 0, mark) & ~bit;
		const near = this.#near.exchange(hashes.roughLow[at] >>> 0, hashes.roughHigh[at] >>> 0, mark) & ~bit & ~equal;
		if ((equal | near) === 0) return;
		for (const [other, found] of this.#parts) {
			if (((equal | near) & found.bit) === 0) continue;
			const pair = this.#pair(part, other);
			if (equal & found.bit) pair.equal++;
			else pair.near++;
			if (pair.rows.length < fewRows$2) pair.rows.push(row);
		}
	}
	overlaps() {
		return [...this.#pairs].map(([key, { equal, near, rows }]) => {
			const [part, other] = JSON.parse(key);
			return {
				part,
				other,
				equal,
				near,
				of: this.#parts.get(part).rows,
				rows
			};
		});
	}
	#pair(part, other) {
		const key = JSON.stringify([part, other]);
		let pair = this.#pairs.get(key);
		if (!pair) {
			pair = {
				equal: 0,
				near: 0,
				rows: []
			};
			this.#pairs.set(key, pair);
		}
		return pair;
	}
};
function passesLuhn(digits) {
	let sum = 0;
	for (let at = 0; at < digits.length; at++) {
		const digit = digits.charCodeAt(digits.length - 1 - at) - 48;
		const doubled = at % 2 === 1 ? digit * 2 : digit;
		sum += doubled > 9 ? doubled - 9 : doubled;
	}
	return sum % 10 === 0;
}
function isCard(text) {
	if (!/^[3-6]\d{3}[ -]?\d[\d -]{7,20}\d$/.test(text)) return false;
	const digits = text.replace(/[ -]/g, "");
	return digits.length >= 13 && digits.length <= 19 && passesLuhn(digits);
}
function isIban(text) {
	const bare = text.replace(/ /g, "");
	if (bare.length > 34 || !/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(bare)) return false;
	let rest = 0;
	for (const character of bare.slice(4) + bare.slice(0, 4)) {
		const value = Number.parseInt(character, 36);
		rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
	}
	return rest === 1;
}
const weighted = (digits, weights) => weights.reduce((sum, weight, at) => sum + weight * (digits.charCodeAt(at) - 48), 0);
const descending = (from, to) => Array.from({ length: from - to + 1 }, (_, at) => from - at);
const nationalIds = {
	"US social security": (text) => /^(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}$/.test(text),
	"GB national insurance": (text) => /^[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]$/.test(text),
	"ES DNI": (text) => /^[XYZ\d]\d{7}-?[A-Z]$/.test(text) && "TRWAGMYFPDXBNJZSQVHLCKE"[Number(text.slice(0, 8).replace(/^[XYZ]/, (c) => `${"XYZ".indexOf(c)}`)) % 23] === text.at(-1),
	"FR NIR": (text) => {
		const bare = text.replace(/ /g, "");
		return /^[12]\d{14}$/.test(bare) && 97 - Number(bare.slice(0, 13)) % 97 === Number(bare.slice(13));
	},
	"IT codice fiscale": (text) => /^[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]$/.test(text),
	"BR CPF": (text) => {
		const bare = text.replace(/[.-]/g, "");
		if (!/^\d{3}\.\d{3}\.\d{3}-\d{2}$/.test(text) || /^(\d)\1{10}$/.test(bare)) return false;
		const check = (length) => weighted(bare, descending(length + 1, 2)) * 10 % 11 % 10 === Number(bare[length]);
		return check(9) && check(10);
	},
	"NL BSN": (text) => /^\d{9}$/.test(text) && weighted(text, [
		9,
		8,
		7,
		6,
		5,
		4,
		3,
		2,
		-1
	]) % 11 === 0,
	"PL PESEL": (text) => /^\d{11}$/.test(text) && weighted(text, [
		1,
		3,
		7,
		9,
		1,
		3,
		7,
		9,
		1,
		3,
		1
	]) % 10 === 0 && isDay(text)
};
const isDay = (text) => {
	const month = Number(text.slice(2, 4)) % 20;
	const day = Number(text.slice(4, 6));
	return month >= 1 && month <= 12 && day >= 1 && day <= 31;
};
const contents = [
	{
		kind: "e-mail",
		is: (text) => /^[^\s@]{1,64}@[^\s@.]+(?:\.[^\s@.]+)+$/.test(text),
		from: .5
	},
	{
		kind: "phone",
		is: isPhone,
		from: .8
	},
	{
		kind: "IBAN",
		is: isIban,
		from: .5
	},
	{
		kind: "credit card",
		is: isCard,
		from: .8
	},
	{
		kind: "IP address",
		is: (text) => isIP(text) !== 0,
		from: .5
	},
	{
		kind: "MAC address",
		is: (text) => /^[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}$/.test(text),
		from: .5
	},
	...Object.entries(nationalIds).map(([name, is]) => ({
		kind: `national id (${name})`,
		is,
		from: .9
	}))
];
const longest = 254;
function isPhone(text) {
	if (!/^\+?[\d(][\d ()./-]{7,24}$/.test(text) || /^\d{4}-\d\d-\d\d/.test(text)) return false;
	const digits = text.replace(/\D/g, "").length;
	if (digits < 9 || digits > 15) return false;
	if (text.startsWith("+")) return true;
	return /[ ()./-]/.test(text) && !/^\d+\.\d+$/.test(text) && !/^\d+-\d+$/.test(text);
}
function contentBits(text) {
	if (text.length < 7 || text.length > longest) return 0;
	let bits = 0;
	for (const [index, { is }] of contents.entries()) if (is(text)) bits |= 1 << index;
	return bits;
}
var ContentCount = class {
	#counts = new Int32Array(contents.length);
	looked = 0;
	add(bits) {
		this.looked++;
		for (let left = bits; left !== 0; left &= left - 1) this.#counts[31 - Math.clz32(left & -left)]++;
	}
	signs() {
		if (this.looked < 5) return [];
		return contents.flatMap(({ kind, from }, index) => {
			const share = this.#counts[index] / this.looked;
			return share >= from ? [{
				kind,
				by: "content",
				share: Math.round(share * 1e3) / 1e3
			}] : [];
		});
	}
};
const headers = [
	{
		kind: "e-mail",
		words: /\be ?mails?\b|\bcorreo\b|\bcourriel\b/,
		text: true
	},
	{
		kind: "phone",
		words: /\b(?:tele)?phones?\b|\bmobile number\b|\btelefono?\b|\bmsisdn\b|\bfax\b/
	},
	{
		kind: "name",
		words: /^(?:full ?)?names?$|\b(?:first|last|full|given|family|middle|maiden|sur|user|customer|patient|employee|person|contact) ?name\b|\bprenom\b|^nom$|\b(?:vor|nach)name\b|\bapellidos?\b|^nombre$|\bcognome\b/,
		text: true
	},
	{
		kind: "address",
		words: /\b(?:home|street|postal|mailing|billing|shipping)? ?address\b|\bstreet\b|\badresse\b|\bdireccion\b/,
		text: true
	},
	{
		kind: "postal code",
		words: /\bzip(?: ?code)?\b|\bpost(?:al)? ?code\b|\bplz\b/
	},
	{
		kind: "date of birth",
		words: /\bbirth ?(?:day|date|year)\b|^birth$|\bdate of birth\b|\bdob\b|\bgeburts?\w*\b|\bnacimiento\b|\bnaissance\b/
	},
	{
		kind: "national id",
		words: /\bssn\b|\bsocial security\b|\bnational id\b|\bpassport\b|\btax ?id\b|\bnino\b|\bcpf\b|\bpesel\b|\bdriving licen[cs]e\b/
	},
	{
		kind: "bank",
		words: /\biban\b|\bcredit ?card\b|\bcard ?number\b|\baccount ?(?:number|no)\b|\bsort ?code\b|\bcvv\b/
	},
	{
		kind: "IP address",
		words: /\bip(?:v[46])?(?: ?address)?\b/,
		text: true
	},
	{
		kind: "location",
		words: /^(?:home ?)?(?:lat|lon|lng|latitude|longitude)$|\bgps\b/
	},
	{
		kind: "special category",
		words: /^race$|\bethnic(?:ity)?\b|\breligion\b|\bsexual orientation\b|\bpolitical\b|\bdiagnosis\b/
	}
];
const headerWords = (name) => name.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/([a-z\d])([A-Z])/g, "$1 $2").toLowerCase().replace(/[^a-z\d]+/g, " ").trim();
function headerSigns(name, isNumber) {
	const words = headerWords(name);
	return headers.filter(({ words: pattern, text }) => pattern.test(words) && !(text && isNumber)).filter(({ kind }) => kind !== "address" || !/\b(?:ip|mac|e ?mail)\b/.test(words)).map(({ kind }) => ({
		kind,
		by: "header"
	}));
}
const mostCells = 2 ** 23;
const sampleSize = (columns) => Math.max(1e3, Math.min(2 ** 18, Math.floor(mostCells / Math.max(1, columns))));
var RowSample = class {
	size;
	#seen = 0;
	#state = 2654435769;
	constructor(size) {
		this.size = size;
	}
	get rows() {
		return Math.min(this.#seen, this.size);
	}
	get exact() {
		return this.#seen <= this.size;
	}
	places(rows) {
		const places = new Int32Array(rows);
		for (let row = 0; row < rows; row++) {
			const seen = this.#seen++;
			const place = seen < this.size ? seen : Math.floor(this.#random() * (seen + 1));
			places[row] = place < this.size ? place : -1;
		}
		return places;
	}
	#random() {
		this.#state = this.#state + 1831565813 | 0;
		let mixed = Math.imul(this.#state ^ this.#state >>> 15, 1 | this.#state);
		mixed = mixed + Math.imul(mixed ^ mixed >>> 7, 61 | mixed) ^ mixed;
		return ((mixed ^ mixed >>> 14) >>> 0) / 4294967296;
	}
};
var SampledColumn = class {
	values = new Float64Array(0);
	set(place, value) {
		if (place >= this.values.length) {
			if (Number.isNaN(value)) return;
			const longer = new Float64Array(Math.max(1024, 2 ** Math.ceil(Math.log2(place + 1)))).fill(NaN);
			longer.set(this.values);
			this.values = longer;
		}
		this.values[place] = value;
	}
	at(place) {
		return place < this.values.length ? this.values[place] : NaN;
	}
	sorted() {
		return this.values.filter((value) => !Number.isNaN(value)).sort();
	}
};
function quantile(sorted, share) {
	if (sorted.length === 0) return NaN;
	const place = share * (sorted.length - 1);
	const below = Math.floor(place);
	const low = sorted[below];
	const high = sorted[Math.min(below + 1, sorted.length - 1)];
	return low === high ? low : low + (high - low) * (place - below);
}
const mostTop = 5;
const mostValues = 20;
const fewValues = 1e3;
const strayShare = .05;
function columnProfile(scan, faults, isPublic, withValues = false) {
	const type = typeOf(scan);
	const isNumber = type === "number" || type === "integer" || type === "boolean";
	const personal = uniqueSigns([...headerSigns(scan.name, isNumber), ...scan.content.signs()]);
	const closed = personal.length > 0;
	const distinct = scan.distinct();
	const mixed = strayForm(scan, type);
	return {
		name: scan.name,
		type,
		nulls: scan.nulls,
		distinct,
		constant: distinct.exact && distinct.count <= 1 && (scan.nulls === 0 || scan.seen === 0),
		...isNumber && !closed ? { numbers: numbersOf(scan) } : {},
		...type === "date" && !closed ? { dates: {
			earliest: scan.earliest,
			latest: scan.latest
		} } : {},
		...distinct.exact && distinct.count <= fewValues && type !== "date" ? { top: topOf(scan, isPublic && !closed) } : {},
		...withValues && personal.length === 0 && distinct.exact && distinct.count <= mostValues ? { values: topOf(scan, true, mostValues) } : {},
		...mixed ? { mixed } : {},
		padded: {
			count: faults.padded,
			rows: faults.paddedRows
		},
		control: {
			count: faults.control,
			rows: faults.controlRows
		},
		personal
	};
}
const dateShare = .95;
const longText$1 = 40;
function typeOf({ seen, forms, minimum, maximum, characters }) {
	if (seen === 0) return "empty";
	const numbers = forms.number + forms.integer + forms.logical;
	if (numbers === seen) {
		if (forms.number === 0 && minimum >= 0 && maximum <= 1) return "boolean";
		return forms.number === 0 ? "integer" : "number";
	}
	if (forms.date >= dateShare * seen) return "date";
	return characters / Math.max(1, seen - numbers) >= longText$1 ? "text" : "category";
}
function strayForm(scan, type) {
	const { forms, seen, rowsOf } = scan;
	const numbers = forms.number + forms.integer + forms.logical;
	const texts = forms.text + forms.date;
	const most = strayShare * seen;
	const stray = (form, among, count) => ({
		form,
		among,
		count,
		rows: rowsOf[form]
	});
	if (type === "date") return forms.date < seen ? stray(forms.text > 0 ? "text" : numberForm(scan), "dates", seen - forms.date) : void 0;
	if (numbers === 0 || texts === 0) return void 0;
	if (texts <= most) return stray(forms.text > 0 ? "text" : "date", "numbers", texts);
	return numbers <= most ? stray(numberForm(scan), "texts", numbers) : void 0;
}
const numberForm = ({ forms }) => forms.integer > 0 ? "integer" : forms.number > 0 ? "number" : "logical";
function numbersOf(scan) {
	const sorted = scan.numbers.sorted();
	const at = (share) => quantile(sorted, share);
	const quantiles = {
		p1: at(.01),
		p5: at(.05),
		p25: at(.25),
		p50: at(.5),
		p75: at(.75),
		p95: at(.95),
		p99: at(.99)
	};
	return {
		minimum: scan.minimum,
		maximum: scan.maximum,
		mean: scan.mean,
		deviation: scan.seen > 1 ? Math.sqrt(scan.squares / (scan.seen - 1)) : 0,
		quantiles,
		shape: shapeOf(sorted, quantiles.p1, quantiles.p99)
	};
}
const parts = 8;
function shapeOf(sorted, from, to) {
	const counts = new Array(parts).fill(0);
	for (const value of sorted) {
		const part = to > from ? Math.floor((value - from) / (to - from) * parts) : 0;
		counts[Math.min(7, Math.max(0, part))]++;
	}
	return counts.map((count) => Math.round(count / sorted.length * 1e3) / 1e3);
}
function topOf({ known }, shown, most = mostTop) {
	return [...known.values()].sort((a, b) => b.count - a.count || (a.text < b.text ? -1 : 1)).slice(0, most).map(({ text, count }) => shown ? {
		value: text,
		count
	} : { count });
}
const uniqueSigns = (signs) => signs.filter(({ kind, by }, at) => signs.findIndex((other) => other.kind === kind && other.by === by) === at);
const registers = 16384;
var DistinctEstimate = class {
	#ranks = new Uint8Array(registers);
	add(low, high) {
		const at = low & 16383;
		const rank = Math.clz32(high) + 1;
		if (rank > this.#ranks[at]) this.#ranks[at] = rank;
	}
	count() {
		let sum = 0;
		let empty = 0;
		for (const rank of this.#ranks) {
			sum += 2 ** -rank;
			if (rank === 0) empty++;
		}
		const raw = .7213 / 1.0000658569335938 * registers * registers / sum;
		return Math.round(raw <= 2.5 * registers && empty > 0 ? registers * Math.log(registers / empty) : raw);
	}
};
var DistinctCount = class {
	#index;
	#estimate = new DistinctEstimate();
	constructor(most) {
		this.#index = new HashIndex(most);
	}
	add(low, high) {
		if (!this.#index.full) this.#index.exchange(low, high, one);
		this.#estimate.add(low, high);
	}
	result() {
		const { size, full } = this.#index;
		return full ? {
			count: Math.max(size, this.#estimate.count()),
			exact: false
		} : {
			count: size,
			exact: true
		};
	}
};
const one = () => 1;
const facts = 15e5;
const counted = 2 ** 23;
const mostFacts = 5e3;
const fewRows$1 = 5;
const lookedAt = 5e3;
const isoDate = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;
var ColumnScan = class {
	name;
	forms = {
		number: 0,
		integer: 0,
		logical: 0,
		date: 0,
		text: 0
	};
	rowsOf = {
		number: [],
		integer: [],
		logical: [],
		date: [],
		text: []
	};
	numbers = new SampledColumn();
	codes = new SampledColumn();
	content = new ContentCount();
	rows = 0;
	nulls = 0;
	minimum = Number.POSITIVE_INFINITY;
	maximum = Number.NEGATIVE_INFINITY;
	mean = 0;
	squares = 0;
	earliest = null;
	latest = null;
	characters = 0;
	known = new Map();
	#most;
	#many;
	#season = {
		low: 0,
		high: 0
	};
	constructor(name, columns) {
		this.name = name;
		this.#most = Math.min(mostFacts, Math.max(500, Math.floor(facts / columns)));
		this.#many = new DistinctCount(Math.min(2 ** 18, Math.max(2e3, Math.floor(counted / columns))));
		hashText(name, this.#season);
	}
	add(cells, first, places, hashes, checks) {
		const { low, high } = this.#season;
		for (let at = 0; at < cells.length; at++) {
			const fact = this.#factOf(cells[at]);
			const row = first + at + 1;
			this.#count(fact, row);
			const place = places[at];
			if (place >= 0) {
				this.numbers.set(place, fact.number);
				const isText = fact.text !== null && Number.isNaN(fact.number);
				this.codes.set(place, isText ? keyOf(fact.hash.low, fact.hash.high) : NaN);
			}
			if (hashes) {
				addCell(hashes.low, at, fact.hash.low, low);
				addCell(hashes.high, at, fact.hash.high, high);
				addCell(hashes.roughLow, at, fact.rough.low, low);
				addCell(hashes.roughHigh, at, fact.rough.high, high);
			}
			for (const check of checks) check(fact, row);
		}
	}
	get seen() {
		return this.rows - this.nulls;
	}
	distinct() {
		if (!this.known) {
			const { count, exact } = this.#many.result();
			return {
				count: Math.min(count, this.seen),
				exact
			};
		}
		return {
			count: new Set([...this.known.values()].map(({ hash }) => keyOf(hash.low, hash.high))).size,
			exact: true
		};
	}
	#count(fact, row) {
		this.rows++;
		fact.count++;
		if (fact.text === null) {
			this.nulls++;
			return;
		}
		const { form, number } = fact;
		this.forms[form]++;
		const rows = this.rowsOf[form];
		if (rows.length < fewRows$1) rows.push(row);
		if (!this.known) this.#many.add(fact.hash.low, fact.hash.high);
		const seen = this.seen;
		if (seen <= lookedAt || seen % 100 === 0) {
			if (fact.personal < 0) fact.personal = contentBits(fact.text);
			this.content.add(fact.personal);
		}
		if (!Number.isNaN(number)) {
			if (number < this.minimum) this.minimum = number;
			if (number > this.maximum) this.maximum = number;
			const numbers = this.forms.number + this.forms.integer + this.forms.logical;
			const before = number - this.mean;
			this.mean += before / numbers;
			this.squares += before * (number - this.mean);
			return;
		}
		this.characters += fact.text.length;
		if (form !== "date") return;
		if (this.earliest === null || fact.text < this.earliest) this.earliest = fact.text;
		if (this.latest === null || fact.text > this.latest) this.latest = fact.text;
	}
	#factOf(cell) {
		if (cell === null) return missing;
		const found = this.known?.get(cell);
		if (found) return found;
		const fact = factOf(cell);
		if (!this.known) return fact;
		if (this.known.size < this.#most) {
			this.known.set(typeof cell === "string" ? fact.text : cell, fact);
			return fact;
		}
		for (const { hash } of this.known.values()) this.#many.add(hash.low, hash.high);
		this.known = null;
		return fact;
	}
};
const missing = {
	form: "text",
	number: NaN,
	hash: {
		low: 1,
		high: 1
	},
	rough: {
		low: 1,
		high: 1
	},
	text: null,
	count: 0,
	personal: 0
};
function factOf(cell) {
	const number = typeof cell === "number" ? cell : numberOf(cell) ?? NaN;
	const text = typeof cell === "number" ? String(cell) : ownText(cell);
	const [hash, rough] = [{
		low: 0,
		high: 0
	}, {
		low: 0,
		high: 0
	}];
	if (Number.isNaN(number)) {
		hashText(text, hash);
		hashText(text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim(), rough);
	} else {
		hashNumber(number, hash);
		hashNumber(rounded(number), rough);
	}
	return {
		form: formOf(text, number),
		number,
		hash,
		rough,
		text,
		count: 0,
		personal: -1
	};
}
function formOf(text, number) {
	if (Number.isNaN(number)) return isoDate.test(text) ? "date" : "text";
	if (/^[tf]/i.test(text)) return "logical";
	return Number.isSafeInteger(number) ? "integer" : "number";
}
const ownText = (text) => text.length < 13 ? text : Buffer.from(text).toString();
function rounded(number) {
	if (number === 0) return 0;
	const scale = 10 ** (3 - Math.floor(Math.log10(Math.abs(number))));
	return Number.isFinite(scale) && scale > 0 ? Math.round(number * scale) / scale : number;
}
const mostRows = 5e4;
const fewestRows = 50;
const fewestOfClass = 5;
const mostClasses = 20;
const mostBins = 256;
const rowsPerBin = 20;
function labelPowers(columns, label, rows) {
	const target = targetOf(label, Math.min(rows, mostRows));
	if (!target) return [];
	return columns.filter((column) => column !== label).flatMap((column) => {
		const value = Math.max(...target.classes.map((labels) => powerOf(column, labels, target.rows, target.measure)));
		return value >= .99 ? [{
			column: column.name,
			measure: target.measure,
			value
		}] : [];
	});
}
function targetOf(label, most) {
	const keys = Float64Array.from({ length: most }, (_, row) => valueKey(label, row));
	const rows = Int32Array.from(keys.keys()).filter((row) => !Number.isNaN(keys[row]));
	if (rows.length < fewestRows) return null;
	const counts = new Map();
	for (const row of rows) {
		counts.set(keys[row], (counts.get(keys[row]) ?? 0) + 1);
		if (counts.size > mostClasses) break;
	}
	if (counts.size < 2) return null;
	if (counts.size > mostClasses) {
		const numbers = Float64Array.from(keys, (_, row) => label.numbers.at(row));
		return rows.every((row) => !Number.isNaN(numbers[row])) ? {
			measure: "explained",
			rows,
			classes: [numbers]
		} : null;
	}
	const classes = [...counts].filter(([, count]) => count >= fewestOfClass).map(([key]) => key);
	if (classes.length < 2) return null;
	return {
		measure: "auc",
		rows,
		classes: (counts.size === 2 ? classes.slice(0, 1) : classes).map((key) => keys.map((other) => other === key ? 1 : 0))
	};
}
function valueKey({ numbers, codes }, row) {
	const code = codes.at(row);
	return Number.isNaN(code) ? numbers.at(row) : -1 - code;
}
function powerOf(column, labels, rows, measure) {
	const group = grouping(column, rows);
	const sums = new Map();
	let [total, count] = [0, 0];
	for (const row of rows) {
		if (!isFirstHalf(row)) continue;
		const key = group(row);
		const found = sums.get(key) ?? {
			sum: 0,
			count: 0
		};
		sums.set(key, {
			sum: found.sum + labels[row],
			count: found.count + 1
		});
		total += labels[row];
		count++;
	}
	const mean = total / count;
	const judged = rows.filter((row) => !isFirstHalf(row));
	const scores = Float64Array.from(judged, (row) => {
		const found = sums.get(group(row));
		if (!found) return mean;
		return measure === "auc" ? (found.sum + mean) / (found.count + 1) : found.sum / found.count;
	});
	const truth = Float64Array.from(judged, (row) => labels[row]);
	return measure === "auc" ? areaUnder(scores, truth) : explained(scores, truth);
}
function grouping(column, rows) {
	const numbers = Float64Array.from(rows, (row) => column.numbers.at(row)).filter((value) => !Number.isNaN(value)).sort();
	const bins = Math.min(mostBins, Math.ceil(numbers.length / rowsPerBin));
	const starts = Array.from({ length: bins }, (_, bin) => numbers[Math.floor(bin * numbers.length / bins)]);
	const edges = [...new Set(starts)];
	return (row) => {
		const value = column.numbers.at(row);
		if (Number.isNaN(value)) return valueKey(column, row);
		let [low, high] = [0, edges.length];
		while (low < high) {
			const middle = low + high >> 1;
			if (edges[middle] <= value) low = middle + 1;
			else high = middle;
		}
		return low;
	};
}
function isFirstHalf(row) {
	const mix = Math.imul(row + 1, 2246822507);
	return Math.imul(mix ^ mix >>> 13, 3266489909) >= 0;
}
function areaUnder(scores, truth) {
	const order = Int32Array.from(scores.keys()).sort((a, b) => scores[a] - scores[b]);
	let [positives, ranks] = [0, 0];
	for (let from = 0; from < order.length;) {
		let to = from;
		while (to < order.length && scores[order[to]] === scores[order[from]]) to++;
		for (let at = from; at < to; at++) {
			if (truth[order[at]] !== 1) continue;
			positives++;
			ranks += (from + to + 1) / 2;
		}
		from = to;
	}
	const pairs = positives * (order.length - positives);
	return pairs === 0 ? .5 : (ranks - positives * (positives + 1) / 2) / pairs;
}
function explained(scores, truth) {
	const mean = truth.reduce((sum, value) => sum + value, 0) / truth.length;
	let [error, variance] = [0, 0];
	for (const [at, value] of truth.entries()) {
		error += (value - scores[at]) ** 2;
		variance += (value - mean) ** 2;
	}
	return variance === 0 ? 0 : 1 - error / variance;
}
const functions = 64;
const bands = 16;
const perBand = functions / bands;
const words = 3;
const alike = .8;
const mostTexts = 2e4;
const mostBucket = 50;
var TextTwins = class {
	#texts = [];
	#buckets = new Map();
	#found = new Map();
	#factors = Uint32Array.from({ length: functions }, (_, at) => Math.imul(at * 2 + 1, 2654435761) | 1);
	add(part, row, text) {
		if (this.#texts.length >= mostTexts) return;
		const shingles = shinglesOf(text);
		if (shingles.length === 0) return;
		const signature = this.#sign(shingles);
		const scratch = {
			low: 0,
			high: 0
		};
		hashText(text, scratch);
		const own = {
			part,
			row,
			hash: scratch.low,
			signature
		};
		const candidates = new Set();
		for (let band = 0; band < bands; band++) {
			const key = `${band}:${signature.subarray(band * perBand, (band + 1) * perBand).join()}`;
			const bucket = this.#buckets.get(key);
			if (!bucket) this.#buckets.set(key, [this.#texts.length]);
			else {
				for (const candidate of bucket) candidates.add(candidate);
				if (bucket.length < mostBucket) bucket.push(this.#texts.length);
			}
		}
		this.#texts.push(own);
		const others = new Set();
		for (const candidate of candidates) {
			const other = this.#texts[candidate];
			if (other.hash === own.hash || others.has(other.part) || agreement(own, other) < alike) continue;
			others.add(other.part);
			this.#note(own, other);
		}
	}
	twins() {
		return [...this.#found.values()];
	}
	#note(own, other) {
		const key = JSON.stringify([own.part, other.part]);
		let found = this.#found.get(key);
		if (!found) {
			found = {
				part: own.part,
				other: other.part,
				count: 0,
				rows: []
			};
			this.#found.set(key, found);
		}
		found.count++;
		if (found.rows.length < 5) found.rows.push(own.row);
	}
	#sign(shingles) {
		const signature = new Uint32Array(functions).fill(4294967295);
		for (const shingle of shingles) for (let at = 0; at < functions; at++) {
			let value = Math.imul(shingle ^ shingle >>> 15, this.#factors[at]);
			value = (value ^ value >>> 13) >>> 0;
			if (value < signature[at]) signature[at] = value;
		}
		return signature;
	}
};
function shinglesOf(text) {
	const parts = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
	const hash = {
		low: 0,
		high: 0
	};
	const found = new Set();
	for (let at = 0; at + words <= parts.length; at++) {
		hashText(parts.slice(at, at + words).join(" "), hash);
		found.add(hash.low);
	}
	return [...found];
}
function agreement(a, b) {
	let same = 0;
	for (let at = 0; at < functions; at++) if (a.signature[at] === b.signature[at]) same++;
	return same / functions;
}
const indexLike = /^(?:row_?id|index|level_0|unnamed: ?\d+)$/i;
const splitName = /^(?:split|set|subset|partition|fold)$/i;
const splitValue = /^(?:train|training|test|testing|val|valid|validation|dev|eval|holdout)$/i;
const longText = 40;
const fewRows = 5;
function profileTable(stream, options) {
	const { dataset, ids = [], shown = [], expectations = [] } = options;
	const scans = stream.names.map((name) => new ColumnScan(name, stream.names.length));
	const isPublic = (name) => shown.includes(name);
	const own = expectations.filter((one) => one.dataset === void 0 || one.dataset === dataset);
	const checks = scans.map(({ name }) => own.filter((one) => one.column === name).map((one) => new ColumnExpectation(one, isPublic(name))));
	const without = stream.names.filter((name, at) => ids.includes(name) || indexLike.test(name) || stream.header[at] === "" || splitName.test(name));
	const rows = new RowLook(stream, options, without);
	const sample = new RowSample(sampleSize(scans.length));
	for (const batch of stream.batches) {
		const places = sample.places(batch.rows);
		const hashes = rows.hashes(batch.rows);
		for (const [at, scan] of scans.entries()) {
			const looks = checks[at].map(({ look }) => look);
			scan.add(batch.columns[at], batch.first, places, without.includes(scan.name) ? null : hashes, looks);
		}
		rows.look(batch, hashes);
	}
	const columns = scans.map((scan, at) => columnProfile(scan, stream.faults[at], isPublic(scan.name), options.withValues));
	const looksPersonal = (name) => columns.some((one) => one.name === name && one.personal.length > 0);
	const label = scans.find(({ name }) => name === options.label);
	const total = scans[0]?.rows ?? 0;
	const duplicates = {
		count: rows.duplicates,
		rows: rows.duplicateRows,
		without,
		exact: !rows.seen.full
	};
	const overlaps = rows.within?.overlaps() ?? [];
	const whole = {
		dataset,
		rows: total,
		duplicates
	};
	return {
		dataset,
		format: stream.format,
		rows: total,
		sample: {
			rows: sample.rows,
			exact: sample.exact
		},
		header: headerOf(stream),
		columns,
		duplicates,
		label: label ? labelOf(label, isPublic(label.name) && !looksPersonal(label.name)) : null,
		doubles: label ? labelPowers(scans.filter(({ name }) => !without.includes(name)), label, sample.rows) : [],
		overlaps,
		twins: rows.twins?.twins() ?? [],
		misses: [
			...columns.flatMap((column, at) => checks[at].flatMap((check) => check.misses(dataset, column, total))),
			...own.filter(({ column }) => column === void 0).flatMap((one) => [...rowMisses(one, whole), ...sharedMisses(one, overlaps)]),
			...absent(own, dataset, stream.names)
		]
	};
}
const absent = (expectations, dataset, names) => expectations.flatMap(({ dataset: named, column }) => named === dataset && column !== void 0 && !names.includes(column) ? [{
	dataset,
	column,
	expected: "a column of this name",
	found: "there is none",
	count: null,
	rows: []
}] : []);
function headerOf({ header, mark }) {
	return {
		mark,
		blank: header.filter((name) => name === "").length,
		duplicate: [...new Set(header.filter((name, at) => name !== "" && header.indexOf(name) !== at))],
		control: header.filter((name) => /[\u0000-\u001f\u007f\ufeff]/.test(name)).length,
		index: header.filter((name) => /^unnamed: ?\d+$|^level_0$/i.test(name))
	};
}
function labelOf({ name, known, seen }, isPublic) {
	const facts = [...known?.values() ?? []].sort((a, b) => b.count - a.count);
	if (facts.length > 20) return {
		column: name,
		classes: []
	};
	return {
		column: name,
		classes: facts.map(({ text, count }) => ({
			...isPublic ? { value: text } : {},
			share: count / seen
		}))
	};
}
var RowLook = class {
	seen = new HashIndex();
	duplicates = 0;
	duplicateRows = [];
	within;
	twins = null;
	#across;
	#dataset;
	#split;
	#texts = null;
	#hashes = empty(0);
	constructor({ names }, { dataset, across }, without) {
		this.#across = across;
		this.#dataset = dataset;
		this.#split = names.findIndex((name) => without.includes(name) && splitName.test(name));
		this.within = this.#split < 0 ? null : new SplitOverlap();
	}
	hashes(rows) {
		if (this.#hashes.low.length !== rows) this.#hashes = empty(rows);
		else for (const lane of Object.values(this.#hashes)) lane.fill(0);
		return this.#hashes;
	}
	look(batch, hashes) {
		this.#texts ??= longTexts(batch);
		if (this.#texts.length > 0) this.twins ??= new TextTwins();
		const split = batch.columns[this.#split];
		for (let at = 0; at < batch.rows; at++) {
			const row = batch.first + at + 1;
			if (this.seen.exchange(hashes.low[at] >>> 0, hashes.high[at] >>> 0, () => 1) === 1) {
				this.duplicates++;
				if (this.duplicateRows.length < fewRows) this.duplicateRows.push(row);
			}
			const value = split?.[at];
			const part = typeof value === "string" && splitValue.test(value) ? value : null;
			if (part !== null) this.within.add(part, hashes, at, row);
			this.#across?.add(this.#dataset, hashes, at, row);
			if (!this.twins) continue;
			const text = this.#texts.map((column) => batch.columns[column][at] ?? "").join(" ");
			this.twins.add(part ?? this.#dataset, row, text);
		}
	}
};
const empty = (rows) => ({
	low: new Int32Array(rows),
	high: new Int32Array(rows),
	roughLow: new Int32Array(rows),
	roughHigh: new Int32Array(rows)
});
const longTexts = ({ columns, rows }) => [...columns.keys()].filter((column) => {
	let length = 0;
	for (let row = 0; row < rows; row++) {
		const cell = columns[column][row];
		if (typeof cell === "string") length += cell.length;
	}
	return length / rows >= longText;
});
init_workspace();
async function readersOf(workspace, model) {
	const names = model === void 0 ? listPipelines(workspace) : [model];
	const readers = [];
	for (const name of names) {
		if (model === void 0 && !existsSync(modelPath(workspace, name, "model.yaml"))) continue;
		const pipeline = await readPipeline(workspace, name);
		const inputs = pipeline.stages.flatMap((stage) => stage.inputs);
		const keys = [...new Set(inputs.flatMap((input) => input.kind === "data" ? [input.key] : []))];
		readers.push({
			pipeline,
			file: await readModelFile(workspace, name),
			keys
		});
	}
	return readers;
}
const tables = new Set([
	".csv",
	".tsv",
	".tab",
	".txt",
	".parquet"
]);
const isTable = (name) => tables.has(extname(name).toLowerCase());
async function sourcesOf(workspace, readers, { datasets = [], cwd = workspace.root, model }) {
	const lock = findLock(workspace);
	const isKey = (name) => lock?.entries.some(({ key }) => [
		name,
		`${name}/`,
		name.replace(/^data\//, "")
	].includes(key)) === true;
	const files = datasets.filter((name) => !isKey(name) && existsSync(resolve(cwd, name)));
	const keys = datasets.filter((name) => !files.includes(name));
	const wanted = datasets.length > 0 ? keys : model === void 0 ? [] : expectedBy(readers);
	const entries = datasets.length > 0 && keys.length === 0 ? [] : selectEntries(readLock(workspace), wanted);
	const sources = files.map((name) => ({
		name,
		key: name,
		path: resolve(cwd, name)
	}));
	for (const entry of entries) if (wanted.length > 0 || entry.files !== void 0 || isTable(entry.key)) sources.push(...await tablesOf(workspace, entry));
	return sources;
}
const expectedBy = (readers) => readers.flatMap(({ keys, file }) => [...keys, ...(file.data?.expectations ?? []).flatMap(({ dataset }) => dataset === void 0 ? [] : [dataset])]);
async function tablesOf(workspace, { key, files }) {
	const entry = await ensureDataset(workspace, readLock(workspace), key);
	const store = openStore(workspace);
	return (await fileObjects(store, entry)).filter((object) => files === void 0 || isTable(object.key)).map((object) => ({
		name: object.key,
		key,
		path: store.pathOf(object.digest)
	}));
}
function aboutSource(readers, { name, key }) {
	const mine = readers.filter(({ keys, file }) => keys.includes(key) || file.data?.expectations?.some(({ dataset }) => dataset === key));
	const named = (file) => file.inputs.filter((input) => input.public).map((input) => input.name);
	return {
		label: mine.map(({ pipeline }) => pipeline.file.evaluate.target)[0],
		ids: mine.flatMap(({ pipeline }) => pipeline.file.evaluate["row-id"] ?? []),
		shown: mine.flatMap(({ file }) => named(file)),
		declared: mine.flatMap(({ file }) => file.data?.personal?.columns ?? []),
		expectations: mine.flatMap(({ file }) => (file.data?.expectations ?? []).map((one) => one.dataset === key ? {
			...one,
			dataset: name
		} : one))
	};
}
init_workspace();
async function profileData(workspace, options = {}) {
	const { withValues = false } = options;
	const readers = await readersOf(workspace, options.model);
	const sources = await sourcesOf(workspace, readers, options);
	const overlaps = new Map();
	const findings = [];
	const profiles = [];
	for (const source of sources.toSorted((a, b) => Number(isTraining(b.name)) - Number(isTraining(a.name)))) {
		const { declared, ...about } = aboutSource(readers, source);
		try {
			const stream = await streamTable(source.path, source.name);
			const columns = [...stream.names].sort().join("\n");
			if (sources.length > 1 && !overlaps.has(columns)) overlaps.set(columns, new SplitOverlap());
			const across = overlaps.get(columns);
			const profile = profileTable(stream, {
				...about,
				dataset: source.name,
				withValues,
				...across ? { across } : {}
			});
			profiles.push(profile);
			findings.push(...findingsOf(profile, declared));
		} catch (error) {
			if (!isLockstepError(error) || !error.code.startsWith("E_TABLE_")) throw error;
			findings.push({
				kind: "unreadable",
				severity: "error",
				dataset: source.name,
				what: error.message
			});
		}
	}
	const shared = [...overlaps.values()].flatMap((overlap) => overlap.overlaps());
	for (const overlap of shared) findings.push(...overlapFindings(overlap.part, [overlap]));
	const expected = readers.flatMap(({ file }) => file.data?.expectations ?? []);
	const tables = sources.flatMap(({ name }) => profiles.find(({ dataset }) => dataset === name) ?? []);
	return {
		tables,
		findings: findings.map((finding) => allowed(finding, expected)),
		misses: [
			...tables.flatMap(({ misses }) => misses),
			...expected.flatMap((one) => sharedMisses(one, shared.filter(({ part, other }) => [part, other].includes(one.dataset ?? "")))),
			...options.datasets?.length ? [] : readers.flatMap((reader) => nowhere(reader, tables))
		],
		expectations: new Set(sources.flatMap((source) => applying(readers, source))).size
	};
}
const applying = (readers, { key }) => readers.flatMap(({ keys, file }) => (file.data?.expectations ?? []).filter(({ dataset }) => dataset === void 0 ? keys.includes(key) : dataset === key));
function allowed(finding, expected) {
	const isSaid = expected.some((one) => one["shared-rows-at-most"] !== void 0 && one.dataset === finding.dataset);
	return finding.kind === "leakage" && isSaid ? {
		...finding,
		severity: "doubt"
	} : finding;
}
const nowhere = ({ pipeline, file }, tables) => (file.data?.expectations ?? []).flatMap(({ dataset, column }) => dataset === void 0 && !tables.some(({ columns }) => columns.some(({ name }) => name === column)) ? [{
	dataset: `any of ${pipeline.model}`,
	...column === void 0 ? {} : { column },
	expected: "a column of this name",
	found: "no dataset has it",
	count: null,
	rows: []
}] : []);
function qualityError(report, model) {
	const errors = report.findings.filter(({ severity }) => severity === "error");
	const hits = [...report.misses.map(({ dataset, column, expected, found }) => `${nameOf({
		dataset,
		column
	})}: ${expected}, but ${found}`), ...errors.map((finding) => `${nameOf(finding)}: ${finding.what}`)];
	if (hits.length === 0) return null;
	const more = hits.length > 3 ? `; and ${hits.length - 3} more` : "";
	return new LockstepError("E_DATA_QUALITY", {
		what: `${hits.slice(0, 3).join("; ")}${more}`,
		allowed: "data as `data:` in model.yaml expects it, personal columns declared there",
		fix: `mend the data, or change what is expected of it (\`lockstep data profile --check${model ? ` --model ${model}` : ""}\` lists every hit)`
	});
}
const nameOf = ({ dataset, column }) => column === void 0 ? dataset : `${dataset}, ${column}`;
const version = 1;
async function checkDataOf(workspace, model) {
	const [reader] = await readersOf(workspace, model);
	if (!reader?.file.data) return;
	const { keys, file, pipeline } = reader;
	const { data } = file;
	const locked = (findLock(workspace)?.entries ?? []).map(({ key, digest }) => [key, digest]);
	const { target, "row-id": rowId = null } = pipeline.file.evaluate;
	const shown = file.inputs.filter((input) => input.public).map(({ name }) => name);
	const named = new Set([...keys, ...(data?.expectations ?? []).map(({ dataset }) => dataset)]);
	const read = locked.filter(([key]) => named.has(key));
	const key = digestOfJson({
		version,
		data,
		read,
		keys: [...keys],
		target,
		rowId,
		shown
	});
	const memo = statePath(workspace, "cache", `quality-${model}`);
	if (existsSync(memo) && readFileSync(memo, "utf8") === key) return;
	const error = qualityError(await profileData(workspace, { model }), model);
	if (error) throw error;
	writeAtomic(memo, key);
}
export { percent as a, qualityError as i, nameOf as n, profileData as r, checkDataOf as t };
