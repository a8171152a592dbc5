import { Ct as LockstepError, t as init_workspace } from "../parts/workspace.js";
import { c as linearParams, s as runStage } from "../parts/judging-folds.js";
import { t as trainLinear } from "../parts/train-linear.js";
import { t as trainStage } from "../parts/training-stage.js";
init_workspace();
await runStage("linear", linearParams, async (stage) => {
	if (stage.model.task !== "regression") throw new LockstepError("E_TRAIN_DATA", {
		what: `the task is ${stage.model.task}`,
		allowed: "linear regression is for regression",
		fix: "use `uses: logistic`, or correct the task in model.yaml"
	});
	await trainStage(stage, "linear", trainLinear);
});
export {};
