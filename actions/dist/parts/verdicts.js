import { i as judge } from "./gate.js";
const verdictsOf = ({ configuration }, { policy, evaluation, comparison, doubt, now, binding }) => configuration.environments.map((environment) => {
	const verdict = judge({
		policy,
		environment,
		evaluation,
		comparison,
		holds: [],
		now,
		binding
	});
	return doubt === null || verdict.verdict === "fail" ? verdict : {
		...verdict,
		verdict: "inconclusive",
		reasons: [doubt, ...verdict.reasons]
	};
});
const order = [
	"pass",
	"inconclusive",
	"fail"
];
const worst = (outcomes) => outcomes.reduce((worse, outcome) => order.indexOf(outcome) > order.indexOf(worse) ? outcome : worse, "pass");
export { worst as n, verdictsOf as t };
