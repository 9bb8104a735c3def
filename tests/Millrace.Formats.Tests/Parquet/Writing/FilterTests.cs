using System.Globalization;
using Millrace.Columnar;
using Millrace.Formats.Parquet;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Parquet;

/// <summary>DuckDB skips by bloom filters and statistics; what it still finds is counted here without a file.</summary>
public class FilterTests
{
    private static readonly ParquetOptions Options = new() { RowGroupRows = 2048, PageRows = 500, BloomFilters = ["n", "l", "t", "d"] };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Bloom_filters_never_rule_out_a_value_that_is_there_and_mostly_others(bool dictionary)
    {
        using RecordBatch batch = Sample();
        using WrittenFile file = await WrittenFile.FromAsync(Options with { Dictionary = dictionary }, batch);
        var longs = (FixedColumn<long>)batch[1];
        int passed = 0;
        for (int i = 0; i < 40; i++)
        {
            int row = i * 247;
            int group = row / 2048;
            // The first rows of a group have no nulls, so the search does not leave it.
            Assert.False(IsRuledOut(file, "n", Number(batch, row).ToString(CultureInfo.InvariantCulture), group));
            Assert.False(IsRuledOut(file, "l", $"{longs.Values[row]}::BIGINT", group));
            Assert.False(IsRuledOut(file, "t", $"'{((BinaryColumn)batch[2]).GetString(row)}'", group));
            passed += IsRuledOut(file, "t", $"'nowhere {i}'", group) ? 0 : 1;
            passed += IsRuledOut(file, "l", $"{(i * 7919L) + 3}::BIGINT", group) ? 0 : 1;
        }

        Assert.InRange(passed, 0, 8);
    }

    [Fact]
    public async Task Filters_find_the_same_rows_as_a_scan_of_the_batch()
    {
        using RecordBatch batch = Sample();
        using WrittenFile file = await WrittenFile.FromAsync(Options, batch);
        int rows = batch.Length;
        for (int i = 0; i < 30; i++)
        {
            int row = i * 331;
            long value = ((FixedColumn<long>)batch[1]).Values[row];
            string text = ((BinaryColumn)batch[2]).GetString(row);
            double real = ((FixedColumn<double>)batch[3]).Values[row];
            Assert.Equal(Count(rows, r => ((FixedColumn<long>)batch[1]).Values[r] == value), Ask(file, $"l = {value}"));
            Assert.Equal(Count(rows, r => ((FixedColumn<long>)batch[1]).Values[r] < value), Ask(file, $"l < {value}"));
            Assert.Equal(Count(rows, r => ((BinaryColumn)batch[2]).GetString(r) == text), Ask(file, $"t = '{text}'"));
            Assert.Equal(Count(rows, r => string.CompareOrdinal(((BinaryColumn)batch[2]).GetString(r), text) >= 0), Ask(file, $"t >= '{text}'"));
            Assert.Equal(Count(rows, r => ((FixedColumn<double>)batch[3]).Values[r] > real), Ask(file, string.Create(CultureInfo.InvariantCulture, $"d > {real:R}::DOUBLE")));
        }

        Assert.Equal(Count(rows, r => batch[0].IsNull(r)), Ask(file, "n IS NULL"));
    }

    [Fact]
    public async Task A_bloom_filter_for_no_column_is_an_error()
    {
        using var leaks = new LeakCheck();
        using RecordBatch batch = Sample();
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => WrittenFile.FromAsync(new ParquetOptions { BloomFilters = ["nn"] }, batch));
        Assert.Equal("MR2253", error.Code.Id);
        Assert.Contains("'nn'", error.Message, StringComparison.Ordinal);
    }

    private static int Count(int rows, Func<int, bool> wanted) => Enumerable.Range(0, rows).Count(wanted);

    private static int Ask(WrittenFile file, string filter)
        => int.Parse(NodeOracle.DuckDb($"SELECT count(*) FROM read_parquet('{file.Path}') WHERE {filter}").Scalar!, CultureInfo.InvariantCulture);

    private static bool IsRuledOut(WrittenFile file, string column, string value, int group)
        => NodeOracle.DuckDb($"SELECT bloom_filter_excludes FROM parquet_bloom_probe('{file.Path}', '{column}', {value}) WHERE row_group_id = {group}").Scalar == "true";

    private static int Number(RecordBatch batch, int row)
    {
        var column = (FixedColumn<int>)batch[0];
        while (column.IsNull(row))
        {
            row--;
        }

        return column.Values[row];
    }

    // 10,000 rows: numbers that repeat and have nulls, distinct numbers, texts that repeat, doubles.
    private static RecordBatch Sample()
    {
        const int rows = 10_000;
        var random = new Random(11);
        var numbers = new FixedBuilder<int>(DataType.Int32);
        var longs = new FixedBuilder<long>(DataType.Int64);
        var texts = new BinaryBuilder(DataType.Utf8);
        var reals = new FixedBuilder<double>(DataType.Float64);
        for (int i = 0; i < rows; i++)
        {
            if (i % 2048 > 5 && random.Next(10) == 0)
            {
                numbers.AppendNull();
            }
            else
            {
                numbers.Append(random.Next(100));
            }

            longs.Append(((long)i << 32) + random.Next());
            texts.Append($"text {random.Next(3000)}");
            reals.Append(random.Next(1_000_000) / 8.0);
        }

        var schema = new Schema(new Field("n", DataType.Int32), new Field("l", DataType.Int64), new Field("t", DataType.Utf8), new Field("d", DataType.Float64));
        return new RecordBatch(schema, rows, numbers.Build(), longs.Build(), texts.Build(), reals.Build());
    }
}
