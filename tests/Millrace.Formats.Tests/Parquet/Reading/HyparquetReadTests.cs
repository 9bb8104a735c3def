using System.Text.Json.Nodes;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Parquet;

public class HyparquetReadTests
{
    [Theory]
    [InlineData("SNAPPY")]
    [InlineData("UNCOMPRESSED")]
    public async Task What_hyparquet_writes_is_read_as_duck_db_reads_it(string codec)
    {
        using var leaks = new LeakCheck();
        using var file = new ParquetFile();
        const int rows = 700;
        JsonNode?[] Values(Func<int, JsonNode?> value) => [.. Enumerable.Range(0, rows).Select(i => i % 9 == 0 ? null : value(i))];
        JsonObject Column(string name, string type, Func<int, JsonNode?> value) => new() { ["name"] = name, ["type"] = type, ["data"] = new JsonArray(Values(value)), ["nullable"] = true };
        NodeOracle.Ask("hyparquet-write", new JsonObject
        {
            ["file"] = file.Path,
            ["columnData"] = new JsonArray(
                Column("flag", "BOOLEAN", i => i % 2 == 0),
                Column("small", "INT32", i => i * 3),
                Column("large", "INT64", i => new JsonObject { ["bigint"] = $"{i * 10_000_000_000}" }),
                Column("single", "FLOAT", i => i / 4.0),
                Column("real", "DOUBLE", i => i / 3.0),
                Column("text", "STRING", i => $"text {i % 30}"),
                Column("bytes", "BYTE_ARRAY", i => new JsonObject { ["hex"] = $"{i:x4}" }),
                Column("moment", "TIMESTAMP", i => new JsonObject { ["date"] = $"2024-01-{1 + (i % 28):00}T10:00:00.{i:000}Z" }),
                Column("id", "UUID", i => $"00000000-0000-4000-8000-{i:000000000000}")),
            ["options"] = new JsonObject { ["codec"] = codec, ["rowGroupSize"] = 300 },
        });
        await file.EqualsDuckDbAsync(batchRows: 128);
    }
}
