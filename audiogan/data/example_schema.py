"""The messages of ``tf.train.Example``, for protobuf to read and write.

They are declared here, and kept apart from protobuf's default pool: TensorFlow and the ``tfrecord`` package put their
own declarations of the same names there, and a process that holds two of them cannot go on.
Source: TensorFlow's example.proto and feature.proto.
"""

from __future__ import annotations

from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

_PACKAGE = "tensorflow"


def _example_class() -> type[Message]:
    file = FileDescriptorProto(name="audiogan/example.proto", package=_PACKAGE, syntax="proto3")
    for name, kind in (
        ("BytesList", FieldDescriptorProto.TYPE_BYTES),
        ("FloatList", FieldDescriptorProto.TYPE_FLOAT),
        ("Int64List", FieldDescriptorProto.TYPE_INT64),
    ):
        _add_field(file.message_type.add(name=name), "value", 1, kind, repeated=True)

    feature = file.message_type.add(name="Feature")
    feature.oneof_decl.add(name="kind")
    for number, name in enumerate(("bytes_list", "float_list", "int64_list"), start=1):
        message = name.title().replace("_", "")
        _add_field(feature, name, number, message=message).oneof_index = 0

    features = file.message_type.add(name="Features")
    entry = features.nested_type.add(name="FeatureEntry")
    entry.options.map_entry = True
    _add_field(entry, "key", 1, FieldDescriptorProto.TYPE_STRING)
    _add_field(entry, "value", 2, message="Feature")
    _add_field(features, "feature", 1, message="Features.FeatureEntry", repeated=True)

    _add_field(file.message_type.add(name="Example"), "features", 1, message="Features")
    pool = DescriptorPool()
    pool.Add(file)
    example: type[Message] = GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.Example"))
    return example


def _add_field(
    owner: DescriptorProto,
    name: str,
    number: int,
    kind: FieldDescriptorProto.Type.ValueType = FieldDescriptorProto.TYPE_MESSAGE,
    *,
    message: str | None = None,
    repeated: bool = False,
) -> FieldDescriptorProto:
    label = FieldDescriptorProto.LABEL_REPEATED if repeated else FieldDescriptorProto.LABEL_OPTIONAL
    field = owner.field.add(name=name, number=number, type=kind, label=label)
    if message is not None:
        field.type_name = f".{_PACKAGE}.{message}"
    return field


ExampleMessage = _example_class()
"""``tensorflow.Example``."""
