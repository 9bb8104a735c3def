using System.Globalization;
using Millrace.Columnar;
using Millrace.Formats.Parquet;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Parquet;

public class PruningTests
{
    // Rising, so that row groups and pages differ in their bounds; nulls come in blocks, so that some pages have nothing else.
    private const string Query = """
        SELECT i, i * 10 AS tens, CASE WHEN i // 500 % 4 = 1 THEN NULL ELSE i END AS gaps, 'k' || lpad(i::VARCHAR, 6, '0') AS text,
            (i / 4)::DECIMAL(12, 2) AS amount, DATE '2020-01-01' + (i // 100)::INTEGER AS day, i::DOUBLE AS real,
            [x FOR x IN range(i % 3)] AS list, {'a': i, 'b': CASE WHEN i % 5 = 0 THEN NULL ELSE 's' || i END} AS part
        FROM range(10000) t(i)
        """;

    public static TheoryData<string, PredicateOperator, string, string> Predicates => new()
    {
        { "i", PredicateOperator.Equal, "bigint", "4711" },
        { "i", PredicateOperator.Less, "bigint", "900" },
        { "i", PredicateOperator.LessOrEqual, "bigint", "0" },
        { "i", PredicateOperator.Greater, "bigint", "9990" },
        { "i", PredicateOperator.GreaterOrEqual, "bigint", "9999" },
        { "i", PredicateOperator.Greater, "bigint", "9999" },
        { "i", PredicateOperator.NotEqual, "bigint", "5" },
        { "gaps", PredicateOperator.IsNull, "", "" },
        { "gaps", PredicateOperator.IsNotNull, "", "" },
        { "gaps", PredicateOperator.Less, "bigint", "700" },
        { "text", PredicateOperator.Equal, "varchar", "k005000" },
        { "text", PredicateOperator.GreaterOrEqual, "varchar", "k0099" },
        { "amount", PredicateOperator.Equal, "decimal(12,2)", "1234.25" },
        { "amount", PredicateOperator.Less, "bigint", "3" },
        { "day", PredicateOperator.Equal, "date", "2020-02-01" },
        { "day", PredicateOperator.Greater, "timestamp", "2020-04-05 00:00:00" },
        { "real", PredicateOperator.Equal, "double", "77" },
        { "real", PredicateOperator.Less, "double", "10.5" },
    };

    [Theory]
    [MemberData(nameof(Predicates))]
    public async Task Only_rows_that_cannot_match_are_left_out(string column, PredicateOperator op, string type, string constant)
    {
        using var leaks = new LeakCheck();
        using ParquetFile source = ParquetFile.FromDuckDb(Query);
        List<RecordBatch> all = await source.ReadAsync();
        using WrittenFile written = await WrittenFile.FromAsync(new ParquetOptions { RowGroupRows = 3000, PageRows = 250, BloomFilters = ["text"] }, [.. all]);
        byte[] bytes = await File.ReadAllBytesAsync(written.Path);
        using Column? value = type.Length == 0 ? null : Constant(type, constant);
        List<RecordBatch> kept = await ParquetFile.ReadAsync(bytes, i => ParquetFile.Everything(i) with { Predicates = [new ColumnPredicate(column, op, value)], BatchRows = 333 });
        try
        {
            List<string> rows = [.. all.SelectMany(ColumnText.Rows)];
            List<string> keptRows = [.. kept.SelectMany(ColumnText.Rows)];
            List<string> matching = [.. rows.Where((_, i) => Matches(all, i, column, op, value))];
            Assert.Equal(matching, keptRows.Where(matching.ToHashSet().Contains));
            Assert.Equal(keptRows, rows.Where(keptRows.ToHashSet().Contains));
            // A page may hold matching rows at one of its ends, and those beside them come along.
            if (op is not (PredicateOperator.NotEqual or PredicateOperator.IsNotNull or PredicateOperator.IsNull))
            {
                Assert.InRange(keptRows.Count, matching.Count, matching.Count + 500);
            }
        }
        finally
        {
            all.Concat(kept).ToList().ForEach(b => b.Dispose());
        }
    }

    [Fact]
    public async Task A_bloom_filter_rules_out_what_bounds_do_not()
    {
        using var leaks = new LeakCheck();
        using ParquetFile source = ParquetFile.FromDuckDb("SELECT hash(i)::VARCHAR AS key FROM range(2000) t(i)");
        List<RecordBatch> all = await source.ReadAsync();
        using WrittenFile written = await WrittenFile.FromAsync(new ParquetOptions { BloomFilters = ["key"] }, [.. all]);
        byte[] bytes = await File.ReadAllBytesAsync(written.Path);
        using Column absent = Constant("varchar", "5555555555555555555x");
        Assert.Empty(await ParquetFile.ReadAsync(bytes, i => ParquetFile.Everything(i) with { Predicates = [new ColumnPredicate("key", PredicateOperator.Equal, absent)] }));

        using Column present = Constant("varchar", ((BinaryColumn)all[0][0]).GetString(7));
        List<RecordBatch> found = await ParquetFile.ReadAsync(bytes, i => ParquetFile.Everything(i) with { Predicates = [new ColumnPredicate("key", PredicateOperator.Equal, present)] });
        Assert.NotEmpty(found);
        all.Concat(found).ToList().ForEach(b => b.Dispose());
    }

    [Fact]
    public async Task The_bounds_and_bloom_filters_of_duck_db_rule_out_row_groups()
    {
        using var leaks = new LeakCheck();
        using ParquetFile file = ParquetFile.FromDuckDb("SELECT i, 'k' || (i % 50) AS key FROM range(20000) t(i)", "ROW_GROUP_SIZE 2048");
        using Column late = Constant("bigint", "19000");
        List<RecordBatch> kept = await file.ReadAsync(i => ParquetFile.Everything(i) with { Predicates = [new ColumnPredicate("i", PredicateOperator.Greater, late)] });
        Assert.Equal(20_000 - 18_432, kept.Sum(b => b.Length));
        using Column absent = Constant("varchar", "k3x");
        Assert.Empty(await file.ReadAsync(i => ParquetFile.Everything(i) with { Predicates = [new ColumnPredicate("key", PredicateOperator.Equal, absent)] }));
        kept.ForEach(b => b.Dispose());
    }

    [Theory]
    [InlineData("30, 10001", 2000)]
    [InlineData("10001, -5, 50000", 0)]
    [InlineData("4000, 10002, 19998", 6000)]
    public async Task Of_a_list_the_row_groups_that_may_hold_one_of_it_are_read(string list, int rows)
    {
        using var leaks = new LeakCheck();

        // Even numbers in ten row groups, so that odd ones are ruled out by the filters alone.
        using ParquetFile source = ParquetFile.FromDuckDb("SELECT i * 2 AS key FROM range(20000) t(i)");
        List<RecordBatch> all = await source.ReadAsync();
        using WrittenFile written = await WrittenFile.FromAsync(new ParquetOptions { RowGroupRows = 2000, PageRows = 2000, BloomFilters = ["key"] }, [.. all]);
        byte[] bytes = await File.ReadAllBytesAsync(written.Path);
        using var builder = new FixedBuilder<long>(DataType.Int64, 4);
        Array.ForEach(list.Split(", "), k => builder.Append(long.Parse(k, CultureInfo.InvariantCulture)));
        using Column keys = builder.Build();
        var asked = new ColumnPredicate("key", PredicateOperator.In, keys);
        List<RecordBatch> kept = await ParquetFile.ReadAsync(bytes, i => ParquetFile.Everything(i) with { Predicates = [asked] });
        Assert.Equal(rows, kept.Sum(b => b.Length));
        Assert.Equal(list.Split(", ").Count(k => int.Parse(k, CultureInfo.InvariantCulture) is >= 0 and < 40_000 and var n && n % 2 == 0), kept.Sum(b => Matching(b, asked)));
        all.Concat(kept).ToList().ForEach(b => b.Dispose());
    }

    [Theory]
    [InlineData("whole", 4000)]
    [InlineData("real", 4000)]
    [InlineData("real and not a number", 20_000)]
    public async Task Of_a_long_list_in_any_order_only_the_row_groups_between_its_constants_are_read(string kind, int rows)
    {
        using var leaks = new LeakCheck();
        using ParquetFile source = ParquetFile.FromDuckDb($"SELECT (i * 2)::{(kind == "whole" ? "BIGINT" : "DOUBLE")} AS key FROM range(20000) t(i)");
        List<RecordBatch> all = await source.ReadAsync();
        using WrittenFile written = await WrittenFile.FromAsync(new ParquetOptions { RowGroupRows = 2000, PageRows = 2000 }, [.. all]);
        byte[] bytes = await File.ReadAllBytesAsync(written.Path);

        // Values of the fourth and the eighth group, ends that are none, what lies between groups, and what no value is.
        double[] wanted = [.. Enumerable.Range(0, 990).Select(i => 12_000.0 + (i / 2 * 2) + (i % 2 * 16_000)), 12_000, 15_998, 28_000, 31_998, 3_999, 7_999, 39_999, -1];
        new Random(7).Shuffle(wanted);
        using Column keys = kind == "whole"
            ? Keys(DataType.Int64, [long.MaxValue, .. wanted.Select(w => (long)w), long.MinValue])
            : Keys(DataType.Float64, [double.PositiveInfinity, .. wanted, .. kind == "real" ? Array.Empty<double>() : [double.NaN], double.NegativeInfinity, double.MaxValue, -double.Epsilon]);
        var asked = new ColumnPredicate("key", PredicateOperator.In, keys);
        List<RecordBatch> kept = await ParquetFile.ReadAsync(bytes, i => ParquetFile.Everything(i) with { Predicates = [asked] });
        Assert.Equal(rows, kept.Sum(b => b.Length));
        Assert.Equal(all.Sum(b => Matching(b, asked)), kept.Sum(b => Matching(b, asked)));
        all.Concat(kept).ToList().ForEach(b => b.Dispose());
    }

    [Fact]
    public async Task Both_zeros_of_a_list_are_one()
    {
        using var leaks = new LeakCheck();
        using ParquetFile file = ParquetFile.FromDuckDb("SELECT CASE WHEN i = 5 THEN -0.0::DOUBLE ELSE i::DOUBLE END AS x FROM range(5, 10) t(i)");
        foreach (double zero in new[] { 0.0, -0.0 })
        {
            using Column keys = Keys(DataType.Float64, [-7.0, zero, 100]);
            List<RecordBatch> kept = await file.ReadAsync(i => ParquetFile.Everything(i) with { Predicates = [new ColumnPredicate("x", PredicateOperator.In, keys)] });
            Assert.Equal(5, kept.Sum(b => b.Length));
            kept.ForEach(b => b.Dispose());
        }
    }

    [Fact]
    public async Task Not_a_number_is_not_ruled_out_by_bounds_that_leave_it_out()
    {
        using var leaks = new LeakCheck();
        using ParquetFile file = ParquetFile.FromDuckDb("SELECT CASE WHEN i = 7 THEN 'NaN'::DOUBLE ELSE i END AS x FROM range(10) t(i)");
        using Column large = Constant("double", "100");
        List<RecordBatch> kept = await file.ReadAsync(i => ParquetFile.Everything(i) with { Predicates = [new ColumnPredicate("x", PredicateOperator.Greater, large)] });
        Assert.Equal(10, kept.Sum(b => b.Length));
        kept.ForEach(b => b.Dispose());
    }

    [Fact]
    public async Task Of_a_file_with_a_page_index_little_more_than_the_wanted_pages_is_read()
    {
        using RecordBatch batch = new RandomBatches(1, new() { Types = [TypeId.Int64, TypeId.Utf8], EdgeDensity = 0 }).Batch(6, 20_000);
        using var ids = new RecordBatch(new Schema([new Field("id", DataType.Int64), .. batch.Schema.Fields]), batch.Length, [Rising(batch.Length), .. batch.Columns.Select(c => c.Share())]);
        using WrittenFile written = await WrittenFile.FromAsync(new ParquetOptions { PageRows = 100, Compression = ParquetCompression.None, Dictionary = false }, ids);
        await using var source = new CountingSource(written.Path);
        var format = new ParquetFormat();
        FileInspection inspection = await format.InspectAsync(source, new ParquetOptions(), CancellationToken.None);
        long before = source.BytesRead;
        using Column wanted = Constant("bigint", "12345");
        var request = new FileReadRequest { Columns = inspection.Schema, Range = FileRange.Whole(source.Length), Predicates = [new ColumnPredicate("id", PredicateOperator.Equal, wanted)] };
        await using IBatchReader reader = format.OpenReader(source, inspection, request);
        using RecordBatch? found = await reader.ReadAsync(CancellationToken.None);
        Assert.Equal(100, found!.Length);
        Assert.Equal(12_300, ((FixedColumn<long>)found["id"]).Values[0]);
        Assert.Null(await reader.ReadAsync(CancellationToken.None));
        Assert.InRange(source.BytesRead - before, 1, source.Length / 4);
    }

    private static FixedColumn<long> Rising(int rows)
    {
        var builder = new FixedBuilder<long>(DataType.Int64);
        for (int i = 0; i < rows; i++)
        {
            builder.Append(i);
        }

        return (FixedColumn<long>)builder.Build();
    }

    private static Column Keys<T>(DataType type, IEnumerable<T> values)
        where T : unmanaged
    {
        using var builder = new FixedBuilder<T>(type, 4);
        foreach (T value in values)
        {
            builder.Append(value);
        }

        return builder.Build();
    }

    private static int Matching(RecordBatch batch, ColumnPredicate predicate)
    {
        using var filter = new PredicateFilter([predicate]);
        using RecordBatch rows = filter.Apply(batch);
        return rows.Length;
    }

    private static Column Constant(string type, string text)
    {
        var builder = new BinaryBuilder(DataType.Utf8);
        builder.Append(System.Text.Encoding.UTF8.GetBytes(text));
        using Column column = builder.Build();
        CastResult cast = Cast.To(column, DataType.Parse(type));
        Assert.True(cast.Failures.Count == 0, string.Create(CultureInfo.InvariantCulture, $"{text} is no {type}"));
        return cast.Column;
    }

    private static bool Matches(List<RecordBatch> batches, int row, string name, PredicateOperator op, Column? value)
    {
        int batch = 0;
        for (; row >= batches[batch].Length; batch++)
        {
            row -= batches[batch].Length;
        }

        Column column = batches[batch][name];
        if (op is PredicateOperator.IsNull or PredicateOperator.IsNotNull)
        {
            return column.IsNull(row) == (op == PredicateOperator.IsNull);
        }

        using Column one = column.Slice(row, 1);
        CastResult cast = Cast.To(one, value!.Type);
        using Column converted = cast.Column;
        using BooleanColumn result = Compare.Constant(converted, Enum.Parse<CompareOperator>(op.ToString()), value);
        return !result.IsNull(0) && result.Values[0];
    }
}
