using System.Globalization;
using Millrace.Columnar;
using Millrace.Sql.Execution;
using Millrace.Sql.Parsing;
using Millrace.TestKit;

namespace Millrace.Sql.Tests.Execution;

[Trait("speed", "slow")]
public sealed class WindowFrameTests
{
    private static readonly FrameBoundKind[] Bounds = Enum.GetValues<FrameBoundKind>();

    public static TheoryData<FrameUnit, FrameExclusion, int> Cases()
    {
        var cases = new TheoryData<FrameUnit, FrameExclusion, int>();
        foreach (FrameUnit unit in Enum.GetValues<FrameUnit>())
        {
            foreach (FrameExclusion exclusion in Enum.GetValues<FrameExclusion>())
            {
                for (int key = 0; key < (unit == FrameUnit.Range ? 5 : 1); key++)
                {
                    cases.Add(unit, exclusion, key);
                }
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Frames_have_the_rows_that_their_definition_says(FrameUnit unit, FrameExclusion exclusion, int key)
    {
        (DataType keyType, DataType offsetType) = unit != FrameUnit.Range ? (DataType.Int32, DataType.Int64) : key switch
        {
            0 => (DataType.Int32, DataType.Int32),
            1 => (DataType.Float64, DataType.Float64),
            2 => (DataType.Timestamp(), DataType.Interval),
            3 => (DataType.Date, DataType.Interval),
            _ => (DataType.Decimal(10, 2), DataType.Decimal(10, 1)),
        };
        int seed = key;
        foreach (FrameBoundKind start in Bounds)
        {
            foreach (FrameBoundKind end in Bounds)
            {
                bool descending = seed++ % 2 == 0;
                using var rows = new WindowCase(seed, seed % 7 == 0 ? 1 : 45, keyType, offsetType, descending);
                await AssertFrame(rows, new WindowFrame(unit, start, WindowCase.StartOffset, end, WindowCase.EndOffset, exclusion), seed % 3 == 0 ? 3 : 1, distinct: false);
            }
        }
    }

    // Long frames are put together from a tree of states, short ones row by row.
    [Theory]
    [InlineData(FrameExclusion.NoOthers)]
    [InlineData(FrameExclusion.Ties)]
    public async Task Long_frames_have_their_rows_in_order(FrameExclusion exclusion)
    {
        using var rows = new WindowCase(9, 400, DataType.Int32, DataType.Int32, descending: false, partitions: 1);
        await AssertFrame(rows, new WindowFrame(FrameUnit.Range, FrameBoundKind.Preceding, WindowCase.StartOffset, FrameBoundKind.Following, WindowCase.EndOffset, exclusion), 1, distinct: false);
    }

    [Theory]
    [InlineData(FrameExclusion.NoOthers)]
    [InlineData(FrameExclusion.Group)]
    public async Task Equal_arguments_count_once_in_each_frame(FrameExclusion exclusion)
    {
        foreach (FrameBoundKind start in Bounds)
        {
            using var rows = new WindowCase((int)start, 80, DataType.Int32, DataType.Int64, descending: true);
            await AssertFrame(rows, new WindowFrame(FrameUnit.Rows, start, WindowCase.StartOffset, FrameBoundKind.Following, WindowCase.EndOffset, exclusion), 1, distinct: true);
        }
    }

    // On disk they are found by sorting: the first with its value counts, or the last where frames end at the last row.
    [Theory]
    [InlineData(FrameBoundKind.UnboundedPreceding, FrameBoundKind.UnboundedFollowing)]
    [InlineData(FrameBoundKind.UnboundedPreceding, FrameBoundKind.Preceding)]
    [InlineData(FrameBoundKind.Following, FrameBoundKind.UnboundedFollowing)]
    [InlineData(FrameBoundKind.CurrentRow, FrameBoundKind.UnboundedFollowing)]
    public async Task Equal_arguments_count_once_in_frames_that_begin_or_end_with_the_partition(FrameBoundKind start, FrameBoundKind end)
    {
        foreach (FrameUnit unit in (FrameUnit[])[FrameUnit.Rows, FrameUnit.Groups])
        {
            using var rows = new WindowCase((int)start + 70, 90, DataType.Int32, DataType.Int64, descending: true, partitions: 2);
            await AssertFrame(rows, new WindowFrame(unit, start, WindowCase.StartOffset, end, WindowCase.EndOffset, FrameExclusion.NoOthers), 1, distinct: true, ordered: false);
        }
    }

    [Theory]
    [InlineData(-1L)]
    [InlineData(null)]
    public async Task Offsets_have_to_be_zero_or_more(long? offset)
    {
        await LeakCheck.RunAsync(async () =>
        {
            using var builder = new FixedBuilder<long>(DataType.Int64);
            builder.Append(offset ?? 0);
            if (offset is null)
            {
                builder.SetNull(0);
            }

            using var rows = new RecordBatch(new Schema(new Field("x", DataType.Int64)), 1, builder.Build());
            TestRows source = TestRows.Cut(rows, 1);
            var frame = new WindowFrame(FrameUnit.Rows, FrameBoundKind.Preceding, 0, FrameBoundKind.CurrentRow, null, FrameExclusion.NoOthers);
            var node = new WindowNode(source, [], [], [Call(frame, 0, false)]);
            MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => NodeRunner.RunAsync(node, new QueryContext { Lanes = 1 }));
            Assert.Equal("MR5260", error.Code.Id);
            source.Release();
        });
    }

    private static WindowAggregateColumn Call(WindowFrame frame, int argument, bool distinct)
        => new(new Field("rows", DataType.Utf8), [argument], frame, () => new ConcatAccumulator()) { SkipsNulls = distinct, Ordered = true, Distinct = distinct };

    private static readonly WindowPaging[] Pagings = [new WindowPaging(1, 3, 8), new WindowPaging(4, 2, 0), new WindowPaging(2, 5, 0)];

    private static async Task AssertFrame(WindowCase rows, WindowFrame frame, int lanes, bool distinct, bool ordered = true)
    {
        await AssertFrame(rows, frame, lanes, distinct, ordered, paging: null);
        await AssertFrame(rows, frame, lanes, distinct, ordered, Pagings[((int)frame.Start + (2 * (int)frame.End)) % Pagings.Length]);
    }

    private static async Task AssertFrame(WindowCase rows, WindowFrame frame, int lanes, bool distinct, bool ordered, WindowPaging? paging)
    {
        using var folder = new TempFolder();
        await LeakCheck.RunAsync(async () =>
        {
            int argument = distinct ? WindowCase.Value : WindowCase.Id;
            TestRows source = TestRows.Cut(rows.Rows, 20);
            var node = new WindowNode(source, [WindowCase.Partition], [rows.Order], [Call(frame, argument, distinct) with { Ordered = ordered }], width: 4) { Paging = paging };
            var memory = new MemoryBudget(long.MaxValue);
            var context = new QueryContext { Lanes = lanes, Memory = memory, SpillFolder = folder.Path };
            using RecordBatch result = paging is null ? await NodeRunner.RunAsync(node, context) : await SortedRows.WindowAsync(node, rows.Rows, context);
            source.Release();
            Assert.Equal((0, 0), (memory.Used, memory.Held));
            Assert.Equal(paging is not null && rows.Places().Any(p => p.Partition.Length > paging.MaxRows), memory.Spilled > 0);
            var expected = new Dictionary<long, string>();
            foreach ((int row, int place, int[] partition) in rows.Places())
            {
                IEnumerable<int> members = rows.Frame(frame, place, partition).Select(p => partition[p]);
                var values = (FixedColumn<long>)rows.Rows[argument];
                IEnumerable<string> texts = members.Where(m => !distinct || !values.IsNull(m)).Select(m => values.Values[m].ToString(CultureInfo.InvariantCulture) + ",");
                expected.Add(row, string.Concat(distinct ? texts.Distinct() : texts));
            }

            Assert.Equal(rows.Rows.Length, result.Length);
            for (int row = 0; row < result.Length; row++)
            {
                long id = ((FixedColumn<long>)result[WindowCase.Id]).Values[row];
                (string wanted, string found) = (expected[id], ((BinaryColumn)result[4]).GetString(row));
                if (!ordered)
                {
                    (wanted, found) = (Sorted(wanted), Sorted(found));
                }

                Assert.True(wanted == found, $"{frame}, {paging}, row {id}: expected {wanted}, found {found}");
            }

            static string Sorted(string text) => string.Concat(text.Order());
        });
    }
}
