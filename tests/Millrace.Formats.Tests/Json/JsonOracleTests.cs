using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Millrace.Columnar;
using Millrace.Formats.Json;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Json;

/// <summary>The same files read by others: V8 and DuckDB.</summary>
public class JsonOracleTests
{
    private static readonly string[] Escapes = ["\\n", "\\t", "\\\"", "\\\\", "\\/", "\\b", "\\f", "\\r", "\\u00e9", "\\u4e2d", "\\ud83d\\ude00", "\\u0000", "é", "中", "😀", "abc", " ", "}", "]", ",", ":", "'", "{\\\"a\\\":1}"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Values_are_those_that_V8_reads(int seed)
    {
        using var folder = new TempFolder();
        var random = new Random(seed);
        string[] lines = [.. Enumerable.Range(0, 500).Select(_ => Record(random))];
        byte[] bytes = Encoding.UTF8.GetBytes(string.Join("\n", lines));
        string path = Path.Combine(folder.Path, "lines.jsonl");
        await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);
        JsonArray theirs = NodeOracle.Ask("json-lines", new JsonObject { ["file"] = path }).AsArray();
        const string columns = "s varchar, d double, b boolean, l array<double>, o struct<x varchar, y array<varchar>>";
        ReadResult ours = await JsonFiles.ReadAsync(bytes, new JsonOptions(), columns, JsonFiles.Small(4096, 512));
        Assert.Empty(ours.Errors);
        Assert.Equal(theirs.Count, ours.Rows.Count);
        for (int i = 0; i < theirs.Count; i++)
        {
            JsonObject expected = Complete(theirs[i]!.AsObject(), "s", "d", "b", "l", "o");
            if (expected["o"] is JsonObject o)
            {
                Complete(o, "x", "y");
            }

            Assert.True(Same(expected, JsonNode.Parse(ours.Rows[i])), $"{lines[i]}\nV8:   {expected.ToJsonString()}\nours: {ours.Rows[i]}");
        }
    }

    [Fact]
    public async Task DuckDB_reads_the_same_rows()
    {
        using var folder = new TempFolder();
        var random = new Random(17);
        string[] lines = [.. Enumerable.Range(0, 2000).Select(i => $$$"""{"id":{{{random.NextInt64(long.MinValue, long.MaxValue)}}},"d":{{{(random.NextDouble() * 1e6).ToString("R", CultureInfo.InvariantCulture)}}},"s":{{{Text(random)}}},"b":{{{(random.Next(2) == 0 ? "true" : "null")}}},"day":"{{{new DateOnly(1900, 1, 1).AddDays(random.Next(90000)):yyyy-MM-dd}}}","ts":"{{{DateTime.UnixEpoch.AddTicks(random.NextInt64(0, 1L << 55) * 10):yyyy-MM-ddTHH:mm:ss.ffffff}}}","l":[{{{string.Join(",", Enumerable.Range(0, i % 4))}}}],"o":{"x":{{{Text(random)}}},"y":{{{i}}}}}""")];
        string path = Path.Combine(folder.Path, "lines.jsonl");
        byte[] bytes = Encoding.UTF8.GetBytes(string.Join("\n", lines));
        await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);
        ReadResult ours = await JsonFiles.ReadAsync(bytes);
        Assert.Equal("id bigint, d double, s varchar, b boolean, day date, ts timestamp, l array<bigint>, o struct<x varchar, y bigint>", ours.Schema.ToString());
        AssertSame(ours, NodeOracle.DuckDb(Sql(path)));
    }

    [Fact]
    public async Task DuckDB_reads_what_is_written()
    {
        using var folder = new TempFolder();
        var schema = new Schema(DataType.Parse("struct<id bigint, d double, s varchar, b boolean, day date, ts timestamp, l array<bigint>, o struct<x varchar, y bigint>>").Children);
        var random = new RandomBatches(5, new RandomOptions { NonFinite = false, EdgeDensity = 0 });
        using RecordBatch batch = Usual(random.Batch(schema, 500));
        string path = Path.Combine(folder.Path, "written.jsonl");
        await using (FileStream stream = File.Create(path))
        await using (IBatchWriter writer = JsonFiles.Format.OpenWriter(new StreamByteTarget(stream), schema, new JsonOptions()))
        {
            await writer.WriteAsync(batch, TestContext.Current.CancellationToken);
            await writer.FinishAsync(TestContext.Current.CancellationToken);
        }

        AssertSame(new ReadResult(schema, ColumnText.Rows(batch), [], default), NodeOracle.DuckDb(Sql(path)));
    }

    private static string Sql(string path)
        => $$"""
            SELECT CAST(id AS VARCHAR), d, s, b, CAST(day AS VARCHAR), strftime(ts, '%Y-%m-%dT%H:%M:%S.%f'), to_json(l)::VARCHAR, to_json(o)::VARCHAR
            FROM read_ndjson('{{path}}', columns = {id: 'BIGINT', d: 'DOUBLE', s: 'VARCHAR', b: 'BOOLEAN', day: 'DATE', ts: 'TIMESTAMP', l: 'BIGINT[]', o: 'STRUCT(x VARCHAR, y BIGINT)'})
            """;

    private static void AssertSame(ReadResult ours, OracleTable theirs)
    {
        Assert.Equal(theirs.Rows.Count, ours.Rows.Count);
        for (int i = 0; i < ours.Rows.Count; i++)
        {
            JsonObject row = JsonNode.Parse(ours.Rows[i])!.AsObject();
            Assert.Equal(theirs.Text(i, 0), row["id"]?.ToJsonString());
            Assert.True(Same(theirs.Rows[i]![1], row["d"]), $"row {i}: {theirs.Rows[i]![1]} {row["d"]}");
            Assert.Equal(theirs.Text(i, 2), (string?)row["s"]);
            Assert.Equal(theirs.Text(i, 3), row["b"]?.ToJsonString());
            Assert.Equal(theirs.Text(i, 4), (string?)row["day"]);
            Assert.Equal(theirs.Text(i, 5), (string?)row["ts"]);
            Assert.True(Same(Parsed(theirs.Text(i, 6)), row["l"]));
            Assert.True(Same(Parsed(theirs.Text(i, 7)), row["o"]), $"row {i}: {theirs.Text(i, 7)} {row["o"]}");
        }
    }

    private static JsonNode? Parsed(string? text) => text is null ? null : JsonNode.Parse(text);

    // Dates that every reader takes: random ones reach far beyond four digits of a year.
    private static RecordBatch Usual(RecordBatch batch)
    {
        using RecordBatch all = batch;
        var columns = new Column[all.Columns.Count];
        for (int i = 0; i < columns.Length; i++)
        {
            columns[i] = all.Schema[i].Type.Id switch
            {
                TypeId.Date => Rebuilt<int>(all[i], v => Math.Abs(v % 20_000)),
                TypeId.Timestamp => Rebuilt<long>(all[i], v => Math.Abs(v % 1_000_000_000_000_000)),
                _ => all[i].Share(),
            };
        }

        return new RecordBatch(all.Schema, all.Length, columns);
    }

    private static Column Rebuilt<T>(Column column, Func<T, T> change)
        where T : unmanaged
    {
        using var builder = new FixedBuilder<T>(column.Type);
        for (int i = 0; i < column.Length; i++)
        {
            if (column.IsNull(i))
            {
                builder.AppendNull();
            }
            else
            {
                builder.Append(change(((FixedColumn<T>)column).Values[i]));
            }
        }

        return builder.Build();
    }

    private static string Record(Random random)
    {
        List<string> members = [];
        foreach (int kind in Enumerable.Range(0, 7).OrderBy(_ => random.Next()).Take(random.Next(8)))
        {
            members.Add(kind switch
            {
                0 => $"\"s\":{Text(random)}",
                1 => $"\"d\" : {Number(random)}",
                2 => $"\"b\":{(random.Next(2) == 0 ? "true" : "false")}",
                3 => $"\"l\":[{string.Join(" , ", Enumerable.Range(0, random.Next(4)).Select(_ => Number(random)))}]",
                4 => $"\"o\":{{\"x\":{Text(random)},\"unknown\":[{{}}],\"y\":[{Text(random)},null]}}",
                5 => $"\"\\u0073\":{Text(random)}",
                _ => $"\"s\":null",
            });
        }

        return "{" + string.Join(random.Next(2) == 0 ? "," : " ,\t", members) + "}";
    }

    private static string Text(Random random) => "\"" + string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => Escapes[random.Next(Escapes.Length)])) + "\"";

    private static string Number(Random random) => random.Next(6) switch
    {
        0 => random.Next(-100, 100).ToString(CultureInfo.InvariantCulture),
        1 => random.NextDouble().ToString("R", CultureInfo.InvariantCulture),
        2 => $"{random.Next(1, 10)}.{random.NextInt64():D19}{random.NextInt64()}e{random.Next(-330, 300)}",
        3 => "-0.0",
        4 => random.NextInt64().ToString(CultureInfo.InvariantCulture) + random.NextInt64().ToString(CultureInfo.InvariantCulture),
        _ => BitConverter.Int64BitsToDouble(random.NextInt64() & 0x7FEF_FFFF_FFFF_FFFF).ToString("R", CultureInfo.InvariantCulture),
    };

    private static JsonObject Complete(JsonObject record, params string[] names)
    {
        foreach (string name in names.Where(n => !record.ContainsKey(n)))
        {
            record[name] = null;
        }

        return record;
    }

    // Whether the second has what the first has; numbers are compared as doubles, bit for bit.
    private static bool Same(JsonNode? a, JsonNode? b) => (a, b) switch
    {
        (null, null) => true,
        (JsonObject x, JsonObject y) => y.All(p => Same(x[p.Key], p.Value)),
        (JsonArray x, JsonArray y) => x.Count == y.Count && x.Zip(y).All(p => Same(p.First, p.Second)),
        (JsonValue x, JsonValue y) => x.ToString() == y.ToString() || (Bits(x) is { } bits && bits == Bits(y)),
        _ => false,
    };

    private static long? Bits(JsonValue value)
        => double.TryParse(value.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? BitConverter.DoubleToInt64Bits(number) : null;
}
