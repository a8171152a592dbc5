import { Ct as LockstepError, t as init_workspace } from "../parts/workspace.js";
import { c as linearParams, s as runStage } from "../parts/judging-folds.js";
import { n as trainLogistic } from "../parts/train-linear.js";
import { t as trainStage } from "../parts/training-stage.js";
init_workspace();
await runStage("logistic", linearParams, async (stage) => {
	if (stage.model.task !== "binary-classification") throw new LockstepError("E_TRAIN_DATA", {
		what: `the task is ${stage.model.task}`,
		allowed: "logistic regression is for binary-classification",
		fix: "use `uses: linear`, or correct the task in model.yaml"
	});
	await trainStage(stage, "logistic", trainLogistic);
});
export {};
