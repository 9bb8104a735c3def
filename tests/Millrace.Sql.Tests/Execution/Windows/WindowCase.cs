using Millrace.Columnar;
using Millrace.Sql.Execution;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Tests.Execution;

/// <summary>Random rows of partitions, and which rows each frame has by the definition.</summary>
internal sealed class WindowCase : IDisposable
{
    public const int Partition = 0;
    public const int Key = 1;
    public const int Value = 2;
    public const int Id = 3;
    public const int StartOffset = 4;
    public const int EndOffset = 5;

    private readonly int[] _sorted;

    /// <param name="seed">Of everything.</param>
    /// <param name="rows">How many.</param>
    /// <param name="keyType">Type of the sort key: integer, double, date or timestamp.</param>
    /// <param name="offsetType">Type of offsets.</param>
    /// <param name="descending">Direction of the order.</param>
    public WindowCase(int seed, int rows, DataType keyType, DataType offsetType, bool descending, int partitions = 4)
    {
        var random = new Random(seed);
        Order = new OrderColumn(Key, descending, random.Next(2) == 0);
        Schema schema = new(new Field("p", DataType.Utf8), new Field("k", keyType), new Field("v", DataType.Int64), new Field("id", DataType.Int64, nullable: false), new Field("s", offsetType), new Field("e", offsetType));
        Column[] columns =
        [
            Make(DataType.Utf8, rows, (b, _) => ((BinaryBuilder)b).Append($"p{random.Next(partitions)}"), random, 10),
            Make(keyType, rows, (b, _) => AppendKey(b, random), random, 6),
            Make(DataType.Int64, rows, (b, _) => ((FixedBuilder<long>)b).Append(random.Next(5)), random, 5),
            Make(DataType.Int64, rows, (b, i) => ((FixedBuilder<long>)b).Append(i), random, 0),
            Make(offsetType, rows, (b, _) => AppendOffset(b, random), random, 0),
            Make(offsetType, rows, (b, _) => AppendOffset(b, random), random, 0),
        ];
        Rows = new RecordBatch(schema, rows, columns);
        _sorted = SortNodeTests.Reference(Rows, [new OrderColumn(Partition), Order]);
    }

    public RecordBatch Rows { get; }

    public OrderColumn Order { get; }

    /// <summary>For each row by its id: its place and the rows of its partition in order.</summary>
    public IEnumerable<(int Row, int Place, int[] Partition)> Places()
    {
        for (int start = 0; start < _sorted.Length;)
        {
            int end = start;
            while (end < _sorted.Length && Values.Nulls(Rows[Partition], _sorted[start], Rows[Partition], _sorted[end]) == 0)
            {
                end++;
            }

            int[] partition = _sorted[start..end];
            for (int place = 0; place < partition.Length; place++)
            {
                yield return (partition[place], place, partition);
            }

            start = end;
        }
    }

    /// <summary>Places of the frame's rows.</summary>
    public List<int> Frame(WindowFrame frame, int place, int[] partition)
        => [.. Enumerable.Range(0, partition.Length).Where(other =>
            IsBehindStart(frame, place, other, partition) && IsBeforeEnd(frame, place, other, partition) && !IsExcluded(frame.Exclusion, place, other, partition))];

    public bool ArePeers(int a, int b) => Values.Nulls(Rows[Key], a, Rows[Key], b) == 0;

    public void Dispose() => Rows.Dispose();

    private bool IsBehindStart(WindowFrame frame, int place, int other, int[] partition) => frame.Start switch
    {
        FrameBoundKind.UnboundedPreceding => true,
        FrameBoundKind.UnboundedFollowing => false,
        FrameBoundKind.CurrentRow => frame.Unit == FrameUnit.Rows ? other >= place : other >= place || ArePeers(partition[place], partition[other]),
        _ => Distance(frame, frame.Start, StartOffset, place, other, partition) >= 0,
    };

    private bool IsBeforeEnd(WindowFrame frame, int place, int other, int[] partition) => frame.End switch
    {
        FrameBoundKind.UnboundedFollowing => true,
        FrameBoundKind.UnboundedPreceding => false,
        FrameBoundKind.CurrentRow => frame.Unit == FrameUnit.Rows ? other <= place : other <= place || ArePeers(partition[place], partition[other]),
        _ => Distance(frame, frame.End, EndOffset, place, other, partition) <= 0,
    };

    // How far the other row lies behind the bound of the row's frame, in the order.
    private int Distance(WindowFrame frame, FrameBoundKind kind, int offsetColumn, int place, int other, int[] partition)
    {
        int sign = kind == FrameBoundKind.Preceding ? -1 : 1;
        if (frame.Unit == FrameUnit.Range)
        {
            return RangeDistance(sign, partition[place], partition[other], offsetColumn, place, other);
        }

        long offset = ((FixedColumn<long>)Rows[offsetColumn]).Values[partition[place]];
        long apart = frame.Unit == FrameUnit.Rows ? other - place : GroupOf(other, partition) - GroupOf(place, partition);
        return apart.CompareTo(sign * offset);
    }

    private int GroupOf(int place, int[] partition) => Enumerable.Range(1, place).Count(i => !ArePeers(partition[i - 1], partition[i]));

    private int RangeDistance(int sign, int row, int otherRow, int offsetColumn, int place, int other)
    {
        Column keys = Rows[Key];
        if (keys.IsNull(row) || keys.IsNull(otherRow))
        {
            // A null reaches its equals; others do not reach it, and it lies on their side.
            return keys.IsNull(row) && keys.IsNull(otherRow) ? 0 : other.CompareTo(place);
        }

        int direction = Order.Descending ? -sign : sign;
        int order = (keys, Rows[offsetColumn]) switch
        {
            (FixedColumn<int> { Type.Id: TypeId.Int32 } k, FixedColumn<int> o) => ((long)k.Values[otherRow]).CompareTo(k.Values[row] + (direction * (long)o.Values[row])),
            (FixedColumn<double> k, FixedColumn<double> o) => k.Values[otherRow].CompareTo(k.Values[row] + (direction * o.Values[row])),
            (FixedColumn<Int128> k, FixedColumn<Int128> o) => k.Values[otherRow].CompareTo(k.Values[row] + (direction * o.Values[row] * 10)),
            (FixedColumn<long> k, FixedColumn<Interval> o) => Instant(k.Values[otherRow]).CompareTo(Moved(Instant(k.Values[row]), o.Values[row], direction)),
            (FixedColumn<int> k, FixedColumn<Interval> o) => Day(k.Values[otherRow]).CompareTo(Moved(Day(k.Values[row]), o.Values[row], direction)),
            _ => throw new ArgumentException(keys.Type.ToString()),
        };
        return Order.Descending ? -order : order;
    }

    private static DateTime Instant(long microseconds) => DateTime.UnixEpoch.AddTicks(microseconds * 10);

    private static DateTime Day(int days) => DateTime.UnixEpoch.AddDays(days);

    private static DateTime Moved(DateTime time, Interval interval, int sign)
        => time.AddMonths(sign * interval.Months).AddDays(sign * interval.Days).AddTicks(sign * interval.Nanoseconds / 100);

    private bool IsExcluded(FrameExclusion exclusion, int place, int other, int[] partition) => exclusion switch
    {
        FrameExclusion.CurrentRow => other == place,
        FrameExclusion.Group => ArePeers(partition[place], partition[other]),
        FrameExclusion.Ties => other != place && ArePeers(partition[place], partition[other]),
        _ => false,
    };

    private static Column Make(DataType type, int rows, Action<ColumnBuilder, int> append, Random random, int nullEvery)
    {
        using ColumnBuilder builder = ColumnBuilder.Create(type, rows);
        for (int row = 0; row < rows; row++)
        {
            append(builder, row);
            if (nullEvery > 0 && random.Next(nullEvery) == 0)
            {
                builder.SetNull(row);
            }
        }

        return builder.Build();
    }

    private static void AppendKey(ColumnBuilder builder, Random random)
    {
        switch (builder)
        {
            case FixedBuilder<int> b: b.Append(b.Type.Id == TypeId.Date ? 19_000 + random.Next(60) : random.Next(-6, 7)); break;
            case FixedBuilder<long> b: b.Append(1_700_000_000_000_000 + (random.Next(80) * 43_200_000_000)); break;
            case FixedBuilder<double> b: b.Append(random.Next(-6, 7) / 2.0); break;
            case FixedBuilder<Int128> b: b.Append(random.Next(-30, 30)); break;
        }
    }

    private static void AppendOffset(ColumnBuilder builder, Random random)
    {
        switch (builder)
        {
            case FixedBuilder<long> b: b.Append(random.Next(4)); break;
            case FixedBuilder<int> b: b.Append(random.Next(4)); break;
            case FixedBuilder<double> b: b.Append(random.Next(5) / 2.0); break;
            case FixedBuilder<Int128> b: b.Append(random.Next(2)); break;
            case FixedBuilder<Interval> b: b.Append(new Interval(random.Next(2), random.Next(3), random.Next(3) * 43_200_000_000_000)); break;
        }
    }
}
