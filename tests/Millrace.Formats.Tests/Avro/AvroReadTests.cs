using Millrace.Columnar;
using Millrace.Formats.Avro;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Avro;

public class AvroReadTests
{
    private const string FlatSchema = """
        {"type": "record", "name": "flat", "fields": [
          {"name": "b", "type": "boolean"},
          {"name": "i", "type": "int"},
          {"name": "l", "type": "long"},
          {"name": "f", "type": "float"},
          {"name": "d", "type": "double"},
          {"name": "s", "type": "string"},
          {"name": "y", "type": "bytes"},
          {"name": "x", "type": {"type": "fixed", "name": "three", "size": 3}},
          {"name": "e", "type": {"type": "enum", "name": "suit", "symbols": ["HEARTS", "SPADES"]}},
          {"name": "n", "type": "null"},
          {"name": "on", "type": ["null", "int"]},
          {"name": "os", "type": ["string", "null"]}
        ]}
        """;

    private static readonly string[] FlatRows =
    [
        """{"b": true, "i": -1, "l": 1234567890123, "f": 0.5, "d": -1e300, "s": "héllo", "y": "\u0000\u00ff", "x": "abc", "e": "SPADES", "n": null, "on": {"int": 7}, "os": null}""",
        """{"b": false, "i": 2147483647, "l": -64, "f": -2, "d": 0, "s": "", "y": "", "x": "\u0001\u0002\u0003", "e": "HEARTS", "n": null, "on": null, "os": {"string": "x"}}""",
    ];

    [Theory]
    [InlineData("null")]
    [InlineData("deflate")]
    [InlineData("snappy")]
    public async Task Flat_rows_of_another_implementation_are_read(string codec)
    {
        using var leaks = new LeakCheck();
        byte[] file = AvroFiles.FromOracle(FlatSchema, FlatRows, codec);
        Assert.Equal(
            [
                """{"b":true,"i":-1,"l":1234567890123,"f":0.5,"d":-1E+300,"s":"héllo","y":"\\x00ff","x":"\\x616263","e":"SPADES","n":null,"on":7,"os":null}""",
                """{"b":false,"i":2147483647,"l":-64,"f":-2,"d":0,"s":"","y":"\\x","x":"\\x010203","e":"HEARTS","n":null,"on":null,"os":"x"}""",
            ],
            await AvroFiles.RowsAsync(file));
    }

    [Fact]
    public async Task Columns_are_read_in_the_order_in_which_they_are_wanted()
    {
        using var leaks = new LeakCheck();
        byte[] file = AvroFiles.FromOracle(FlatSchema, FlatRows);
        Assert.Equal(["""{"os":null,"i":-1}""", """{"os":"x","i":2147483647}"""], await AvroFiles.RowsAsync(file, columns: ["os", "i"]));
    }

    [Fact]
    public async Task Nested_rows_of_another_implementation_are_read()
    {
        using var leaks = new LeakCheck();
        const string schema = """
            {"type": "record", "name": "nested", "fields": [
              {"name": "a", "type": {"type": "array", "items": ["null", "long"]}},
              {"name": "m", "type": {"type": "map", "values": {"type": "array", "items": "string"}}},
              {"name": "r", "type": ["null", {"type": "record", "name": "inner", "fields": [
                {"name": "x", "type": "int"},
                {"name": "again", "type": ["null", {"type": "map", "values": "boolean"}]}]}]},
              {"name": "u", "type": ["null", "int", "string", "inner"]},
              {"name": "last", "type": "int"}
            ]}
            """;
        byte[] file = AvroFiles.FromOracle(schema, [
            """{"a": [{"long": 1}, null, {"long": -9007199254740991}], "m": {"k": ["x", "y"], "": []}, "r": {"inner": {"x": 5, "again": {"map": {"t": true}}}}, "u": {"int": 3}, "last": 1}""",
            """{"a": [], "m": {}, "r": null, "u": {"string": "s"}, "last": 2}""",
            """{"a": [null], "m": {"z": ["w"]}, "r": {"inner": {"x": 6, "again": null}}, "u": {"inner": {"x": 9, "again": {"map": {}}}}, "last": 3}""",
            """{"a": [], "m": {}, "r": null, "u": null, "last": 4}""",
        ]);
        Assert.Equal(
            [
                """{"a":[1,null,-9007199254740991],"m":{"k":["x","y"],"":[]},"r":{"x":5,"again":{"t":true}},"u":{"int":3,"string":null,"inner":null},"last":1}""",
                """{"a":[],"m":{},"r":null,"u":{"int":null,"string":"s","inner":null},"last":2}""",
                """{"a":[null],"m":{"z":["w"]},"r":{"x":6,"again":null},"u":{"int":null,"string":null,"inner":{"x":9,"again":{}}},"last":3}""",
                """{"a":[],"m":{},"r":null,"u":null,"last":4}""",
            ],
            await AvroFiles.RowsAsync(file));
        Assert.Equal(["""{"last":1}""", """{"last":2}""", """{"last":3}""", """{"last":4}"""], await AvroFiles.RowsAsync(file, columns: ["last"], batchRows: 1));
    }

    [Fact]
    public async Task Logical_types_of_another_implementation_are_read()
    {
        using var leaks = new LeakCheck();
        const string schema = """
            {"type": "record", "name": "logical", "fields": [
              {"name": "dec", "type": {"type": "bytes", "logicalType": "decimal", "precision": 10, "scale": 2}},
              {"name": "decf", "type": {"type": "fixed", "name": "f4", "size": 4, "logicalType": "decimal", "precision": 5, "scale": 1}},
              {"name": "uuid", "type": {"type": "string", "logicalType": "uuid"}},
              {"name": "uuidf", "type": {"type": "fixed", "name": "f16", "size": 16, "logicalType": "uuid"}},
              {"name": "date", "type": {"type": "int", "logicalType": "date"}},
              {"name": "tms", "type": {"type": "int", "logicalType": "time-millis"}},
              {"name": "tus", "type": {"type": "long", "logicalType": "time-micros"}},
              {"name": "sms", "type": {"type": "long", "logicalType": "timestamp-millis"}},
              {"name": "sus", "type": {"type": "long", "logicalType": "timestamp-micros"}},
              {"name": "sns", "type": {"type": "long", "logicalType": "timestamp-nanos"}},
              {"name": "lms", "type": {"type": "long", "logicalType": "local-timestamp-millis"}},
              {"name": "lus", "type": {"type": "long", "logicalType": "local-timestamp-micros"}},
              {"name": "lns", "type": {"type": "long", "logicalType": "local-timestamp-nanos"}},
              {"name": "dur", "type": {"type": "fixed", "name": "f12", "size": 12, "logicalType": "duration"}},
              {"name": "unknown", "type": {"type": "int", "logicalType": "colour"}},
              {"name": "invalid", "type": {"type": "string", "logicalType": "date"}}
            ]}
            """;
        byte[] file = AvroFiles.FromOracle(schema, [
            """
            {"dec": "\u00ff\u0085", "decf": "\u0000\u0000\u0030\u0039", "uuid": "12345678-9abc-def0-1234-56789abcdef0",
             "uuidf": "\u0012\u0034\u0056\u0078\u009a\u00bc\u00de\u00f0\u0012\u0034\u0056\u0078\u009a\u00bc\u00de\u00f0",
             "date": -1, "tms": 3723004, "tus": 3723000005, "sms": -1, "sus": 1500000, "sns": 1, "lms": 86400000, "lus": -1000000, "lns": 999999999,
             "dur": "\u0001\u0000\u0000\u0000\u0002\u0000\u0000\u0000\u00e8\u0003\u0000\u0000", "unknown": 3, "invalid": "x"}
            """,
        ]);
        Assert.Equal(
            """
            {"dec":-1.23,"decf":1234.5,"uuid":"12345678-9abc-def0-1234-56789abcdef0","uuidf":"12345678-9abc-def0-1234-56789abcdef0","date":"1969-12-31","tms":"01:02:03.004","tus":"01:02:03.000005","sms":"1969-12-31T23:59:59.999Z","sus":"1970-01-01T00:00:01.500000Z","sns":"1970-01-01T00:00:00.000000001Z","lms":"1970-01-02T00:00:00.000","lus":"1969-12-31T23:59:59.000000","lns":"1970-01-01T00:00:00.999999999","dur":"P1M2DT1.000000000S","unknown":3,"invalid":"x"}
            """.Trim(),
            Assert.Single(await AvroFiles.RowsAsync(file)));
    }

    [Fact]
    public async Task A_record_inside_itself_becomes_json()
    {
        using var leaks = new LeakCheck();
        const string schema = """
            {"type": "record", "name": "tree", "fields": [
              {"name": "v", "type": "int"},
              {"name": "children", "type": {"type": "array", "items": "tree"}},
              {"name": "next", "type": ["null", "tree"]},
              {"name": "text", "type": {"type": "string"}, "default": ""}
            ]}
            """;
        byte[] file = AvroFiles.FromOracle(schema, [
            """{"v": 1, "children": [{"v": 2, "children": [], "next": null, "text": "a\"b"}], "next": {"tree": {"v": 3, "children": [], "next": null, "text": ""}}, "text": "é"}""",
        ]);
        Assert.Equal(
            """{"v":1,"children":[{"v":2,"children":[],"next":null,"text":"a\"b"}],"next":{"v":3,"children":[],"next":null,"text":""},"text":"é"}""",
            Assert.Single(await AvroFiles.RowsAsync(file)));
    }

    [Theory]
    [InlineData("\"long\"", "5", """{"value":5}""")]
    [InlineData("[\"null\", \"string\"]", """{"string": "x"}""", """{"value":"x"}""")]
    [InlineData("""{"type": "array", "items": "int"}""", "[1, 2]", """{"value":[1,2]}""")]
    public async Task Values_without_a_record_become_one_column(string schema, string value, string expected)
    {
        using var leaks = new LeakCheck();
        Assert.Equal(expected, Assert.Single(await AvroFiles.RowsAsync(AvroFiles.FromOracle(schema, [value]))));
    }

    [Theory]
    [InlineData(new[] { "v", "after" }, """{"v":[1,2,3],"after":7}""")]
    [InlineData(new[] { "after" }, """{"after":7}""")]
    public async Task Items_in_several_blocks_with_and_without_their_size_are_read_and_skipped(string[] columns, string expected)
    {
        using var leaks = new LeakCheck();
        const string schema = """{"type":"record","name":"r","fields":[{"name":"v","type":{"type":"array","items":"int"}},{"name":"after","type":"int"}]}""";

        // One item; then minus two, their size and two items; then none.
        byte[] row = [2, 2, .. AvroContainer.Long(-2), 4, 4, 6, 0, 14];
        Assert.Equal([expected], await AvroFiles.RowsAsync(AvroContainer.Of(schema, "null", (1, row)).ToFile(), columns: columns));
    }

    [Theory]
    [InlineData(1000, false)]
    [InlineData(300_000, false)]
    [InlineData(5000, true)]
    public async Task Large_blocks_that_arrive_in_pieces_are_read(int chunk, bool unknownLength)
    {
        using var leaks = new LeakCheck();
        using var builder = new BinaryBuilder(DataType.Binary);
        var random = new Random(1);
        foreach (int length in new[] { 10, 400_000, 0, 1_200_000, 70_000, 300 })
        {
            byte[] value = new byte[length];
            random.NextBytes(value);
            builder.Append(value);
        }

        using var batch = new RecordBatch(new Schema(new Field("v", DataType.Binary)), 6, builder.Build());
        byte[] file = await AvroFiles.WriteAsync(batch.Schema, [batch]);
        await using var source = new PiecewiseSource(file, chunk, unknownLength);
        var format = new AvroFormat();
        FileInspection inspection = await format.InspectAsync(source, new AvroOptions(), CancellationToken.None);
        await using IBatchReader reader = format.OpenReader(source, inspection, new FileReadRequest { Columns = inspection.Schema, Range = FileRange.Whole(source.Length) });
        var read = new List<RecordBatch>();
        while (await reader.ReadAsync(CancellationToken.None) is { } rows)
        {
            read.Add(rows);
        }

        BatchAssert.EqualRows([batch], read);
        read.ForEach(b => b.Dispose());
    }

    private sealed class PiecewiseSource(byte[] bytes, int chunk, bool unknownLength) : IByteSource
    {
        public string Name => "pieces";

        public long Length => unknownLength ? long.MaxValue : bytes.Length;

        public async ValueTask<int> ReadAsync(long offset, Memory<byte> target, CancellationToken cancellation)
        {
            await Task.Yield();
            int count = (int)Math.Clamp(bytes.Length - offset, 0, Math.Min(chunk, target.Length));
            bytes.AsSpan((int)Math.Min(offset, bytes.Length), count).CopyTo(target.Span);
            return count;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
