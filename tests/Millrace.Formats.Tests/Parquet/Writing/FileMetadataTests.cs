using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Millrace.Columnar;
using Millrace.Formats.Parquet;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Parquet;

public class FileMetadataTests
{
    [Theory]
    [InlineData("boolean", "BOOLEAN", null, null)]
    // DuckDB prints the width as a character.
    [InlineData("tinyint", "INT32", "INT_8", "IntType(bitWidth=\b, isSigned=1)")]
    [InlineData("usmallint", "INT32", "UINT_16", "IntType(bitWidth=\u0010, isSigned=0)")]
    [InlineData("ubigint", "INT64", "UINT_64", "IntType(bitWidth=@, isSigned=0)")]
    [InlineData("integer", "INT32", null, null)]
    [InlineData("date", "INT32", "DATE", "DateType()")]
    [InlineData("time", "INT64", null, "TimeType(isAdjustedToUTC=0, unit=TimeUnit(MILLIS=<null>, MICROS=MicroSeconds(), NANOS=<null>))")]
    [InlineData("timestamp", "INT64", null, "TimestampType(isAdjustedToUTC=0, unit=TimeUnit(MILLIS=<null>, MICROS=MicroSeconds(), NANOS=<null>))")]
    [InlineData("timestamptz", "INT64", "TIMESTAMP_MICROS", "TimestampType(isAdjustedToUTC=1, unit=TimeUnit(MILLIS=<null>, MICROS=MicroSeconds(), NANOS=<null>))")]
    [InlineData("timestamptz(3)", "INT64", "TIMESTAMP_MILLIS", "TimestampType(isAdjustedToUTC=1, unit=TimeUnit(MILLIS=MilliSeconds(), MICROS=<null>, NANOS=<null>))")]
    [InlineData("decimal(9,2)", "INT32", "DECIMAL", "DecimalType(scale=2, precision=9)")]
    [InlineData("decimal(18,0)", "INT64", "DECIMAL", "DecimalType(scale=0, precision=18)")]
    [InlineData("decimal(38,10)", "FIXED_LEN_BYTE_ARRAY", "DECIMAL", "DecimalType(scale=10, precision=38)")]
    [InlineData("varchar", "BYTE_ARRAY", "UTF8", "StringType()")]
    [InlineData("json", "BYTE_ARRAY", "JSON", "JsonType()")]
    [InlineData("uuid", "FIXED_LEN_BYTE_ARRAY", null, "UUIDType()")]
    [InlineData("bytes", "BYTE_ARRAY", null, null)]
    [InlineData("interval", "FIXED_LEN_BYTE_ARRAY", "INTERVAL", null)]
    public async Task A_type_is_described_in_the_words_of_the_format(string type, string physical, string? converted, string? logical)
    {
        using RecordBatch batch = new RandomBatches(1).Batch(new Schema(new Field("c", DataType.Parse(type))), 0);
        using WrittenFile file = await WrittenFile.FromAsync(new ParquetOptions(), batch);
        OracleTable schema = NodeOracle.DuckDb($"SELECT type, converted_type, logical_type FROM parquet_schema('{file.Path}') WHERE name = 'c'");
        Assert.Equal(physical, schema.Text(0, 0));
        Assert.Equal(converted, schema.Text(0, 1));
        Assert.Equal(logical, schema.Text(0, 2));
    }

    [Fact]
    public async Task Lists_and_maps_have_the_levels_that_the_specification_names()
    {
        var schema = new Schema(
            new Field("l", DataType.List(DataType.Int32)),
            new Field("m", DataType.Map(DataType.Utf8, DataType.Int64), nullable: false));
        using RecordBatch batch = new RandomBatches(1).Batch(schema, 0);
        using WrittenFile file = await WrittenFile.FromAsync(new ParquetOptions(), batch);
        OracleTable elements = NodeOracle.DuckDb($"SELECT name, repetition_type, converted_type FROM parquet_schema('{file.Path}')");
        Assert.Equal(
            ["schema//", "l/OPTIONAL/LIST", "list/REPEATED/", "element/OPTIONAL/", "m/REQUIRED/MAP", "key_value/REPEATED/", "key/REQUIRED/UTF8", "value/OPTIONAL/"],
            Enumerable.Range(0, elements.Rows.Count).Select(i => $"{elements.Text(i, 0)}/{(i == 0 ? "" : elements.Text(i, 1))}/{elements.Text(i, 2)}"));
    }

    [Fact]
    public async Task Field_ids_properties_and_the_writer_are_kept()
    {
        Schema schema = new Schema(new Field("c", DataType.Int32).WithMetadata(FieldMetadata.FieldId, "17"))
            .WithMetadata(ImmutableDictionary<string, string>.Empty.Add("origin", "test").Add("both", "schema"));
        using RecordBatch batch = new RandomBatches(1).Batch(schema, 3);
        using WrittenFile file = await WrittenFile.FromAsync(new ParquetOptions { Metadata = new Dictionary<string, string> { ["both"] = "option" } }, batch);
        JsonNode metadata = NodeOracle.Ask("hyparquet-metadata", new JsonObject { ["file"] = file.Path });
        Assert.Equal(17, (int)metadata["schema"]![1]!["field_id"]!);
        Assert.StartsWith("Millrace version 0.", (string)metadata["created_by"]!, StringComparison.Ordinal);
        Assert.Equal("""[{"key":"both","value":"option"},{"key":"origin","value":"test"}]""", metadata["key_value_metadata"]!.ToJsonString());
    }

    [Fact]
    public async Task Sizes_and_levels_are_counted()
    {
        var lists = (ListBuilder)ColumnBuilder.Create(DataType.List(DataType.Utf8), 4);
        var texts = (BinaryBuilder)lists.Items;
        lists.AppendNull();
        lists.AppendRow();
        texts.Append("abc");
        texts.AppendNull();
        texts.Append("de");
        lists.AppendRow();
        using var batch = new RecordBatch(new Schema(new Field("l", lists.Type)), 3, lists.Build());
        using WrittenFile file = await WrittenFile.FromAsync(new ParquetOptions(), batch);
        JsonNode chunk = NodeOracle.Ask("hyparquet-metadata", new JsonObject { ["file"] = file.Path })["row_groups"]![0]!["columns"]![0]!["meta_data"]!;
        Assert.Equal("5", chunk["num_values"]!.ToString());
        JsonNode sizes = chunk["size_statistics"]!;
        Assert.Equal("5", sizes["unencoded_byte_array_data_bytes"]!.ToString());
        Assert.Equal("3,2", string.Join(',', sizes["repetition_level_histogram"]!.AsArray().Select(n => n!.ToString())));
        Assert.Equal("1,1,1,2", string.Join(',', sizes["definition_level_histogram"]!.AsArray().Select(n => n!.ToString())));
    }
}
