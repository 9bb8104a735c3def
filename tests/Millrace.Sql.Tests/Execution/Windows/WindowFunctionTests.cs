using System.Globalization;
using Millrace.Columnar;
using Millrace.Sql.Execution;
using Millrace.Sql.Functions;
using Millrace.Sql.Parsing;
using Millrace.TestKit;

namespace Millrace.Sql.Tests.Execution;

public sealed class WindowFunctionTests
{
    private static readonly WindowPaging?[] Pagings = [null, new WindowPaging(1, 3, 8), new WindowPaging(1, 2, 0), new WindowPaging(1, 7, 1)];

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    [InlineData(3, 3)]
    public async Task Ranks_follow_their_definitions(int seed, int lanes)
    {
        using var rows = new WindowCase(seed, 300, DataType.Int32, DataType.Int64, seed % 2 == 0);
        Dictionary<long, string> found = await RunAsync(rows, lanes, Names(["row_number", "rank", "dense_rank", "percent_rank", "cume_dist"]));
        foreach ((int row, int place, int[] partition) in rows.Places())
        {
            int first = Enumerable.Range(0, partition.Length).First(i => rows.ArePeers(partition[i], row));
            int last = Enumerable.Range(0, partition.Length).Last(i => rows.ArePeers(partition[i], row));
            int different = Enumerable.Range(0, first + 1).Count(i => i == 0 || !rows.ArePeers(partition[i - 1], partition[i]));
            double percent = partition.Length == 1 ? 0 : first / (partition.Length - 1.0);
            Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"{place + 1}|{first + 1}|{different}|{percent}|{(last + 1.0) / partition.Length}"), found[row]);
        }
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public async Task Values_so_many_rows_away_are_found(int seed, bool ignoreNulls)
    {
        using var rows = new WindowCase(seed, 200, DataType.Int32, DataType.Int64, descending: false);
        WindowColumn[] calls =
        [
            Function("lag", [WindowCase.Value], WindowFrame.Whole, ignoreNulls),
            Function("lag", [WindowCase.Value, WindowCase.StartOffset], WindowFrame.Whole, ignoreNulls),
            Function("lead", [WindowCase.Value, WindowCase.EndOffset, WindowCase.Id], WindowFrame.Whole, ignoreNulls),
        ];
        Dictionary<long, string> found = await RunAsync(rows, 1, calls);
        foreach ((int row, int place, int[] partition) in rows.Places())
        {
            string lag = Away(rows, partition, place, -1, ignoreNulls, "null");
            string lagBy = Away(rows, partition, place, -Number(rows, WindowCase.StartOffset, row), ignoreNulls, "null");
            string lead = Away(rows, partition, place, Number(rows, WindowCase.EndOffset, row), ignoreNulls, row.ToString(CultureInfo.InvariantCulture));
            Assert.Equal($"{lag}|{lagBy}|{lead}", found[row]);
        }
    }

    [Theory]
    [InlineData(FrameExclusion.NoOthers, false)]
    [InlineData(FrameExclusion.CurrentRow, true)]
    [InlineData(FrameExclusion.Group, false)]
    [InlineData(FrameExclusion.Ties, true)]
    public async Task First_last_and_nth_values_are_those_of_the_frame(FrameExclusion exclusion, bool ignoreNulls)
    {
        using var rows = new WindowCase(7, 150, DataType.Int32, DataType.Int64, descending: true);
        var frame = new WindowFrame(FrameUnit.Rows, FrameBoundKind.Preceding, WindowCase.StartOffset, FrameBoundKind.Following, WindowCase.EndOffset, exclusion);
        WindowColumn[] calls =
        [
            Function("first_value", [WindowCase.Value], frame, ignoreNulls),
            Function("last_value", [WindowCase.Value], frame, ignoreNulls),
            Function("nth_value", [WindowCase.Value, WindowCase.EndOffset], frame with { End = FrameBoundKind.UnboundedFollowing }, ignoreNulls),
        ];

        // Rows are counted from 1.
        using RecordBatch counted = WithOffsetsFromOne(rows.Rows);
        Dictionary<long, string> found = await RunAsync(counted, rows.Order, 1, calls);
        foreach ((int row, int place, int[] partition) in rows.Places())
        {
            string[] Members(WindowFrame f) => [.. Frame(rows, f, place, partition).Select(m => Text(rows, m)).Where(t => !ignoreNulls || t != "null")];
            string[] members = Members(frame);
            string[] all = Members(frame with { End = FrameBoundKind.UnboundedFollowing });
            int nth = (int)Number(rows, WindowCase.EndOffset, row);
            Assert.Equal($"{members.FirstOrDefault("null")}|{members.LastOrDefault("null")}|{(nth < all.Length ? all[nth] : "null")}", found[row]);
        }

        // The engine's offsets are one larger here, so the reference's are too.
        static List<int> Frame(WindowCase rows, WindowFrame f, int place, int[] partition)
        {
            int start = place - (int)Number(rows, WindowCase.StartOffset, partition[place]) - 1;
            int end = f.End == FrameBoundKind.UnboundedFollowing ? partition.Length : place + (int)Number(rows, WindowCase.EndOffset, partition[place]) + 1;
            List<int> notExcluded = rows.Frame(f with { Start = FrameBoundKind.UnboundedPreceding, End = FrameBoundKind.UnboundedFollowing }, place, partition);
            return [.. notExcluded.Where(p => p >= start && p <= end).Select(p => partition[p])];
        }
    }

    [Theory]
    [InlineData(7, 3, "1,1,1,2,2,3,3")]
    [InlineData(3, 5, "1,2,3")]
    [InlineData(4, 4, "1,2,3,4")]
    [InlineData(5, 1, "1,1,1,1,1")]
    public async Task Buckets_are_as_even_as_can_be(int count, long buckets, string expected)
    {
        using RecordBatch rows = Longs(count, (_, b) => b.Append(buckets));
        Assert.Equal(expected, string.Join(',', (await SimpleAsync(rows, Function("ntile", [0], WindowFrame.Whole, false))).Select(r => r)));
    }

    [Fact]
    public async Task A_number_of_buckets_has_to_be_positive()
    {
        await LeakCheck.RunAsync(async () =>
        {
            using RecordBatch rows = Longs(2, (_, b) => b.Append(0));
            MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => SimpleAsync(rows, Function("ntile", [0], WindowFrame.Whole, false)));
            Assert.Equal("MR5265", error.Code.Id);
        });
    }

    [Fact]
    public async Task Measurements_over_time_have_rates_changes_and_averages()
    {
        double?[] values = [10, 30, null, 5, 20];
        using var x = new FixedBuilder<double>(DataType.Float64);
        using var t = new FixedBuilder<long>(DataType.Timestamp());
        using var half = new FixedBuilder<double>(DataType.Float64);
        for (int i = 0; i < values.Length; i++)
        {
            x.Append(values[i] ?? 0);
            t.Append(i * 10_000_000);
            half.Append(0.5);
        }

        x.SetNull(2);
        Schema schema = new(new Field("x", DataType.Float64), new Field("t", DataType.Timestamp()), new Field("half", DataType.Float64));
        using var rows = new RecordBatch(schema, values.Length, x.Build(), t.Build(), half.Build());
        var running = new WindowFrame(FrameUnit.Rows, FrameBoundKind.UnboundedPreceding, null, FrameBoundKind.CurrentRow, null, FrameExclusion.NoOthers);

        // A fall from 30 to 5 is a counter that began anew: 20 + 5 in 30 s, 20 + 5 + 15 in 40 s.
        Assert.Equal(["null", "2", "2", "0.8333333333333334", "1"], await SimpleAsync(rows, Function("rate", [0, 1], running, false)));
        Assert.Equal(["null", "2", "null", "null", "1.5"], await SimpleAsync(rows, Function("derivative", [0, 1], running, false)));
        Assert.Equal(["10", "20", "20", "12.5", "16.25"], await SimpleAsync(rows, Function("ema", [0, 2], running, false)));
        Assert.Equal(["null", "200", "null", "null", "300"], await SimpleAsync(rows, Function("percent_change", [0], running, false)));

        // Deviations of 10 and 30 are ±10√2, the mean is 20.
        Assert.Equal("0.7071067811865475", (await SimpleAsync(rows, Function("z_score", [0], running, false)))[1]);
    }

    private static WindowColumn[] Names(string[] names) => [.. names.Select(n => Function(n, [], WindowFrame.Whole, false))];

    private static WindowFunctionColumn Function(string name, int[] arguments, WindowFrame frame, bool ignoreNulls)
    {
        var function = (WindowFunction)BuiltInFunctions.Table.Find(name, over: true)!;
        WindowOverload overload = function.Overloads[0];
        DataType type = overload.Returns.Exact ?? DataType.Int64;
        var site = new ScalarCallSite([.. arguments.Select(_ => type)], [.. arguments.Select(_ => (object?[]?)null)], type);
        return new(new Field(name, type), arguments, frame, overload.Kernel(site)) { UsesFrame = function.UsesFrame, IgnoreNulls = ignoreNulls, Paged = overload.Paged, LooksBack = overload.LooksBack };
    }

    private static Task<Dictionary<long, string>> RunAsync(WindowCase rows, int lanes, WindowColumn[] calls) => RunAsync(rows.Rows, rows.Order, lanes, calls);

    private static async Task<Dictionary<long, string>> RunAsync(RecordBatch rows, OrderColumn order, int lanes, WindowColumn[] calls)
    {
        var found = new Dictionary<long, string>();
        using var folder = new TempFolder();
        await LeakCheck.RunAsync(async () =>
        {
            foreach (WindowPaging? paging in Pagings)
            {
                TestRows source = TestRows.Cut(rows, 33);
                var node = new WindowNode(source, [WindowCase.Partition], [order], calls) { Paging = paging };
                var context = new QueryContext { Lanes = lanes, SpillFolder = folder.Path };
                using RecordBatch result = paging is null ? await NodeRunner.RunAsync(node, context) : await SortedRows.WindowAsync(node, rows, context);
                source.Release();
                for (int row = 0; row < result.Length; row++)
                {
                    string text = string.Join('|', result.Columns.Skip(rows.Schema.Count).Select(c => ColumnText.Json(c, row)));
                    long id = ((FixedColumn<long>)result[WindowCase.Id]).Values[row];
                    Assert.True(found.TryAdd(id, text) || found[id] == text, $"{paging}, row {id}: {text}, but {found[id]} in memory");
                }

                Assert.Equal(rows.Length, result.Length);
            }
        });
        return found;
    }

    private static async Task<string[]> SimpleAsync(RecordBatch rows, WindowColumn call)
    {
        using var folder = new TempFolder();
        string[]? found = null;
        foreach (WindowPaging? paging in Pagings)
        {
            TestRows source = TestRows.Cut(rows, 100);
            try
            {
                var node = new WindowNode(source, [], [], [call]) { Paging = paging };
                var context = new QueryContext { Lanes = 1, SpillFolder = folder.Path };
                using RecordBatch result = paging is null ? await NodeRunner.RunAsync(node, context) : await SortedRows.WindowAsync(node, rows, context);
                string[] values = [.. ColumnText.Values(result[rows.Schema.Count])];
                Assert.Equal(found ??= values, values);
            }
            finally
            {
                source.Release();
            }
        }

        return found!;
    }

    private static RecordBatch Longs(int count, Action<int, FixedBuilder<long>> append)
    {
        using var builder = new FixedBuilder<long>(DataType.Int64);
        for (int i = 0; i < count; i++)
        {
            append(i, builder);
        }

        return new RecordBatch(new Schema(new Field("x", DataType.Int64)), count, builder.Build());
    }

    private static RecordBatch WithOffsetsFromOne(RecordBatch rows)
    {
        Column[] columns = [.. rows.Columns.Select(c => c.Share())];
        foreach (int offset in (int[])[WindowCase.StartOffset, WindowCase.EndOffset])
        {
            using var builder = new FixedBuilder<long>(DataType.Int64);
            foreach (long value in ((FixedColumn<long>)columns[offset]).Values)
            {
                builder.Append(value + 1);
            }

            columns[offset].Dispose();
            columns[offset] = builder.Build();
        }

        return new RecordBatch(rows.Schema, rows.Length, columns);
    }

    private static long Number(WindowCase rows, int column, int row) => ((FixedColumn<long>)rows.Rows[column]).Values[row];

    private static string Text(WindowCase rows, int row) => ColumnText.Json(rows.Rows[WindowCase.Value], row);

    private static string Away(WindowCase rows, int[] partition, int place, long distance, bool ignoreNulls, string otherwise)
    {
        if (ignoreNulls && distance != 0)
        {
            int step = Math.Sign(distance);
            int at = place;
            for (long left = Math.Abs(distance); left > 0;)
            {
                at += step;
                if (at < 0 || at >= partition.Length)
                {
                    return otherwise;
                }

                left -= Text(rows, partition[at]) == "null" ? 0 : 1;
            }

            return Text(rows, partition[at]);
        }

        long target = place + distance;
        return target >= 0 && target < partition.Length ? Text(rows, partition[(int)target]) : otherwise;
    }
}
