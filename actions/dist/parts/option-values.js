import { t as UsageError } from "./invocation.js";
function textOption(values, name, command) {
	const value = values[name];
	if (typeof value === "string" && value !== "") return value;
	throw new UsageError(`lockstep ${command} needs --${name} (lockstep ${command} --help)`);
}
function secondsOption(values, name, otherwise, command) {
	const value = values[name];
	if (value === void 0) return otherwise;
	if (typeof value === "string" && /^\d{1,6}(\.\d+)?$/.test(value)) return Number(value);
	throw new UsageError(`--${name} takes a number of seconds, not "${String(value)}" (lockstep ${command} --help)`);
}
export { textOption as n, secondsOption as t };
