using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Connectors.MySql;

/// <summary>Finds the values that the server is known not to take, so that a row can be set aside before its statement fails as a whole.</summary>
internal static class ValueChecks
{
    // 0000-01-01 and 9999-12-31 in days from 1970-01-01.
    private const int FirstDay = -719_528;
    private const int LastDay = 2_932_896;

    // 838:59:59.
    private const long LongestTime = 3_020_399_000_000;

    /// <param name="column">Values as they are to be sent.</param>
    /// <param name="target">Their column.</param>
    /// <param name="isKey">Whether rows are merged by it.</param>
    /// <param name="op">What happened to each row; null where rows are only rows.</param>
    /// <param name="unchanged">What was not sent of each row; null for none.</param>
    /// <param name="found">Called for each bad value with its row and what is wrong.</param>
    public static void Find(Column column, TargetColumn target, bool isKey, BinaryColumn? op, Column? unchanged, Action<int, string> found)
    {
        if (column.HasNulls && (isKey || target.Info.NotNull))
        {
            FindNulls(column, isKey, op, isKey ? null : unchanged, found);
        }

        switch (column)
        {
            case FixedColumn<double> doubles:
                FindAll<double, NotFinite>(doubles, found);
                break;
            case FixedColumn<float> floats:
                FindAll<float, NotFinite>(floats, found);
                break;
            case FixedColumn<short> years when target.Info.Type == "year":
                FindAll<short, NotOfYear>(years, found);
                break;
            case FixedColumn<int> days when column.Type.Id == TypeId.Date:
                FindAll<int, OtherYears>(days, found);
                break;
            case FixedColumn<long> moments when column.Type.Id == TypeId.Timestamp:
                FindAll<long, OtherYears>(moments, found);
                break;
            case FixedColumn<Interval> times:
                FindAll<Interval, TooLong>(times, found);
                break;
        }
    }

    private static void FindNulls(Column column, bool isKey, BinaryColumn? op, Column? unchanged, Action<int, string> found)
    {
        Bitmap validity = column.Validity;
        for (int row = 0; row < column.Length; row++)
        {
            // Of a row that is gone only the key counts, of a table that was emptied nothing; what was not sent is in the table.
            if (!validity[row] && !(op is not null && (Changes.Is(op, row, ChangeColumns.Truncated) || (!isKey && Changes.Is(op, row, ChangeColumns.Deleted)))) && unchanged?.Validity[row] != true)
            {
                found(row, isKey ? "is NULL, and rows are merged by it" : "is NULL, which the column does not take");
            }
        }
    }

    private static void FindAll<T, TTest>(FixedColumn<T> column, Action<int, string> found)
        where T : unmanaged
        where TTest : struct, IValueTest<T>
    {
        ReadOnlySpan<T> values = column.Values;
        Bitmap validity = column.Validity;
        for (int row = 0; row < values.Length; row++)
        {
            if (TTest.IsBad(values[row]) && validity[row])
            {
                found(row, TTest.Message);
            }
        }
    }

    private interface IValueTest<T>
    {
        static abstract string Message { get; }

        static abstract bool IsBad(T value);
    }

    private readonly struct NotFinite : IValueTest<double>, IValueTest<float>
    {
        public static string Message => "is no finite number";

        public static bool IsBad(double value) => !double.IsFinite(value);

        public static bool IsBad(float value) => !float.IsFinite(value);
    }

    private readonly struct OtherYears : IValueTest<int>, IValueTest<long>
    {
        public static string Message => "is not in the years 0 to 9999";

        public static bool IsBad(int value) => value is < FirstDay or > LastDay;

        public static bool IsBad(long value) => value is < FirstDay * ClockText.MicrosecondsPerDay or >= (LastDay + 1) * ClockText.MicrosecondsPerDay;
    }

    // The server takes 1 to 99 for years near 2000.
    private readonly struct NotOfYear : IValueTest<short>
    {
        public static string Message => "is neither 0 nor in the years 1901 to 2155";

        public static bool IsBad(short value) => value is not (0 or (>= 1901 and <= 2155));
    }

    private readonly struct TooLong : IValueTest<Interval>
    {
        public static string Message => "has months or more than 838:59:59 hours";

        public static bool IsBad(Interval value) => value.Months != 0 || Int128.Abs(DurationText.Microseconds(value)) > LongestTime;
    }
}
