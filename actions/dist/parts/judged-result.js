import { i as fromRoot } from "./judgement.js";
import { r as renderText } from "./report.js";
const exitCodes = {
	pass: 0,
	fail: 3,
	inconclusive: 4
};
const judgedResult = (workspace, judged) => ({
	json: jsonOf(workspace, judged),
	text: textOf(workspace, judged),
	exit: exitCodes[judged.judgement.verdict]
});
function textOf(workspace, { report, files, cached, seconds }) {
	const text = renderText(report, {
		color: process.stdout.isTTY === true && !process.env.NO_COLOR,
		report: fromRoot(workspace, files.report)
	});
	return cached ? `${text}\nnothing changed: ${seconds} s` : text;
}
function jsonOf(workspace, { judgement, report, files, cached, seconds }) {
	const { verdict, verdicts, evaluation, comparison, baselineName, objects } = judgement;
	const path = (file) => file === null ? null : fromRoot(workspace, file);
	return {
		model: report.model,
		verdict,
		reasons: [...new Set(verdicts.flatMap((one) => one.verdict === "pass" ? [] : one.reasons))],
		verdicts: Object.fromEntries(verdicts.map((one) => [one.environment, {
			verdict: one.verdict,
			reasons: one.reasons
		}])),
		metrics: evaluation.metrics,
		baseline: baselineName,
		differences: comparison.metrics,
		rows: evaluation.rows,
		wouldBecome: report.version ?? null,
		run: report.run.fingerprint,
		modelFile: path(files.model),
		modelDigest: objects.model?.digest ?? null,
		predictions: path(files.predictions),
		report: path(files.report),
		comment: path(files.comment),
		seconds,
		cached
	};
}
export { judgedResult as t };
