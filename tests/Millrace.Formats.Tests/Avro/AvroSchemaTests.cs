using Millrace.Columnar;
using Millrace.Formats.Avro;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Avro;

public class AvroSchemaTests
{
    [Theory]
    [InlineData("\"int\"")]
    [InlineData("[\"null\",\"string\"]")]
    [InlineData("""{"type":"array","items":{"type":"map","values":"bytes"}}""")]
    [InlineData("""{"type":"enum","name":"e","namespace":"a.b","aliases":["a.b.f"],"doc":"d","symbols":["A","B"],"default":"B"}""")]
    [InlineData("""{"type":"fixed","name":"f","namespace":"","size":16,"logicalType":"uuid"}""")]
    [InlineData("""{"type":"int","logicalType":"colour","extra":{"k":[1,null]}}""")]
    [InlineData("""{"type":"record","name":"r","namespace":"n","fields":[{"name":"a","type":["null","n.r"],"default":null,"doc":"d","aliases":["b"],"field-id":3}]}""")]
    [InlineData("""{"type":"bytes","logicalType":"decimal","precision":4,"scale":0}""")]
    public void A_schema_is_written_as_it_was_read(string json) => Assert.Equal(json, AvroType.Parse(json).ToJson());

    [Fact]
    public void Names_fall_into_the_namespace_around_them()
    {
        AvroType type = AvroType.Parse("""
            {"type": "record", "name": "a.b.outer", "fields": [
              {"name": "x", "type": {"type": "fixed", "name": "inner", "size": 1}},
              {"name": "y", "type": {"type": "record", "name": "other", "namespace": "c", "fields": [{"name": "z", "type": {"type": "enum", "name": "e", "symbols": ["S"]}}]}},
              {"name": "again", "type": ["null", "inner", "c.e", "a.b.outer"]}
            ]}
            """);
        Assert.Equal(["a.b.inner", "c.other"], type.Fields.Take(2).Select(f => f.Type.FullName));
        Assert.Equal("c.e", type.Fields[1].Type.Fields[0].Type.FullName);
        Assert.Same(type, type.Fields[2].Type.Children[3]);
        Assert.Equal(type.ToJson(), AvroType.Parse(type.ToJson()).ToJson());
    }

    [Theory]
    [InlineData("", "JSON")]
    [InlineData("{", "JSON")]
    [InlineData("5", "a type is")]
    [InlineData("null", "a type is")]
    [InlineData("\"strin\"", "no type 'strin'")]
    [InlineData("{}", "'type'")]
    [InlineData("[]", "no branches")]
    [InlineData("[\"int\",\"int\"]", "two branches")]
    [InlineData("[\"int\",[\"string\"]]", "a union directly")]
    [InlineData("{\"type\":\"array\"}", "'items'")]
    [InlineData("{\"type\":\"map\"}", "'values'")]
    [InlineData("{\"type\":\"fixed\",\"name\":\"f\"}", "'size'")]
    [InlineData("{\"type\":\"fixed\",\"name\":\"f\",\"size\":-1}", "size")]
    [InlineData("{\"type\":\"fixed\",\"size\":1}", "'name'")]
    [InlineData("{\"type\":\"enum\",\"name\":\"e\",\"symbols\":[]}", "symbols")]
    [InlineData("{\"type\":\"enum\",\"name\":\"e\",\"symbols\":[\"A\",\"A\"]}", "twice")]
    [InlineData("{\"type\":\"enum\",\"name\":\"e\",\"symbols\":[\"A\"],\"default\":\"B\"}", "default")]
    [InlineData("{\"type\":\"record\",\"name\":\"r\"}", "'fields'")]
    [InlineData("{\"type\":\"record\",\"name\":\"1r\",\"fields\":[]}", "is not a name")]
    [InlineData("{\"type\":\"record\",\"name\":\"r\",\"fields\":[{\"name\":\"a\",\"type\":\"int\"},{\"name\":\"a\",\"type\":\"int\"}]}", "two fields 'a'")]
    [InlineData("{\"type\":\"record\",\"name\":\"r\",\"fields\":[{\"name\":\"a\",\"type\":{\"type\":\"record\",\"name\":\"r\",\"fields\":[]}}]}", "is taken")]
    [InlineData("{\"type\":\"int\",\"type\":\"int\"}", "twice")]
    [InlineData("{\"type\":\"\\ud800\"}", "surrogate")]
    public void What_is_no_schema_is_an_error_that_says_why(string json, string reason)
    {
        MillraceException error = Assert.Throws<MillraceException>(() => AvroType.Parse(json));
        Assert.Equal("MR2303", error.Code.Id);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_says_which_field_it_is_about()
    {
        MillraceException error = Assert.Throws<MillraceException>(() => AvroType.Parse(
            """{"type":"record","name":"r","fields":[{"name":"a","type":{"type":"record","name":"s","fields":[{"name":"b","type":{"type":"array","items":"strin"}}]}}]}"""));
        Assert.Contains("at a.b[]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_schema_that_nests_too_deep_is_an_error()
    {
        string deep = string.Concat(Enumerable.Repeat("{\"type\":\"array\",\"items\":", 10_000)) + "\"int\"" + new string('}', 10_000);
        Assert.Equal("MR2303", Assert.Throws<MillraceException>(() => AvroType.Parse(deep)).Code.Id);
    }

    [Fact]
    public void A_chain_of_names_that_nests_too_deep_is_an_error()
    {
        string[] links = [.. Enumerable.Range(0, 20_000).Select(i => $"{{\"type\":\"record\",\"name\":\"r{i}\",\"fields\":[{(i == 0 ? "" : $"{{\"name\":\"f\",\"type\":\"r{i - 1}\"}}")}]}}")];
        Assert.Equal("MR2303", Assert.Throws<MillraceException>(() => AvroType.Parse($"[{string.Join(',', links)}]")).Code.Id);
    }

    [Fact]
    public void A_small_schema_that_unfolds_to_a_huge_one_is_an_error()
    {
        string[] doubled = [.. Enumerable.Range(0, 40).Select(i => i == 0
            ? "{\"type\":\"record\",\"name\":\"r0\",\"fields\":[]}"
            : $"{{\"type\":\"record\",\"name\":\"r{i}\",\"fields\":[{{\"name\":\"a\",\"type\":\"r{i - 1}\"}},{{\"name\":\"b\",\"type\":\"r{i - 1}\"}}]}}")];
        Assert.Equal("MR2303", Assert.Throws<MillraceException>(() => AvroType.Parse($"[{string.Join(',', doubled)}]")).Code.Id);
    }

    [Theory]
    [InlineData("\"null\"", "varchar", true)]
    [InlineData("""{"type":"fixed","name":"f","size":0}""", "bytes", false)]
    [InlineData("""{"type":"fixed","name":"f","size":3}""", "fixed(3)", false)]
    [InlineData("""{"type":"enum","name":"f","symbols":["A"]}""", "varchar", false)]
    [InlineData("""["int","null"]""", "integer", true)]
    [InlineData("""["int"]""", "integer", false)]
    [InlineData("""["int","string"]""", "struct<int integer, string varchar>", false)]
    [InlineData("""["null","int",{"type":"fixed","name":"a.f","size":1},{"type":"fixed","name":"b.f","size":1}]""", "struct<int integer, \"a.f\" fixed(1), \"b.f\" fixed(1)>", true)]
    [InlineData("""{"type":"array","items":"int"}""", "array<integer not null>", false)]
    [InlineData("""{"type":"map","values":["null","int"]}""", "map<varchar, integer>", false)]
    [InlineData("""{"type":"array","logicalType":"map","items":{"type":"record","name":"kv","fields":[{"name":"key","type":"int"},{"name":"value","type":"string"}]}}""", "map<integer, varchar not null>", false)]
    [InlineData("""{"type":"bytes","logicalType":"decimal","precision":50}""", "bytes", false)]
    [InlineData("""{"type":"bytes","logicalType":"decimal","precision":4,"scale":5}""", "bytes", false)]
    [InlineData("""{"type":"fixed","name":"f","size":1,"logicalType":"decimal","precision":3}""", "fixed(1)", false)]
    [InlineData("""{"type":"int","sql-type":"smallint"}""", "smallint", false)]
    [InlineData("""{"type":"int","sql-type":"varchar"}""", "integer", false)]
    [InlineData("""{"type":"record","name":"r","fields":[{"name":"next","type":["null","r"]}]}""", "json", true)]
    public async Task A_type_becomes_a_column(string json, string type, bool nullable)
    {
        FileInspection inspection = await AvroFiles.InspectAsync(AvroContainer.Of(json, "null").ToFile());
        Field field = Assert.Single(inspection.Schema.Fields);
        Assert.Equal(type, field.Type.ToString());
        Assert.Equal(nullable, field.Nullable);
    }

    [Fact]
    public async Task Columns_that_properties_give_one_name_get_different_ones()
    {
        const string json = """{"type":"record","name":"r","fields":[{"name":"a","type":"int","column-name":"x"},{"name":"b","type":"int","column-name":"x"},{"name":"x","type":"int"}]}""";
        Assert.Equal(["{\"x\":1,\"x_2\":2,\"x_3\":3}"], await AvroFiles.RowsAsync(AvroContainer.Of(json, "null", (1, [2, 4, 6])).ToFile()));
    }

    [Fact]
    public void Mutated_schemas_are_read_or_are_errors()
    {
        var random = new Random(8);
        const string json = """{"type":"record","name":"a.r","fields":[{"name":"u","type":["null",{"type":"array","items":"int"},{"type":"map","values":"r"}],"default":null},{"name":"d","type":{"type":"fixed","name":"f","size":4,"logicalType":"decimal","precision":3,"scale":1}},{"name":"e","type":{"type":"enum","name":"e","symbols":["A","B"],"default":"A"}}]}""";
        string[] pieces = ["\"", "{", "}", "[", "]", ",", ":", "\"type\"", "\"r\"", "null", "-1", "1e999", "\\ud800", "999999999999", "\"array\"", "\"size\"", "true"];
        int errors = 0;
        for (int i = 0; i < 3000; i++)
        {
            int at = random.Next(json.Length);
            int cut = random.Next(Math.Min(12, json.Length - at));
            string mutated = json[..at] + (random.Next(3) == 0 ? "" : pieces[random.Next(pieces.Length)]) + json[(at + cut)..];
            try
            {
                AvroType type = AvroType.Parse(mutated);
                Assert.Equal(type.ToJson(), AvroType.Parse(type.ToJson()).ToJson());
            }
            catch (MillraceException e)
            {
                Assert.Equal("MR2303", e.Code.Id);
                errors++;
            }
        }

        Assert.InRange(errors, 1000, 2999);
    }
}
