using Millrace.Formats.Avro;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Avro;

/// <summary>The rules of the specification's section Schema Resolution, one row each.</summary>
public class AvroResolutionTests
{
    // What was written, its schema, the schema to read it with, and what comes out. Bytes are in the binary encoding.
    public static TheoryData<string, string, string, string, string> Values => new()
    {
        { "int to long", "06", "\"int\"", "\"long\"", "3" },
        { "int to float", "06", "\"int\"", "\"float\"", "3" },
        { "int to double", "05", "\"int\"", "\"double\"", "-3" },
        { "long to float", "808004", "\"long\"", "\"float\"", "32768" },
        { "long to double", "80808080 10", "\"long\"", "\"double\"", "2147483648" },
        { "float to double", "0000c03f", "\"float\"", "\"double\"", "1.5" },
        { "string to bytes", "04c3a9", "\"string\"", "\"bytes\"", "\"\\\\xc3a9\"" },
        { "bytes to string", "04c3a9", "\"bytes\"", "\"string\"", "\"é\"" },
        { "value into union", "06", "\"int\"", "[\"null\", \"int\"]", "3" },
        { "value into the first branch that matches", "06", "\"int\"", "[\"null\", \"double\", \"int\"]", "{\"double\":3,\"int\":null}" },
        { "union to value", "0206", "[\"null\", \"int\"]", "\"long\"", "3" },
        { "union to union, branches in another order", "0206", "[\"null\", \"int\"]", "[\"long\", \"null\"]", "3" },
        { "null of a union", "00", "[\"null\", \"int\"]", "[\"long\", \"null\"]", "null" },
        { "null into union", "", "\"null\"", "[\"long\", \"null\"]", "null" },
        { "union of several, promoted", "0206", "[\"string\", \"int\"]", "[\"double\", \"string\"]", "{\"double\":3,\"string\":null}" },
        { "array items", "0406 02 00", "{\"type\":\"array\",\"items\":\"int\"}", "{\"type\":\"array\",\"items\":\"double\"}", "[3,1]" },
        { "map values", "02 0261 06 00", "{\"type\":\"map\",\"values\":\"int\"}", "{\"type\":\"map\",\"values\":[\"null\",\"long\"]}", "{\"a\":3}" },
        { "enum by symbol", "02", "{\"type\":\"enum\",\"name\":\"e\",\"symbols\":[\"A\",\"B\"]}", "{\"type\":\"enum\",\"name\":\"e\",\"symbols\":[\"B\",\"C\"]}", "\"B\"" },
        { "enum to the default", "00", "{\"type\":\"enum\",\"name\":\"e\",\"symbols\":[\"A\",\"B\"]}", "{\"type\":\"enum\",\"name\":\"e\",\"symbols\":[\"B\",\"C\"],\"default\":\"C\"}", "\"C\"" },
        { "name in another namespace", "00", "{\"type\":\"enum\",\"name\":\"x.e\",\"symbols\":[\"A\"]}", "{\"type\":\"enum\",\"name\":\"y.e\",\"symbols\":[\"A\"]}", "\"A\"" },
        { "name by alias", "0102", "{\"type\":\"fixed\",\"name\":\"x.old\",\"size\":2}", "{\"type\":\"fixed\",\"name\":\"x.new\",\"aliases\":[\"old\"],\"size\":2}", "\"\\\\x0102\"" },
        { "decimal on fixed to decimal on bytes", "ff85", "{\"type\":\"fixed\",\"name\":\"f\",\"size\":2,\"logicalType\":\"decimal\",\"precision\":4,\"scale\":2}", "{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":4,\"scale\":2}", "-1.23" },
        { "timestamp in a finer unit", "01", "{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"}", "{\"type\":\"long\",\"logicalType\":\"timestamp-micros\"}", "\"1969-12-31T23:59:59.999000Z\"" },
        { "timestamp in a coarser unit, rounded down", "01", "{\"type\":\"long\",\"logicalType\":\"timestamp-micros\"}", "{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"}", "\"1969-12-31T23:59:59.999Z\"" },
        { "number that gets a meaning", "02", "\"int\"", "{\"type\":\"int\",\"logicalType\":\"date\"}", "\"1970-01-02\"" },
        { "number that loses its meaning", "02", "{\"type\":\"int\",\"logicalType\":\"date\"}", "\"long\"", "1" },
        {
            "fields by name, in another order", "0206 04",
            "{\"type\":\"record\",\"name\":\"r\",\"fields\":[{\"name\":\"a\",\"type\":[\"null\",\"int\"]},{\"name\":\"b\",\"type\":\"int\"}]}",
            "{\"type\":\"record\",\"name\":\"r\",\"fields\":[{\"name\":\"b\",\"type\":\"long\"},{\"name\":\"a\",\"type\":[\"null\",\"int\"]}]}",
            "{\"b\":2,\"a\":3}"
        },
        {
            "field that the reader lacks", "04 06787978 08",
            "{\"type\":\"record\",\"name\":\"r\",\"fields\":[{\"name\":\"a\",\"type\":\"int\"},{\"name\":\"gone\",\"type\":\"string\"},{\"name\":\"b\",\"type\":\"int\"}]}",
            "{\"type\":\"record\",\"name\":\"r\",\"fields\":[{\"name\":\"a\",\"type\":\"int\"},{\"name\":\"b\",\"type\":\"int\"}]}",
            "{\"a\":2,\"b\":4}"
        },
        {
            "fields by alias", "04",
            "{\"type\":\"record\",\"name\":\"r\",\"fields\":[{\"name\":\"old\",\"type\":\"int\"}]}",
            "{\"type\":\"record\",\"name\":\"r\",\"fields\":[{\"name\":\"new\",\"aliases\":[\"older\",\"old\"],\"type\":\"int\"}]}",
            "{\"new\":2}"
        },
        {
            "record by alias", "04",
            "{\"type\":\"record\",\"name\":\"s.was\",\"fields\":[{\"name\":\"a\",\"type\":\"int\"}]}",
            "{\"type\":\"record\",\"name\":\"r\",\"aliases\":[\"s.was\"],\"fields\":[{\"name\":\"a\",\"type\":\"int\"}]}",
            "{\"a\":2}"
        },
        {
            "defaults of every type", "",
            "{\"type\":\"record\",\"name\":\"r\",\"fields\":[]}",
            """
            {"type":"record","name":"r","fields":[
              {"name":"n","type":"null","default":null},
              {"name":"b","type":"boolean","default":true},
              {"name":"i","type":"int","default":-5},
              {"name":"l","type":"long","default":5000000000},
              {"name":"f","type":"float","default":1.5},
              {"name":"d","type":"double","default":2},
              {"name":"y","type":"bytes","default":"\u00ff\u0001"},
              {"name":"s","type":"string","default":"é"},
              {"name":"x","type":{"type":"fixed","name":"f","size":2},"default":"ab"},
              {"name":"e","type":{"type":"enum","name":"e","symbols":["A","B"]},"default":"B"},
              {"name":"a","type":{"type":"array","items":"int"},"default":[1,2]},
              {"name":"m","type":{"type":"map","values":"string"},"default":{"k":"v"}},
              {"name":"u","type":["null","int"],"default":null},
              {"name":"v","type":["null","int"],"default":7},
              {"name":"r","type":{"type":"record","name":"in","fields":[{"name":"p","type":"int"},{"name":"q","type":"int","default":9}]},"default":{"p":8}},
              {"name":"t","type":{"type":"int","logicalType":"date"},"default":1}
            ]}
            """,
            """{"n":null,"b":true,"i":-5,"l":5000000000,"f":1.5,"d":2,"y":"\\xff01","s":"é","x":"\\x6162","e":"B","a":[1,2],"m":{"k":"v"},"u":null,"v":7,"r":{"p":8,"q":9},"t":"1970-01-02"}"""
        },
    };

    public static TheoryData<string, string, string> Mismatches => new()
    {
        { "long to int", "\"long\"", "\"int\"" },
        { "double to float", "\"double\"", "\"float\"" },
        { "string to int", "\"string\"", "\"int\"" },
        { "boolean to int", "\"boolean\"", "\"int\"" },
        { "fixed of another size", "{\"type\":\"fixed\",\"name\":\"f\",\"size\":2}", "{\"type\":\"fixed\",\"name\":\"f\",\"size\":3}" },
        { "fixed of another name", "{\"type\":\"fixed\",\"name\":\"f\",\"size\":2}", "{\"type\":\"fixed\",\"name\":\"g\",\"size\":2}" },
        { "enum of another name", "{\"type\":\"enum\",\"name\":\"f\",\"symbols\":[\"A\"]}", "{\"type\":\"enum\",\"name\":\"g\",\"symbols\":[\"A\"]}" },
        { "no branch for it", "\"string\"", "[\"null\", \"int\"]" },
        { "no branch becomes it", "[\"null\", \"string\"]", "\"int\"" },
        { "items", "{\"type\":\"array\",\"items\":\"string\"}", "{\"type\":\"array\",\"items\":\"int\"}" },
        { "array to map", "{\"type\":\"array\",\"items\":\"int\"}", "{\"type\":\"map\",\"values\":\"int\"}" },
        { "decimal of another scale", "{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":4,\"scale\":2}", "{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":4,\"scale\":1}" },
        { "no default", "{\"type\":\"record\",\"name\":\"r\",\"fields\":[]}", "{\"type\":\"record\",\"name\":\"r\",\"fields\":[{\"name\":\"a\",\"type\":\"int\"}]}" },
        { "record of another name", "{\"type\":\"record\",\"name\":\"r\",\"fields\":[]}", "{\"type\":\"record\",\"name\":\"s\",\"fields\":[]}" },
        {
            "one field twice",
            "{\"type\":\"record\",\"name\":\"r\",\"fields\":[{\"name\":\"a\",\"type\":\"int\"}]}",
            "{\"type\":\"record\",\"name\":\"r\",\"fields\":[{\"name\":\"a\",\"type\":\"int\"},{\"name\":\"b\",\"aliases\":[\"a\"],\"type\":\"int\"}]}"
        },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public async Task A_value_is_resolved(string rule, string hex, string writer, string reader, string expected)
    {
        Assert.NotEmpty(rule);
        using var leaks = new LeakCheck();
        byte[] file = AvroContainer.Of(writer, "null", (1, Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)))).ToFile();
        string row = Assert.Single(await AvroFiles.RowsAsync(file, new AvroOptions { ReaderSchema = reader }));
        Assert.Equal(reader.Contains("record", StringComparison.Ordinal) ? expected : $"{{\"value\":{expected}}}", row);
    }

    [Theory]
    [MemberData(nameof(Mismatches))]
    public async Task Schemas_that_do_not_resolve_are_an_error_before_any_row_is_read(string rule, string writer, string reader)
    {
        Assert.NotEmpty(rule);
        using var leaks = new LeakCheck();
        byte[] file = AvroContainer.Of(writer, "null").ToFile();
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => AvroFiles.InspectAsync(file, new AvroOptions { ReaderSchema = reader }));
        Assert.Equal("MR2308", error.Code.Id);
    }

    [Theory]
    [InlineData("[\"null\", \"string\"]", "\"string\"", "00", "020261")]
    [InlineData("[\"int\", \"string\"]", "\"int\"", "020278", "0002")]
    [InlineData("{\"type\":\"enum\",\"name\":\"e\",\"symbols\":[\"A\",\"B\"]}", "{\"type\":\"enum\",\"name\":\"e\",\"symbols\":[\"B\"]}", "00", "02")]
    public async Task A_value_without_a_place_in_the_readers_schema_makes_a_bad_row(string writer, string reader, string bad, string good)
    {
        using var leaks = new LeakCheck();
        byte[] file = AvroContainer.Of(writer, "null", (3, Convert.FromHexString(good + bad + good))).ToFile();
        var errors = new CollectedErrors();
        Assert.Equal(2, (await AvroFiles.RowsAsync(file, new AvroOptions { ReaderSchema = reader }, errors: errors)).Count);
        RowError error = Assert.Single(errors.Errors);
        Assert.Equal("MR2309", error.Code.Id);
        Assert.Equal(Convert.FromHexString(bad), error.Raw.ToArray());
    }

    [Fact]
    public async Task The_readers_schema_can_be_a_file()
    {
        using var folder = new TempFolder();
        string path = folder.Write("reader.avsc", "\"long\"");
        byte[] file = AvroContainer.Of("\"int\"", "null", (1, [6])).ToFile();
        Assert.Equal(["""{"value":3}"""], await AvroFiles.RowsAsync(file, new AvroOptions { ReaderSchema = path }));
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => AvroFiles.InspectAsync(file, new AvroOptions { ReaderSchema = folder["none.avsc"] }));
        Assert.Equal("MR2303", error.Code.Id);
        Assert.Equal(folder["none.avsc"], error.Place?.File);
    }

    [Fact]
    public async Task Only_wanted_columns_of_a_resolved_record_are_decoded()
    {
        using var leaks = new LeakCheck();
        byte[] file = AvroContainer.Of(
            "{\"type\":\"record\",\"name\":\"r\",\"fields\":[{\"name\":\"a\",\"type\":\"int\"},{\"name\":\"b\",\"type\":{\"type\":\"array\",\"items\":\"string\"}},{\"name\":\"c\",\"type\":\"int\"}]}",
            "null",
            (1, Convert.FromHexString("02" + "0402610262" + "00" + "06"))).ToFile();
        const string reader = "{\"type\":\"record\",\"name\":\"r\",\"fields\":[{\"name\":\"d\",\"type\":\"int\",\"default\":4},{\"name\":\"c\",\"type\":\"long\"},{\"name\":\"a\",\"type\":\"long\"}]}";
        Assert.Equal(["""{"c":3,"d":4}"""], await AvroFiles.RowsAsync(file, new AvroOptions { ReaderSchema = reader }, ["c", "d"]));
    }
}
