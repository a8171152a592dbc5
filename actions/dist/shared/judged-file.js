const partsOfModel = {
	"evaluation.json": 67108864,
	"baseline.json": 67108864,
	"comparison.json": 67108864,
	"record.json": 16777216
};
const judgedFileName = "judged.json";
export { partsOfModel as n, judgedFileName as t };
