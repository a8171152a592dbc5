/** ONNX's numbers for the element types that our graphs cast to (TensorProto.DataType). */
export const dataType = { float: 1, int64: 7, string: 8, double: 11 } as const;
