const handedNames = [
	"model.onnx",
	"predictions.parquet",
	"record.json"
];
export { handedNames as t };
