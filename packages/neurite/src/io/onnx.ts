export * from '@neurite/io/onnx'
