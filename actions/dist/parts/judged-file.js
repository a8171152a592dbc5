const partsOfModel = {
	"evaluation.json": 67108864,
	"baseline.json": 67108864,
	"comparison.json": 67108864,
	"record.json": 16777216
};
const quickDoubt = "a quick run, on a sample of the rows: it can refuse, never pass";
const judgedFileName = "judged.json";
export { partsOfModel as n, quickDoubt as r, judgedFileName as t };
