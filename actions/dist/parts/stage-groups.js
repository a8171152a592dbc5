import { a as openForeign, i as closeForeign, o as say } from "./run.js";
function stageGroups(model) {
	const waiting = new Map();
	let live = null;
	const later = (event) => {
		waiting.set(event.stage, [...waiting.get(event.stage) ?? [], event]);
	};
	const now = (event) => {
		tell(model, event);
		if (event.kind === "stage-started") live = event.stage;
		if (event.kind === "stage-finished") live = null;
	};
	const catchUp = () => {
		for (const [stage, events] of waiting) {
			if (live !== null) return;
			waiting.delete(stage);
			for (const event of events) now(event);
		}
	};
	return {
		report(event) {
			if (live === null || event.stage === live) now(event);
			else later(event);
			catchUp();
		},
		end() {
			do {
				closeForeign();
				live = null;
				catchUp();
			} while (live !== null);
		}
	};
}
function tell(model, event) {
	if (event.kind === "stage-started") openForeign(`${model}, ${event.stage}: ${event.why.join(", ")}`);
	else if (event.kind === "stage-finished") closeForeign();
	const line = lineOf(model, event);
	if (line !== null) say(line);
}
function lineOf(model, event) {
	switch (event.kind) {
		case "stage-cached": return `${model}, ${event.stage}: nothing changed`;
		case "stage-started": return null;
		case "log": return event.line;
		case "notice": return event.text;
		case "metrics": return metricsText(event.values);
		case "stage-finished": return `${model}, ${event.stage}: done in ${event.seconds.toFixed(1)} s`;
	}
}
const metricsText = (values) => Object.entries(values).map(([name, value]) => `${name} ${value}`).join(", ");
export { stageGroups as t };
