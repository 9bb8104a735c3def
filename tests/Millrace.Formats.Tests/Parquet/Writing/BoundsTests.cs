using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Millrace.Columnar;
using Millrace.Formats.Parquet;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Parquet;

/// <summary>Statistics of chunks and indexes of pages, as hyparquet reads them, against bounds computed from the rows.</summary>
public class BoundsTests
{
    private const int PageRows = 70;

    [Theory]
    [InlineData("integer", 0)]
    [InlineData("tinyint", 0.3)]
    [InlineData("bigint", 0.3)]
    [InlineData("uinteger", 0)]
    [InlineData("ubigint", 0.9)]
    [InlineData("double", 0.3)]
    [InlineData("varchar", 0.3)]
    [InlineData("decimal(30,4)", 0.3)]
    [InlineData("boolean", 0.97)]
    public async Task Every_page_and_chunk_has_the_bounds_and_nulls_of_its_rows(string type, double nulls)
    {
        var random = new RandomBatches(5, new() { NullDensity = nulls, NonFinite = false, PlainText = true });
        var schema = new Schema(new Field("c", DataType.Parse(type)));
        foreach (bool dictionary in new[] { true, false })
        {
            using RecordBatch batch = random.Batch(schema, 1000);
            using WrittenFile file = await WrittenFile.FromAsync(new ParquetOptions { PageRows = PageRows, RowGroupRows = 450, Dictionary = dictionary }, batch);
            JsonNode metadata = NodeOracle.Ask("hyparquet-metadata", new JsonObject { ["file"] = file.Path });
            JsonArray indexes = NodeOracle.Ask("hyparquet-indexes", new JsonObject { ["file"] = file.Path }).AsArray();
            Assert.Equal(3, indexes.Count);
            int groupStart = 0;
            for (int group = 0; group < indexes.Count; group++)
            {
                int rows = Math.Min(450, batch.Length - groupStart);
                JsonNode statistics = metadata["row_groups"]![group]!["columns"]![0]!["meta_data"]!["statistics"]!;
                Check(batch[0], groupStart, rows, statistics["min_value"], statistics["max_value"], statistics["null_count"]);
                JsonNode columns = indexes[group]![0]!["columnIndex"]!;
                JsonArray places = indexes[group]![0]!["offsetIndex"]!["page_locations"]!.AsArray();
                Assert.Equal((rows + PageRows - 1) / PageRows, places.Count);
                for (int page = 0; page < places.Count; page++)
                {
                    int first = Number(places[page]!["first_row_index"]);
                    int end = page + 1 < places.Count ? Number(places[page + 1]!["first_row_index"]) : rows;
                    Assert.Equal(page * PageRows, first);
                    Check(batch[0], groupStart + first, end - first, columns["min_values"]![page], columns["max_values"]![page], columns["null_counts"]![page], (bool)columns["null_pages"]![page]!);
                }

                groupStart += rows;
            }
        }
    }

    [Fact]
    public async Task Long_texts_are_cut_between_characters_and_the_bounds_still_hold_them()
    {
        // 64 bytes end inside the last character of the one and after a whole one of the other.
        string low = new string('a', 63) + "éx";
        string high = new string('z', 61) + "€€";
        using RecordBatch batch = Texts(high, low, "b");
        using WrittenFile file = await WrittenFile.FromAsync(new ParquetOptions(), batch);
        JsonNode statistics = Statistics(file);
        Assert.Equal(new string('a', 63), (string)statistics["min_value"]!);
        Assert.Equal(new string('z', 61) + (char)('€' + 1), (string)statistics["max_value"]!);
        Assert.False((bool)statistics["is_min_value_exact"]!);
        Assert.False((bool)statistics["is_max_value_exact"]!);
    }

    [Fact]
    public async Task A_bound_that_cannot_be_raised_stays_whole()
    {
        string highest = string.Concat(Enumerable.Repeat("\U0010FFFF", 30));
        using RecordBatch batch = Texts("a", highest);
        using WrittenFile file = await WrittenFile.FromAsync(new ParquetOptions(), batch);
        Assert.Equal(highest, (string)Statistics(file)["max_value"]!);
        Assert.True((bool)Statistics(file)["is_max_value_exact"]!);
    }

    [Fact]
    public async Task A_long_bound_that_cannot_be_raised_is_left_out_of_chunk_and_index()
    {
        var bytes = new BinaryBuilder(DataType.Binary);
        bytes.Append([1]);
        bytes.Append(Enumerable.Repeat((byte)0xFF, 5000).ToArray());
        bytes.Append([2]);
        using var batch = new RecordBatch(new Schema(new Field("b", DataType.Binary)), 3, bytes.Build());
        using WrittenFile file = await WrittenFile.FromAsync(new ParquetOptions { PageRows = 1 }, batch);
        Assert.Null(Statistics(file)["min_value"]);
        Assert.Null(Statistics(file)["max_value"]);
        Assert.Equal("0", Statistics(file)["null_count"]!.ToString());
        Assert.Null(NodeOracle.Ask("hyparquet-indexes", new JsonObject { ["file"] = file.Path })[0]![0]!["columnIndex"]);
        Assert.Equal("2", NodeOracle.DuckDb($"SELECT count(*) FROM read_parquet('{file.Path}') WHERE b > '\\x01'::BLOB").Scalar);
    }

    [Fact]
    public async Task Zeros_of_both_signs_lie_within_the_bounds()
    {
        using RecordBatch positive = Doubles(0.0, 5);
        using RecordBatch negative = Doubles(-5, -0.0);
        using WrittenFile first = await WrittenFile.FromAsync(new ParquetOptions(), positive);
        using WrittenFile second = await WrittenFile.FromAsync(new ParquetOptions(), negative);
        Assert.Equal("-0", (string)Statistics(first)["min_value"]!);
        Assert.Equal(0, (double)Statistics(second)["max_value"]!);
    }

    [Fact]
    public async Task Not_a_number_is_no_bound()
    {
        using RecordBatch some = Doubles(double.NaN, 3, double.NaN, 7);
        using RecordBatch only = Doubles(double.NaN, double.NaN);
        using WrittenFile first = await WrittenFile.FromAsync(new ParquetOptions(), some);
        using WrittenFile second = await WrittenFile.FromAsync(new ParquetOptions(), only);
        Assert.Equal(3, (double)Statistics(first)["min_value"]!);
        Assert.Equal(7, (double)Statistics(first)["max_value"]!);
        Assert.Null(Statistics(second)["min_value"]);
        Assert.Null(Statistics(second)["max_value"]);
        Assert.Null(NodeOracle.Ask("hyparquet-indexes", new JsonObject { ["file"] = second.Path })[0]![0]!["columnIndex"]);
    }

    [Fact]
    public async Task Ordered_pages_are_marked_as_such()
    {
        Assert.Equal("ASCENDING", await OrderOf(i => i));
        Assert.Equal("DESCENDING", await OrderOf(i => -i));
        Assert.Equal("UNORDERED", await OrderOf(i => i % 300));
    }

    [Fact]
    public async Task Without_statistics_there_are_none()
    {
        using RecordBatch batch = Doubles(1, 2);
        using WrittenFile file = await WrittenFile.FromAsync(new ParquetOptions { Statistics = false }, batch);
        JsonNode chunk = NodeOracle.Ask("hyparquet-metadata", new JsonObject { ["file"] = file.Path })["row_groups"]![0]!["columns"]![0]!;
        Assert.Null(chunk["meta_data"]!["statistics"]);
        Assert.Null(chunk["column_index_offset"]);
        Assert.NotNull(chunk["offset_index_offset"]);
    }

    private static async Task<string> OrderOf(Func<int, int> value)
    {
        var builder = new FixedBuilder<int>(DataType.Int32);
        for (int i = 0; i < 1000; i++)
        {
            builder.Append(value(i));
        }

        using var batch = new RecordBatch(new Schema(new Field("i", DataType.Int32)), 1000, builder.Build());
        using WrittenFile file = await WrittenFile.FromAsync(new ParquetOptions { PageRows = 100 }, batch);
        return (string)NodeOracle.Ask("hyparquet-indexes", new JsonObject { ["file"] = file.Path })[0]![0]!["columnIndex"]!["boundary_order"]!;
    }

    private static JsonNode Statistics(WrittenFile file)
        => NodeOracle.Ask("hyparquet-metadata", new JsonObject { ["file"] = file.Path })["row_groups"]![0]!["columns"]![0]!["meta_data"]!["statistics"]!;

    private static void Check(Column column, int start, int count, JsonNode? min, JsonNode? max, JsonNode? nulls, bool? allNull = null)
    {
        int[] present = [.. Enumerable.Range(start, count).Where(r => !column.IsNull(r))];
        Assert.Equal(count - present.Length, Number(nulls));
        Assert.True(allNull is null || allNull == (present.Length == 0));
        if (present.Length == 0)
        {
            return;
        }

        int low = present.MinBy(r => r, Comparer<int>.Create((a, b) => Compare(column, a, b)));
        int high = present.MaxBy(r => r, Comparer<int>.Create((a, b) => Compare(column, a, b)));
        if (column is BinaryColumn texts)
        {
            // Texts over 64 bytes are cut; then the bound lies outside.
            Assert.True(Encoding.UTF8.GetBytes((string)min!).AsSpan().SequenceCompareTo(texts[low]) <= 0);
            Assert.True(Encoding.UTF8.GetBytes((string)max!).AsSpan().SequenceCompareTo(texts[high]) >= 0);
            Assert.Equal(texts.GetString(low)[..Math.Min(64, texts[low].Length)], (string)min!);
            Assert.True(texts[high].Length > 64 || texts.GetString(high) == (string)max!);
            return;
        }

        AssertClose(ColumnText.Plain(column, low), min);
        AssertClose(ColumnText.Plain(column, high), max);
    }

    private static int Compare(Column column, int a, int b) => column switch
    {
        BinaryColumn c => c[a].SequenceCompareTo(c[b]),
        BooleanColumn c => c.Values[a].CompareTo(c.Values[b]),
        FixedColumn<int> c => c.Values[a].CompareTo(c.Values[b]),
        FixedColumn<sbyte> c => c.Values[a].CompareTo(c.Values[b]),
        FixedColumn<long> c => c.Values[a].CompareTo(c.Values[b]),
        FixedColumn<uint> c => c.Values[a].CompareTo(c.Values[b]),
        FixedColumn<ulong> c => c.Values[a].CompareTo(c.Values[b]),
        FixedColumn<double> c => c.Values[a].CompareTo(c.Values[b]),
        FixedColumn<Int128> c => c.Values[a].CompareTo(c.Values[b]),
        _ => throw new ArgumentException($"No order for {column.Type}."),
    };

    private static int Number(JsonNode? node) => int.Parse(node!.ToString(), CultureInfo.InvariantCulture);

    // hyparquet computes decimals in floating point.
    private static void AssertClose(string expected, JsonNode? found)
    {
        double value = Real(expected);
        Assert.Equal(value, Real(found!.ToString()), Math.Abs(value) * 1e-14);
    }

    private static double Real(string text) => text switch
    {
        "true" => 1,
        "false" => 0,
        _ => double.Parse(text, CultureInfo.InvariantCulture),
    };

    private static RecordBatch Texts(params string[] texts)
    {
        var builder = new BinaryBuilder(DataType.Utf8);
        foreach (string text in texts)
        {
            builder.Append(text);
        }

        return new RecordBatch(new Schema(new Field("t", DataType.Utf8)), texts.Length, builder.Build());
    }

    private static RecordBatch Doubles(params double[] values)
    {
        var builder = new FixedBuilder<double>(DataType.Float64);
        builder.Append(values);
        return new RecordBatch(new Schema(new Field("d", DataType.Float64)), values.Length, builder.Build());
    }
}
