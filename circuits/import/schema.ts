import protobuf from 'protobufjs'

/**
 * The part of ONNX's protobuf schema that zkserve reads, with the field numbers of onnx.proto (IR version 10).
 * Enumerations are plain integers here, so that unknown members stay visible.
 */
const source = `
syntax = "proto2";
package onnx;

message ModelProto {
  optional int64 ir_version = 1;
  optional string producer_name = 2;
  optional string producer_version = 3;
  optional GraphProto graph = 7;
  repeated OperatorSetIdProto opset_import = 8;
  repeated TrainingInfoProto training_info = 20;
  repeated FunctionProto functions = 25;
}

message OperatorSetIdProto {
  optional string domain = 1;
  optional int64 version = 2;
}

message TrainingInfoProto {
  optional GraphProto initialization = 1;
  optional GraphProto algorithm = 2;
}

message FunctionProto {
  optional string name = 1;
  repeated NodeProto node = 7;
  optional string domain = 10;
  repeated AttributeProto attribute_proto = 11;
}

message GraphProto {
  repeated NodeProto node = 1;
  optional string name = 2;
  repeated TensorProto initializer = 5;
  repeated ValueInfoProto input = 11;
  repeated ValueInfoProto output = 12;
  repeated ValueInfoProto value_info = 13;
  repeated SparseTensorProto sparse_initializer = 15;
}

message NodeProto {
  repeated string input = 1;
  repeated string output = 2;
  optional string name = 3;
  optional string op_type = 4;
  repeated AttributeProto attribute = 5;
  optional string domain = 7;
}

message AttributeProto {
  optional string name = 1;
  optional float f = 2;
  optional int64 i = 3;
  optional bytes s = 4;
  optional TensorProto t = 5;
  optional GraphProto g = 6;
  repeated float floats = 7;
  repeated int64 ints = 8;
  repeated bytes strings = 9;
  repeated TensorProto tensors = 10;
  repeated GraphProto graphs = 11;
  optional int32 type = 20;
  optional string ref_attr_name = 21;
  optional SparseTensorProto sparse_tensor = 22;
  repeated SparseTensorProto sparse_tensors = 23;
}

message TensorProto {
  repeated int64 dims = 1;
  optional int32 data_type = 2;
  optional Segment segment = 3;
  repeated float float_data = 4 [packed = true];
  repeated int32 int32_data = 5 [packed = true];
  repeated bytes string_data = 6;
  repeated int64 int64_data = 7 [packed = true];
  optional string name = 8;
  optional bytes raw_data = 9;
  repeated double double_data = 10 [packed = true];
  repeated uint64 uint64_data = 11 [packed = true];
  repeated StringStringEntryProto external_data = 13;
  optional int32 data_location = 14;
}

message Segment {
  optional int64 begin = 1;
  optional int64 end = 2;
}

message StringStringEntryProto {
  optional string key = 1;
  optional string value = 2;
}

message SparseTensorProto {
  optional TensorProto values = 1;
  optional TensorProto indices = 2;
  repeated int64 dims = 3;
}

message ValueInfoProto {
  optional string name = 1;
  optional TypeProto type = 2;
}

message TypeProto {
  optional Tensor tensor_type = 1;

  message Tensor {
    optional int32 elem_type = 1;
    optional TensorShapeProto shape = 2;
  }
}

message TensorShapeProto {
  repeated Dimension dim = 1;

  message Dimension {
    optional int64 dim_value = 1;
    optional string dim_param = 2;
  }
}
`

const schema = protobuf.parse(source).root.resolveAll()

/** The root message of an ONNX file, by reflection; its fields lead to all the others. */
export const modelType: protobuf.Type = schema.lookupType('onnx.ModelProto')
