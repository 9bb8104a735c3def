using System.Text.Json;
using System.Text.Json.Nodes;
using Millrace.Columnar;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Parquet;

/// <summary>Asserts that DuckDB reads from a file what was written.</summary>
internal static class DuckDbCompare
{
    /// <summary>The same columns with microseconds for nanoseconds: DuckDB cannot hold the outermost of those.</summary>
    public static Schema Readable(Schema schema)
        => new(schema.Fields.Select(f => f.Type is { Id: TypeId.Timestamp, Unit: TimeUnit.Nanosecond } ? f.WithType(DataType.Timestamp(TimeUnit.Microsecond, f.Type.TimeZone)) : f));

    public static void Equal(WrittenFile file, params RecordBatch[] batches) => Equal(file.Path, batches);

    public static void Equal(string path, params RecordBatch[] batches)
    {
        Schema schema = batches[0].Schema;
        OracleTable table = NodeOracle.DuckDb($"SELECT {string.Join(", ", schema.Fields.Select(OracleValues.Projection))} FROM read_parquet('{path}')");
        Assert.Equal(batches.Sum(b => b.Length), table.Rows.Count);
        int at = 0;
        foreach (RecordBatch batch in batches)
        {
            for (int row = 0; row < batch.Length; row++, at++)
            {
                for (int column = 0; column < schema.Count; column++)
                {
                    Equal(OracleValues.Expected(batch[column], row), table.Rows[at]![column], at, schema[column]);
                }
            }
        }
    }

    /// <summary>Compares one value of the oracle.</summary>
    public static void Equal(JsonNode? expected, JsonNode? found, int row, Field column)
        => Assert.True(
            JsonNode.DeepEquals(Normal(expected), Normal(found)),
            $"row {row}, column {column}: expected {expected?.ToJsonString() ?? "null"}, found {found?.ToJsonString() ?? "null"}");

    // Numbers as doubles: 1 and 1.0 are the same.
    private static JsonNode? Normal(JsonNode? node) => node switch
    {
        null => null,
        JsonValue value when value.GetValueKind() == JsonValueKind.Number => JsonValue.Create(JsonDocument.Parse(value.ToJsonString()).RootElement.GetDouble()),
        JsonArray array => new JsonArray([.. array.Select(Normal)]),
        JsonObject map => new JsonObject(map.Select(p => KeyValuePair.Create(p.Key, Normal(p.Value)))),
        _ => node.DeepClone(),
    };
}
