using System.Text.Json.Nodes;
using Millrace.Columnar;
using Millrace.Formats.Avro;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Avro;

/// <summary>Files written with a schema that the user gave.</summary>
public class AvroWriterSchemaTests
{
    // Every type, as another implementation wrote it; read into columns, these are written again with the same schema.
    private const string Everything = """
        {"type":"record","name":"all","namespace":"a.b","fields":[
          {"name":"n","type":"null"},
          {"name":"b","type":"boolean"},
          {"name":"i","type":"int","field-id":7},
          {"name":"l","type":["long","null"]},
          {"name":"f","type":"float"},
          {"name":"d","type":"double"},
          {"name":"s","type":"string"},
          {"name":"y","type":"bytes"},
          {"name":"x","type":{"type":"fixed","name":"x3","size":3}},
          {"name":"e","type":{"type":"enum","name":"suit","symbols":["HEARTS","SPADES"]}},
          {"name":"a","type":{"type":"array","items":["null","suit"]}},
          {"name":"m","type":{"type":"map","values":"x3"}},
          {"name":"u","type":["null","int","string",{"type":"record","name":"in","fields":[{"name":"p","type":"long"}]}]},
          {"name":"v","type":["double","string"]},
          {"name":"dec","type":{"type":"fixed","name":"f20","size":20,"logicalType":"decimal","precision":9,"scale":2}},
          {"name":"decb","type":{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}},
          {"name":"dur","type":{"type":"fixed","name":"f12","size":12,"logicalType":"duration"}},
          {"name":"uu","type":{"type":"fixed","name":"f16","size":16,"logicalType":"uuid"}},
          {"name":"t","type":{"type":"int","logicalType":"time-millis"}},
          {"name":"ts","type":{"type":"long","logicalType":"timestamp-micros"}},
          {"name":"kv","type":{"type":"array","logicalType":"map","items":{"type":"record","name":"k1_v2","fields":[{"name":"key","type":"int"},{"name":"value","type":["null","string"]}]}}}
        ]}
        """;

    private static readonly string[] Rows =
    [
        """
        {"n":null,"b":true,"i":-5,"l":{"long":7},"f":1.5,"d":-2.5,"s":"é","y":"\u00ff","x":"abc","e":"SPADES","a":[{"a.b.suit":"HEARTS"},null],"m":{"k":"xyz"},"u":{"a.b.in":{"p":9}},"v":{"string":"w"},
         "dec":"\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u0085","decb":"\u0000\u0080",
         "dur":"\u0001\u0000\u0000\u0000\u0002\u0000\u0000\u0000\u00e8\u0003\u0000\u0000","uu":"0123456789abcdef","t":86399999,"ts":-1,"kv":[{"key":1,"value":{"string":"one"}},{"key":2,"value":null}]}
        """,
        """
        {"n":null,"b":false,"i":0,"l":null,"f":0,"d":0,"s":"","y":"","x":"\u0000\u0000\u0000","e":"HEARTS","a":[],"m":{},"u":null,"v":{"double":3},
         "dec":"\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0001","decb":"\u0000",
         "dur":"\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000","uu":"0123456789abcdef","t":0,"ts":0,"kv":[]}
        """,
    ];

    [Fact]
    public async Task Rows_of_every_type_are_written_byte_for_byte_as_another_implementation_wrote_them()
    {
        using var leaks = new LeakCheck();
        byte[] theirs = AvroFiles.FromOracle(Everything, Rows);
        List<RecordBatch> rows = await AvroFiles.ReadAsync(theirs);
        byte[] ours = await AvroFiles.WriteAsync(rows[0].Schema, rows, new AvroOptions { Schema = Everything, Compression = "null" });
        rows.ForEach(r => r.Dispose());
        Assert.Equal(Convert.ToHexString(AvroContainer.Parse(theirs).Blocks[0].Data), Convert.ToHexString(AvroContainer.Parse(ours).Blocks[0].Data));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Everything), WithoutRepeatedNamespaces(JsonNode.Parse(AvroContainer.Parse(ours).Schema)!)));
    }

    [Fact]
    public async Task Fields_without_a_column_get_their_defaults_and_the_order_is_the_schemas()
    {
        using var leaks = new LeakCheck();
        using var builder = new FixedBuilder<int>(DataType.Int32);
        builder.Append([1, 2]);
        using var batch = new RecordBatch(new Schema(new Field("i", DataType.Int32)), 2, builder.Build());
        const string schema = """{"type":"record","name":"r","fields":[{"name":"s","type":"string","default":"x"},{"name":"i","type":["null","long"]},{"name":"r","type":["null","r"],"default":null}]}""";
        byte[] file = await AvroFiles.WriteAsync(batch.Schema, [batch], new AvroOptions { Schema = schema });
        Assert.Equal(["""{"s":"x","i":1,"r":null}""", """{"s":"x","i":2,"r":null}"""], await AvroFiles.RowsAsync(file));
    }

    [Theory]
    [InlineData("integer", "\"string\"")]
    [InlineData("bigint", "\"int\"")]
    [InlineData("double", "\"float\"")]
    [InlineData("varchar", "\"int\"")]
    [InlineData("fixed(4)", "{\"type\":\"fixed\",\"name\":\"f\",\"size\":3}")]
    [InlineData("decimal(9,2)", "{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":9,\"scale\":1}")]
    [InlineData("decimal(9,2)", "{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":8,\"scale\":2}")]
    [InlineData("timestamptz(6)", "{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"}")]
    [InlineData("timestamptz(6)", "{\"type\":\"long\",\"logicalType\":\"local-timestamp-micros\"}")]
    [InlineData("time", "{\"type\":\"long\",\"logicalType\":\"timestamp-micros\"}")]
    [InlineData("array<integer>", "{\"type\":\"map\",\"values\":\"int\"}")]
    [InlineData("struct<a integer>", "{\"type\":\"record\",\"name\":\"q\",\"fields\":[{\"name\":\"b\",\"type\":\"int\"}]}")]
    [InlineData("struct<a integer, b integer>", "{\"type\":\"record\",\"name\":\"q\",\"fields\":[{\"name\":\"b\",\"type\":\"int\"}]}")]
    [InlineData("integer", "[\"null\",\"string\"]")]
    public async Task What_the_schema_cannot_hold_is_an_error_before_any_row_is_written(string column, string type)
    {
        using var leaks = new LeakCheck();
        var schema = new Schema(new Field("c", DataType.Parse(column)));
        var options = new AvroOptions { Schema = $$"""{"type":"record","name":"r","fields":[{"name":"c","type":{{type}}}]}""" };
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => AvroFiles.WriteAsync(schema, [], options));
        Assert.Equal("MR2310", error.Code.Id);
        Assert.StartsWith("c", error.Place?.Field, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_column_that_the_schema_has_no_field_for_is_an_error_with_a_suggestion()
    {
        var options = new AvroOptions { Schema = """{"type":"record","name":"r","fields":[{"name":"amount","type":"int","default":0}]}""" };
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => AvroFiles.WriteAsync(new Schema(new Field("amuont", DataType.Int32)), [], options));
        Assert.Contains("'amount'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("varchar", "{\"type\":\"enum\",\"name\":\"e\",\"symbols\":[\"A\"]}")]
    [InlineData("interval", "{\"type\":\"fixed\",\"name\":\"d\",\"size\":12,\"logicalType\":\"duration\"}")]
    public async Task A_value_that_the_schema_cannot_hold_is_an_error_that_names_the_column(string column, string type)
    {
        using var leaks = new LeakCheck();
        using ColumnBuilder builder = ColumnBuilder.Create(DataType.Parse(column), 1);
        (builder as BinaryBuilder)?.Append("B");
        (builder as FixedBuilder<Interval>)?.Append(new Interval(0, -1, 0));
        using var batch = new RecordBatch(new Schema(new Field("c", builder.Type)), 1, builder.Build());
        var options = new AvroOptions { Schema = $$"""{"type":"record","name":"r","fields":[{"name":"c","type":{{type}}}]}""" };
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => AvroFiles.WriteAsync(batch.Schema, [batch], options));
        Assert.Equal("MR2310", error.Code.Id);
        Assert.Equal("c", error.Place?.Field);
    }

    // The writer states the namespace of every name.
    private static JsonNode WithoutRepeatedNamespaces(JsonNode schema)
    {
        foreach (JsonObject type in Descendants(schema).OfType<JsonObject>().Where(o => o != schema).ToList())
        {
            type.Remove("namespace");
        }

        return JsonNode.Parse(schema.ToJsonString().Replace("\"a.b.", "\"", StringComparison.Ordinal))!;
    }

    private static IEnumerable<JsonNode?> Descendants(JsonNode? node) => node switch
    {
        JsonObject o => o.Select(p => p.Value).SelectMany(Descendants).Prepend(o),
        JsonArray a => a.SelectMany(Descendants).Prepend(a),
        _ => [node],
    };
}
