using System.Text;
using Millrace.Columnar;
using Millrace.Formats.Json;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Json;

public class InferenceTests
{
    [Theory]
    [InlineData("1|-5|null", "bigint")]
    [InlineData("9223372036854775807|-9223372036854775808", "bigint")]
    [InlineData("9223372036854775808|1", "decimal(38,0)")]
    [InlineData("-9223372036854775809", "decimal(38,0)")]
    [InlineData("99999999999999999999999999999999999999", "decimal(38,0)")]
    [InlineData("100000000000000000000000000000000000000", "varchar")]
    [InlineData("1|1.5", "double")]
    [InlineData("1e3", "double")]
    [InlineData("9007199254740992|0.5", "double")]
    [InlineData("9007199254740993|0.5", "decimal(38,1)")]
    [InlineData("123456789012345680000|0.5", "double")]
    [InlineData("9007199254740993|1e5", "varchar")]
    [InlineData("1e400", "varchar")]
    [InlineData("0.5|0.30000000000000004", "double")]
    [InlineData("0.5|1.50000000000000000000000", "double")]
    [InlineData("0.5|0.12345678901234567890", "decimal(38,20)")]
    [InlineData("1e3|0.12345678901234567890", "varchar")]
    [InlineData("1.2345678901234567890e3", "varchar")]
    [InlineData("true|false", "boolean")]
    [InlineData("true|1", "varchar")]
    [InlineData("\"x\"|1", "varchar")]
    [InlineData("\"x\"|{}", "json")]
    [InlineData("[1]|{\"a\":1}", "json")]
    [InlineData("1|[1]", "json")]
    [InlineData("{}", "json")]
    [InlineData("null", "varchar")]
    [InlineData("[]", "array<varchar>")]
    [InlineData("[]|[1,2]|[null]", "array<bigint>")]
    [InlineData("[1,2.5]", "array<double>")]
    [InlineData("[{\"a\":1},{\"b\":[true]}]", "array<struct<a bigint, b array<boolean>>>")]
    [InlineData("\"2024-02-29\"", "date")]
    [InlineData("\"2024-02-30\"", "varchar")]
    [InlineData("\"2024-02-29\"|\"2024-02-29T01:02:03\"", "timestamp")]
    [InlineData("\"2024-02-29 01:02:03.123456789\"", "timestamp(9)")]
    [InlineData("\"2024-02-29T01:02:03Z\"|\"2024-02-29T01:02:03+02:00\"", "timestamptz")]
    [InlineData("\"2024-02-29T01:02:03Z\"|\"2024-02-29T01:02:03\"", "varchar")]
    [InlineData("\"2024-02-29\"|\"\"", "varchar")]
    [InlineData("\"01:02:03\"", "varchar")]
    public async Task Types_are_the_narrowest_that_hold_all_values(string values, string type)
    {
        string text = string.Concat(values.Split('|').Select(v => $"{{\"v\":{v}}}\n"));
        FileInspection inspection = await JsonFiles.InspectAsync(text);
        Assert.Equal(type, inspection.Schema[0].Type.ToString());
        Assert.True(inspection.IsInferred);
        ReadResult read = await JsonFiles.ReadAsync(text);
        Assert.Empty(read.Errors);
        Assert.Equal(values.Split('|').Length, read.Rows.Count);
    }

    [Fact]
    public async Task Decimals_are_inferred_when_asked_for()
        => Assert.Equal("decimal(38,3)", (await JsonFiles.InspectAsync("{\"v\":1.5}\n{\"v\":-20.125}\n", new JsonOptions { InferDecimals = true })).Schema[0].Type.ToString());

    [Fact]
    public async Task Dates_stay_texts_when_asked_for()
        => Assert.Equal("varchar", (await JsonFiles.InspectAsync("{\"v\":\"2024-02-29\"}", new JsonOptions { InferDates = false })).Schema[0].Type.ToString());

    [Fact]
    public async Task Objects_with_very_many_fields_are_data()
    {
        string members = string.Join(',', Enumerable.Range(0, 30).Select(i => $"\"k{i}\":{i}"));
        FileInspection inspection = await JsonFiles.InspectAsync($"{{\"v\":{{{members}}}}}", new JsonOptions { MaxStructFields = 20 });
        Assert.Equal("json", inspection.Schema[0].Type.ToString());
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => JsonFiles.InspectAsync($"{{{members}}}", new JsonOptions { MaxColumns = 20 }));
        Assert.Equal("MR2109", error.Code.Id);
    }

    [Fact]
    public async Task Very_deep_values_are_json()
    {
        string deep = string.Concat(Enumerable.Repeat("{\"a\":[", 40)) + string.Concat(Enumerable.Repeat("]}", 40));
        FileInspection inspection = await JsonFiles.InspectAsync($"{{\"v\":{deep}}}");
        Assert.Contains("json", inspection.Schema[0].Type.ToString());
        Assert.Equal($"{{\"v\":{deep}}}", Assert.Single((await JsonFiles.ReadAsync($"{{\"v\":{deep}}}")).Rows));
    }

    [Theory]
    [InlineData("1", "9223372036854775808", "decimal(38,0)")]
    [InlineData("1", "0.5", "double")]
    [InlineData("0.5", "9007199254740993", "varchar")]
    [InlineData("0.5", "0.12345678901234567890", "varchar")]
    [InlineData("0.5", "1.2345678901234567890e3", "varchar")]
    [InlineData("[0.5]", "[1, 0.12345678901234567890]", "array<varchar>")]
    [InlineData("1", "\"12\"", "varchar")]
    [InlineData("9223372036854775808", "1.5", "varchar")]
    [InlineData("9223372036854775808", "100000000000000000000000000000000000000", "varchar")]
    [InlineData("true", "0", "varchar")]
    [InlineData("\"2024-02-29\"", "\"2024-02-29T00:00:00\"", "timestamp")]
    [InlineData("\"2024-02-29\"", "\"x\"", "varchar")]
    [InlineData("\"2024-02-29T00:00:00Z\"", "\"2024-02-29T00:00:00\"", "varchar")]
    [InlineData("\"2024-02-29T00:00:00\"", "\"2024-02-29T00:00:00+01:00\"", "varchar")]
    [InlineData("\"2024-02-29T00:00:00\"", "\"2024-02-29T00:00:00.1234567\"", "timestamp(9)")]
    [InlineData("1", "{\"a\":1}", "json")]
    [InlineData("[1]", "[\"x\"]", "array<varchar>")]
    [InlineData("[1]", "{}", "json")]
    [InlineData("{\"a\":1}", "{\"a\":1.5}", "struct<a double>")]
    [InlineData("{\"a\":1}", "{\"a\":2,\"b\":[null]}", "struct<a bigint, b array<varchar>>")]
    [InlineData("{\"a\":{\"b\":[{\"c\":1}]}}", "{\"a\":{\"b\":[{\"d\":true}]}}", "struct<a struct<b array<struct<c bigint, d boolean>>>>")]
    [InlineData("null", "1", "bigint")]
    [InlineData("null", "[2]", "array<bigint>")]
    [InlineData("[]", "[true]", "array<boolean>")]
    public async Task A_later_value_that_does_not_fit_asks_for_a_wider_type(string first, string later, string type)
    {
        using var leaks = new LeakCheck();
        string text = $"{{\"v\":{first}}}\n{{\"v\":{later}}}\n";
        FileInspection inspection = await JsonFiles.InspectAsync(text, new JsonOptions { SampleRows = 1 });
        SchemaWideningException wider = await Assert.ThrowsAsync<SchemaWideningException>(() => JsonFiles.ReadAsync(Encoding.UTF8.GetBytes(text), inspection));
        Assert.Equal("v", wider.Column);
        Assert.Equal(type, wider.To.ToString());
        Assert.Equal(inspection.Schema[0].Type, wider.From);
        Assert.Equal(2, wider.Place.Line);
        var widened = inspection with { Schema = new Schema(new Field("v", wider.To)) };
        ReadResult read = await JsonFiles.ReadAsync(Encoding.UTF8.GetBytes(text), widened);
        Assert.Equal(2, read.Rows.Count);
        Assert.Empty(read.Errors);
    }

    [Theory]
    [InlineData("bigint", "\"x\"")]
    [InlineData("tinyint", "128")]
    [InlineData("bigint", "1.5")]
    [InlineData("double", "1e400")]
    [InlineData("decimal(4,2)", "1.234")]
    [InlineData("decimal(4,2)", "100")]
    [InlineData("date", "\"2023-02-29\"")]
    [InlineData("boolean", "2")]
    [InlineData("uuid", "\"x\"")]
    [InlineData("array<bigint>", "[1,\"x\"]")]
    [InlineData("struct<a bigint>", "{\"a\":{}}")]
    [InlineData("map<integer, bigint>", "{\"x\":1}")]
    [InlineData("map<varchar, bigint>", "{\"x\":\"y\"}")]
    [InlineData("bytes", "\"*\"")]
    [InlineData("fixed(2)", "\"AQID\"")]
    public async Task A_value_that_does_not_fit_a_declared_type_makes_a_bad_row(string type, string value)
    {
        using var leaks = new LeakCheck();
        string text = $"{{\"v\":null}}\n{{\"v\":{value}}}\n{{\"v\":null}}\n";
        ReadResult read = await JsonFiles.ReadAsync(text, columns: $"v {type}");
        Assert.Equal(["{\"v\":null}", "{\"v\":null}"], read.Rows);
        RowError error = Assert.Single(read.Errors);
        Assert.Equal("MR2004", error.Code.Id);
        Assert.StartsWith("v", error.Place.Field);
        Assert.Equal(2, error.Place.Line);
        Assert.Equal($"{{\"v\":{value}}}", Encoding.UTF8.GetString(error.Raw.Span));
        Assert.Contains(type, error.Message);
    }

    [Theory]
    [InlineData("bigint", "\"12\"", "12")]
    [InlineData("bigint", "1.0", "1")]
    [InlineData("bigint", "12e2", "1200")]
    [InlineData("decimal(38,10)", "\"1234567890123456789012345678.0123456789\"", "1234567890123456789012345678.0123456789")]
    [InlineData("decimal(38,10)", "1234567890123456789012345678.0123456789", "1234567890123456789012345678.0123456789")]
    [InlineData("decimal(5,2)", "1.5e2", "150.00")]
    [InlineData("ubigint", "18446744073709551615", "18446744073709551615")]
    [InlineData("double", "\"-Infinity\"", "\"-Infinity\"")]
    [InlineData("double", "9007199254740993", "9007199254740992")]
    [InlineData("boolean", "\"yes\"", "true")]
    [InlineData("varchar", "12.50", "\"12.50\"")]
    [InlineData("varchar", "{\"a\" : [1, 2]}", "\"{\\\"a\\\" : [1, 2]}\"")]
    [InlineData("json", "{\"a\" : [1, 2]}", "{\"a\" : [1, 2]}")]
    [InlineData("json", "\"x\"", "\"x\"")]
    [InlineData("map<varchar, bigint>", "{\"x\":1,\"y\":2,\"x\":3}", "{\"x\":3,\"y\":2}")]
    [InlineData("struct<a bigint>", "{\"b\":5,\"a\":1,\"a\":2}", "{\"a\":2}")]
    public async Task A_declared_type_takes_what_it_can_hold(string type, string value, string expected)
    {
        ReadResult read = await JsonFiles.ReadAsync($"{{\"v\":{value}}}\n", columns: $"v {type}");
        Assert.Empty(read.Errors);
        Assert.Equal($"{{\"v\":{expected}}}", Assert.Single(read.Rows));
    }

    [Fact]
    public async Task A_field_first_seen_later_is_handled_as_the_option_says()
    {
        const string text = "{\"a\":1}\n{\"a\":2,\"b\":[1]}\n{\"a\":3,\"b\":null}\n";
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        FileInspection inspection = await JsonFiles.InspectAsync(text, new JsonOptions { SampleRows = 1 });
        SchemaWideningException wider = await Assert.ThrowsAsync<SchemaWideningException>(() => JsonFiles.ReadAsync(bytes, inspection));
        Assert.Equal(("b", null, "array<bigint>"), (wider.Column, wider.From, wider.To.ToString()));
        ReadResult widened = await JsonFiles.ReadAsync(bytes, inspection, "a bigint, b array<bigint>");
        Assert.Equal(["""{"a":1,"b":null}""", """{"a":2,"b":[1]}""", """{"a":3,"b":null}"""], widened.Rows);
        ReadResult ignored = await JsonFiles.ReadAsync(bytes, inspection with { Options = ((JsonOptions)inspection.Options) with { UnknownFields = JsonUnknownFields.Ignore } });
        Assert.Equal(3, ignored.Rows.Count);
        ReadResult failed = await JsonFiles.ReadAsync(bytes, inspection with { Options = ((JsonOptions)inspection.Options) with { UnknownFields = JsonUnknownFields.Fail } });
        Assert.Equal(2, failed.Rows.Count);
        Assert.Equal("MR2106", Assert.Single(failed.Errors).Code.Id);
    }

    [Fact]
    public async Task A_field_that_was_null_when_it_was_first_seen_counts_as_new_with_its_first_value()
    {
        byte[] bytes = Encoding.UTF8.GetBytes("{\"a\":1}\n{\"a\":2,\"b\":null}\n{\"a\":3,\"b\":null}\n{\"a\":4,\"b\":5}\n");
        FileInspection inspection = await JsonFiles.InspectAsync(bytes, new JsonOptions { SampleRows = 1 });
        SchemaWideningException wider = await Assert.ThrowsAsync<SchemaWideningException>(() => JsonFiles.ReadAsync(bytes, inspection));
        Assert.Equal(("b", "bigint", 4L), (wider.Column, wider.To.ToString(), wider.Place.Line));
    }

    [Fact]
    public async Task A_new_field_within_a_wanted_column_counts_though_other_columns_are_left_out()
    {
        byte[] bytes = Encoding.UTF8.GetBytes("{\"a\":1,\"o\":{\"x\":1}}\n{\"a\":2,\"o\":{\"x\":1,\"y\":2},\"new\":3}\n");
        FileInspection inspection = await JsonFiles.InspectAsync(bytes, new JsonOptions { SampleRows = 1 });
        var request = new FileReadRequest { Columns = inspection.Schema.Select([1]), Range = FileRange.Whole(bytes.Length) };
        await using IBatchReader reader = JsonFiles.Format.OpenReader(new MemoryByteSource(bytes), inspection, request);
        SchemaWideningException wider = await Assert.ThrowsAsync<SchemaWideningException>(async () => await reader.ReadAsync(TestContext.Current.CancellationToken));
        Assert.Equal(("o", "struct<x bigint, y bigint>"), (wider.Column, wider.To.ToString()));
    }

    [Fact]
    public async Task A_record_that_is_no_json_never_widens_a_type()
    {
        byte[] bytes = Encoding.UTF8.GetBytes("{\"a\":1}\n{\"a\":\"x\",\"b\":1,}\n{\"a\":1.5\n{\"a\":2}\n");
        FileInspection inspection = await JsonFiles.InspectAsync(bytes, new JsonOptions { SampleRows = 1 });
        ReadResult read = await JsonFiles.ReadAsync(bytes, inspection);
        Assert.Equal(["MR2101", "MR2101"], read.Errors.Select(e => e.Code.Id));
        Assert.Equal(2, read.Rows.Count);
    }

    [Fact]
    public async Task A_column_that_cannot_be_null_makes_bad_rows_of_nulls()
    {
        ReadResult read = await JsonFiles.ReadAsync("{\"a\":1}\n{\"a\":null}\n{}\n{\"a\":4}\n", columns: "a bigint not null");
        Assert.Equal(2, read.Rows.Count);
        Assert.Equal(["MR2110", "MR2110"], read.Errors.Select(e => e.Code.Id));
    }
}
