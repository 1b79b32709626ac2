import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import type { ByteArray } from '@neurite/core'

// The few messages of https://github.com/onnx/onnx/blob/v1.14.0/onnx/onnx.proto that a model needs; the numbers are the fields'.

/** What a node is told beside its inputs. Numbers are written as integers unless they are in `{ float }`. */
export type Attribute = number | readonly number[] | { readonly float: number }

export interface Node {
  readonly op: string
  readonly inputs: readonly string[]
  readonly output: string
  readonly attributes: Readonly<Record<string, Attribute>>
}

/** A constant. */
export interface Initializer {
  readonly name: string
  readonly dims: readonly number[]
  readonly data: Float32Array | BigInt64Array
}

/** An input or output; the first axis, the batch's, is left open. */
export interface Port {
  readonly name: string
  readonly type: 'float32' | 'int32'
  /** Without the batch axis. */
  readonly shape: readonly number[]
}

export interface OnnxGraph {
  readonly nodes: readonly Node[]
  readonly initializers: readonly Initializer[]
  readonly input: Port
  readonly output: Port
}

/** TensorProto.DataType */
export const ELEMENT_TYPE = { float32: 1, int32: 6, int64: 7 } as const
/** AttributeProto.AttributeType */
const ATTRIBUTE_TYPE = { float: 1, int: 2, ints: 7 } as const
/** Of June 2022 (ONNX 1.12): new enough for LayerNormalization, old enough for every runtime in use. */
const OPSET = 17
const IR_VERSION = 8

type Write = (writer: BinaryWriter) => void

function message(writer: BinaryWriter, field: number, write: Write): void {
  writer.tag(field, WireType.LengthDelimited).fork()
  write(writer)
  writer.join()
}

function text(writer: BinaryWriter, field: number, value: string): void {
  writer.tag(field, WireType.LengthDelimited).string(value)
}

function integer(writer: BinaryWriter, field: number, value: number): void {
  writer.tag(field, WireType.Varint).int64(value)
}

/** A ModelProto. */
export function encodeOnnx({ nodes, initializers, input, output }: OnnxGraph): ByteArray {
  const writer = new BinaryWriter()
  integer(writer, 1, IR_VERSION)
  text(writer, 2, 'neurite')
  message(writer, 7, (graph) => {
    for (const node of nodes) message(graph, 1, (w) => writeNode(w, node))
    text(graph, 2, 'model')
    for (const initializer of initializers) message(graph, 5, (w) => writeTensor(w, initializer))
    message(graph, 11, (w) => writePort(w, input))
    message(graph, 12, (w) => writePort(w, output))
  })
  message(writer, 8, (opset) => {
    text(opset, 1, '')
    integer(opset, 2, OPSET)
  })
  return writer.finish()
}

function writeNode(writer: BinaryWriter, { op, inputs, output, attributes }: Node): void {
  for (const name of inputs) text(writer, 1, name)
  text(writer, 2, output)
  text(writer, 3, output)
  text(writer, 4, op)
  for (const [name, value] of Object.entries(attributes)) {
    message(writer, 5, (attribute) => {
      text(attribute, 1, name)
      if (typeof value === 'number') {
        integer(attribute, 3, value)
        integer(attribute, 20, ATTRIBUTE_TYPE.int)
      } else if ('float' in value) {
        attribute.tag(2, WireType.Bit32).float(value.float)
        integer(attribute, 20, ATTRIBUTE_TYPE.float)
      } else {
        for (const item of value) integer(attribute, 8, item)
        integer(attribute, 20, ATTRIBUTE_TYPE.ints)
      }
    })
  }
}

function writeTensor(writer: BinaryWriter, { name, dims, data }: Initializer): void {
  for (const extent of dims) integer(writer, 1, extent)
  integer(writer, 2, data instanceof Float32Array ? ELEMENT_TYPE.float32 : ELEMENT_TYPE.int64)
  text(writer, 8, name)
  writer.tag(9, WireType.LengthDelimited).bytes(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
}

function writePort(writer: BinaryWriter, { name, type, shape }: Port): void {
  text(writer, 1, name)
  message(writer, 2, (typeProto) =>
    message(typeProto, 1, (tensorType) => {
      integer(tensorType, 1, ELEMENT_TYPE[type])
      message(tensorType, 2, (dims) => {
        message(dims, 1, (batch) => text(batch, 2, 'batch'))
        for (const extent of shape) message(dims, 1, (dim) => integer(dim, 1, extent))
      })
    }),
  )
}
