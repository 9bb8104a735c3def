using System.Text;
using Millrace.Connectors.Iceberg;

namespace Millrace.Connectors.Tests.Iceberg;

/// <summary>Metadata files written by hand after the specification's tables and examples.</summary>
internal static class MetadataSamples
{
    public const string Version2 = """
        {
          "format-version": 2,
          "table-uuid": "9c12d441-03fe-4693-9a96-a0705ddf69c1",
          "location": "s3://bucket/test/location/",
          "last-sequence-number": 34,
          "last-updated-ms": 1602638573590,
          "last-column-id": 9,
          "current-schema-id": 1,
          "schemas": [
            {"type": "struct", "schema-id": 0, "fields": [{"id": 1, "name": "x", "required": true, "type": "long"}]},
            {"type": "struct", "schema-id": 1, "identifier-field-ids": [1, 2], "fields": [
              {"id": 1, "name": "x", "required": true, "type": "long"},
              {"id": 2, "name": "y", "required": true, "type": "decimal(9, 2)", "doc": "comment"},
              {"id": 3, "name": "when", "required": false, "type": "timestamptz"},
              {"id": 4, "name": "tags", "required": false, "type": {"type": "list", "element-id": 5, "element-required": true, "element": "string"}},
              {"id": 6, "name": "props", "required": false, "type": {"type": "map", "key-id": 7, "key": "string", "value-id": 8, "value-required": false,
                 "value": {"type": "struct", "fields": [{"id": 9, "name": "f", "required": false, "type": "fixed[16]"}]}}}
            ]}
          ],
          "default-spec-id": 1,
          "partition-specs": [
            {"spec-id": 0, "fields": []},
            {"spec-id": 1, "fields": [
              {"name": "x_bucket", "transform": "bucket[16]", "source-id": 1, "field-id": 1000},
              {"name": "when_day", "transform": "day", "source-id": 3, "field-id": 1001}]}
          ],
          "last-partition-id": 1001,
          "default-sort-order-id": 3,
          "sort-orders": [
            {"order-id": 0, "fields": []},
            {"order-id": 3, "fields": [
              {"transform": "identity", "source-id": 2, "direction": "asc", "null-order": "nulls-first"},
              {"transform": "bucket[4]", "source-id": 3, "direction": "desc", "null-order": "nulls-last"}]}
          ],
          "properties": {"read.split.target.size": "134217728"},
          "current-snapshot-id": 3055729675574597004,
          "snapshots": [
            {"snapshot-id": 3051729675574597004, "timestamp-ms": 1515100955770, "sequence-number": 0, "summary": {"operation": "append"}, "manifest-list": "s3://a/b/1.avro"},
            {"snapshot-id": 3055729675574597004, "parent-snapshot-id": 3051729675574597004, "timestamp-ms": 1555100955770, "sequence-number": 1,
             "summary": {"operation": "append", "added-data-files": "2"}, "manifest-list": "s3://a/b/2.avro", "schema-id": 1}
          ],
          "snapshot-log": [
            {"snapshot-id": 3051729675574597004, "timestamp-ms": 1515100955770},
            {"snapshot-id": 3055729675574597004, "timestamp-ms": 1555100955770}
          ],
          "metadata-log": [{"metadata-file": "s3://bucket/.../v1.json", "timestamp-ms": 1515100}],
          "refs": {"main": {"snapshot-id": 3055729675574597004, "type": "branch", "min-snapshots-to-keep": 3},
                   "audit": {"snapshot-id": 3051729675574597004, "type": "tag", "max-ref-age-ms": 10000000}},
          "statistics": [{"snapshot-id": 3051729675574597004, "statistics-path": "s3://a/b/stats.puffin", "file-size-in-bytes": 413,
             "file-footer-size-in-bytes": 42, "blob-metadata": [{"type": "ndv", "snapshot-id": 3051729675574597004, "sequence-number": 1, "fields": [1]}]}]
        }
        """;

    /// <summary>Version 1 as it was before lists of schemas and specs.</summary>
    public const string OldVersion1 = """
        {
          "format-version": 1,
          "table-uuid": "d20125c8-7284-442c-9aea-15fee620737c",
          "location": "s3://bucket/test/location",
          "last-updated-ms": 1602638573874,
          "last-column-id": 3,
          "schema": {"type": "struct", "fields": [
            {"id": 1, "name": "x", "required": true, "type": "long"},
            {"id": 2, "name": "y", "required": true, "type": "long", "doc": "comment"},
            {"id": 3, "name": "z", "required": true, "type": "long"}]},
          "partition-spec": [{"name": "x", "transform": "identity", "source-id": 1, "field-id": 1000}],
          "properties": {},
          "current-snapshot-id": -1,
          "snapshots": [{"snapshot-id": 1925, "timestamp-ms": 1602638573822, "manifests": ["s3://a/m1.avro", "s3://a/m2.avro"]}]
        }
        """;

    public static TableMetadata Read(string json) => MetadataReader.Read(Encoding.UTF8.GetBytes(json), "v1.metadata.json");
}
