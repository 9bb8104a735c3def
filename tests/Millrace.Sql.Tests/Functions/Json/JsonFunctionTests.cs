using Millrace.Columnar;
using Millrace.Sql.Functions;

namespace Millrace.Sql.Tests.Functions.Json;

public sealed class JsonFunctionTests
{
    private const string Sample = """ {"a": {"b": [10, "x\u00e9", null, {"c": true}]}, "ü.1": 1.50, "n": null, "a2": [], "dup": 1, "dup": 2} """;

    [Theory]
    [InlineData("$.a.b[0]", "10")]
    [InlineData("$.a.b[-1]", """{"c": true}""")]
    [InlineData("$.a.b[last].c", "true")]
    [InlineData("$['a'][\"b\"][1]", "\"x\\u00e9\"")]
    [InlineData("$.\"ü.1\"", "1.50")]
    [InlineData("$.n", "null")]
    [InlineData("$.a.b[4]", "NULL")]
    [InlineData("$.a.b[-5]", "NULL")]
    [InlineData("$.x.y", "NULL")]
    [InlineData("$.a[0]", "NULL")]
    [InlineData("$.dup", "2")]
    [InlineData("$.a.b[*]", """[10,"x\u00e9",null,{"c": true}]""")]
    [InlineData("$.a.b[*].c", "[true]")]
    [InlineData("$.a2[*]", "[]")]
    [InlineData("$.a.*[0]", "[10]")]
    [InlineData("lax $.n", "null")]
    [InlineData("a2", "[]")]
    public void Paths_lead_to_values(string path, string expected)
    {
        Assert.Equal(expected, Call.Eval("json_extract", new JsonText(Sample), path));
        Assert.Equal(expected, Call.Eval("json_extract", Sample, path));
    }

    [Fact]
    public void A_dollar_alone_is_the_whole() => Assert.Equal(Sample.Trim(), Call.Eval("json_extract", Sample, "$"));

    [Theory]
    [InlineData("$.a.b[1]", "xé", "xé", "NULL", "true")]
    [InlineData("$.a.b[3]", """{"c": true}""", "NULL", """{"c": true}""", "true")]
    [InlineData("$.n", "NULL", "NULL", "NULL", "true")]
    [InlineData("$.\"ü.1\"", "1.50", "1.50", "NULL", "true")]
    [InlineData("$.none", "NULL", "NULL", "NULL", "false")]
    public void Values_come_as_text_or_json(string path, string text, string value, string query, string exists)
    {
        Assert.Equal(text, Call.Eval("->>", Sample, path));
        Assert.Equal(value, Call.Eval("json_value", Sample, path));
        Assert.Equal(query, Call.Eval("json_query", Sample, path));
        Assert.Equal(exists, Call.Eval("json_exists", Sample, path));
    }

    [Fact]
    public void Arrows_take_names_and_numbers()
    {
        Assert.Equal("[]", Call.Eval("->", new JsonText(Sample), "a2"));
        Assert.Equal("30", Call.Eval("->", new JsonText("[10, 20, 30]"), -1));
        Assert.Equal("20", Call.Eval("->>", "[10, 20, 30]", 1L));
        Assert.Equal("NULL", Call.Eval("->", "[10]", "0"));
        Assert.Equal("NULL", Call.Eval("->", "[10]", long.MinValue));
        Assert.Equal("1", Call.Eval("->", """{"$ref": 1}""", "$ref"));
        Assert.Equal("true", Call.Eval("json_exists", Sample, "$.a.b[*].c"));
        Assert.Equal("false", Call.Eval("json_exists", Sample, "$.a.b[*].d"));
        Assert.Equal("""{"c": true}""", Call.Eval("json_extract_path", Sample, "a", "b", "3"));
        Assert.Equal("true", Call.Eval("json_extract_path_text", Sample, "a", "b", "-1", "c"));
        Assert.Equal("NULL", Call.Eval("json_extract_path", Sample, "a", "x"));
    }

    [Theory]
    [InlineData("$.")]
    [InlineData("$.a[")]
    [InlineData("$.a[x]")]
    [InlineData("$.a['b]")]
    [InlineData("$.a[1 2]")]
    [InlineData("$[99999999999]")]
    public void Bad_paths_are_faults(string path) => Assert.StartsWith("MR5240", Call.Fault("json_extract", Sample, path), StringComparison.Ordinal);

    [Fact]
    public void Paths_have_limits_and_one_value_where_one_is_wanted()
    {
        Assert.StartsWith("MR5240", Call.Fault("json_extract", "{}", "$" + string.Concat(Enumerable.Repeat(".a", 201))), StringComparison.Ordinal);
        Assert.StartsWith("MR5240", Call.Fault("json_extract", "{}", "$." + new string('a', 5000)), StringComparison.Ordinal);
        Assert.StartsWith("MR5240", Call.Fault("json_value", "{}", "$.*"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{\"a\": 1} x")]
    [InlineData("{'a': 1}")]
    [InlineData("[1,]")]
    [InlineData("nul")]
    public void What_is_no_json_is_a_fault(string text)
    {
        Assert.StartsWith("MR5239", Call.Fault("json_extract", text, "$"), StringComparison.Ordinal);
        Assert.StartsWith("MR5239", Call.Fault("parse_json", text), StringComparison.Ordinal);
        Assert.Equal("NULL", Call.Eval("try_parse_json", text));
        Assert.Equal("false", Call.Eval("json_valid", text));
    }

    [Fact]
    public void Depth_is_limited_and_half_characters_are_faults()
    {
        string deep = new string('[', 100_000) + new string(']', 100_000);
        Assert.StartsWith("MR5239", Call.Fault("json_extract", deep, "$[0]"), StringComparison.Ordinal);
        Assert.Equal("false", Call.Eval("json_valid", deep));
        Assert.Equal("true", Call.Eval("json_valid", new string('[', 256) + new string(']', 256)));
        Assert.StartsWith("MR5239", Call.Fault("json_value", """{"a": "\ud800"}""", "$.a"), StringComparison.Ordinal);
        Assert.StartsWith("MR5239", Call.Fault("json_keys", """{"\udc00": 1}"""), StringComparison.Ordinal);
    }

    [Fact]
    public void Json_is_inspected()
    {
        Assert.Equal("3", Call.Eval("json_array_length", "[1, [2, 3], {}]"));
        Assert.Equal("4", Call.Eval("json_array_length", Sample, "$.a.b"));
        Assert.Equal("NULL", Call.Eval("json_array_length", Sample, "$.none"));
        Assert.StartsWith("MR5230", Call.Fault("json_array_length", "{}"), StringComparison.Ordinal);
        Assert.Equal("""["a","ü.1","n","a2","dup","dup"]""", Call.Eval("json_keys", Sample));
        Assert.StartsWith("MR5230", Call.Fault("json_keys", "[]"), StringComparison.Ordinal);
        foreach ((string json, string kind) in new[] { ("{}", "object"), (" []", "array"), ("\"\"", "string"), ("-1e5", "number"), ("false", "boolean"), ("null", "null") })
        {
            Assert.Equal(kind, Call.Eval("json_typeof", json));
        }

        Assert.Equal("""[1,{"a": 2}]""", Call.Eval("json_array_elements", "[1, {\"a\": 2}]"));
        Assert.Equal("""["a","1",null]""", Call.Eval("json_array_elements_text", """["a", 1, null]"""));
    }

    [Fact]
    public void Json_is_made_of_values()
    {
        Assert.Equal("""{"a":1,"b":["x",null],"c":null}""", Call.Eval("json_object", "a", 1, "b", new object?[] { "x", null }, "c", new Typed(DataType.Int32, null)));
        Assert.Equal("{}", Call.Eval("json_object"));
        Assert.StartsWith("MR5230", Call.Fault("json_object", "a"), StringComparison.Ordinal);
        Assert.StartsWith("MR5230", Call.Fault("json_object", new Typed(DataType.Utf8, null), 1), StringComparison.Ordinal);
        Assert.Equal("""[1,"a"]""", Call.Eval("json_array", 1, new Typed(DataType.Utf8, null), "a"));
        Assert.Equal("""[1,null,"a"]""", Call.Eval("json_build_array", 1, new Typed(DataType.Utf8, null), "a"));
        Assert.Equal("\"a\\\"é\"", Call.Eval("to_json", "a\"é"));
        Assert.Equal("[1,null]", Call.Eval("to_json", (object)new object?[] { 1, null }));
        Assert.Equal("\"2024-02-29\"", Call.Eval("to_json", new DateOnly(2024, 2, 29)));
        Assert.Equal("{\"a\": 1}", Call.Eval("to_json", new JsonText("{\"a\": 1}")));
    }

    [Fact]
    public void Random_bytes_never_break_navigation()
    {
        var random = new Random(3);
        const string letters = "{}[],:\"\\ua1e-. tnf";
        JsonPath[] paths = [JsonPath.Parse("$.a[0]"), JsonPath.Parse("$.*[*]"), JsonPath.Parse("$")];
        using var buffer = new ByteBuffer();
        for (int i = 0; i < 20_000; i++)
        {
            byte[] text = [.. Enumerable.Range(0, random.Next(20)).Select(_ => (byte)letters[random.Next(letters.Length)])];
            foreach (JsonPath path in paths)
            {
                try
                {
                    buffer.Truncate();
                    JsonNavigation.WriteAll(text, path.Steps, buffer, 1000);
                    Assert.InRange(buffer.Length, 0, 1000);
                }
                catch (System.Text.Json.JsonException)
                {
                    Assert.False(JsonNavigation.IsValid(text));
                }
            }
        }
    }
}
