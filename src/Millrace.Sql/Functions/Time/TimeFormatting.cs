using System.Text;
using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>Times as texts by a format, and back.</summary>
internal static class TimeFormatting
{
    private const int PostgresYear = 1;
    private const int StrftimeYear = 1900;

    public static ScalarKernel Format(ScalarCallSite site)
    {
        var format = new TimeFormat();
        bool hasZone = site.Types[0].TimeZone is not null;
        return (in KernelCall call) =>
        {
            using var buffer = new ByteBuffer();
            byte[] zone = hasZone ? Encoding.UTF8.GetBytes(call.Context.TimeZone.Id) : [];
            return Rows.Text(call, new FormatRow(call, new TimeArgument(call, 0), format, new WrittenTime(buffer), zone));
        };
    }

    /// <summary>The name of a month or day: <c>monthname(d)</c>.</summary>
    public static ScalarKernel Name(TimeTokenKind kind) => (in KernelCall call) => Rows.Text(call, new NameRow(call, kind));

    /// <summary>An instant or a wall-clock time, as the type of the result says.</summary>
    public static ScalarKernel Parse(ScalarCallSite site) => Parse(orNull: false);

    public static ScalarKernel TryParse(ScalarCallSite site) => Parse(orNull: true);

    public static ScalarKernel ParseDate(ScalarCallSite site)
    {
        var format = new TimeFormat();
        return (in KernelCall call) => Rows.Fixed<int, ParseDateRow>(call, new ParseDateRow(call, format));
    }

    /// <summary>An instant if the format reads an offset, else a wall-clock time.</summary>
    public static DataType ParsedType(ScalarCallSite site)
    {
        bool instant = site.TryConstant(1, out string? format) && (format!.Contains("%z", StringComparison.Ordinal) || format.Contains("%Z", StringComparison.Ordinal));
        return DataType.Timestamp(timeZone: instant ? "UTC" : null);
    }

    private static ScalarKernel Parse(bool orNull)
    {
        var format = new TimeFormat();
        return (in KernelCall call) => Rows.Fixed<long, ParseRow>(call, new ParseRow(call, format, orNull));
    }

    private static bool TryRead(ReadOnlySpan<byte> text, ReadOnlySpan<byte> pattern, TimeFormat format, int row, RowFaults faults, bool orNull, out LocalTime time, out long? offset)
    {
        time = default;
        offset = null;
        if (format.Prepare(pattern) is { } wrong)
        {
            faults.Add(row, FunctionErrors.FormatCode, wrong);
            return false;
        }

        var reader = new TimeReader(text);
        if (reader.Read(format, format.IsStrftime ? StrftimeYear : PostgresYear, out time) is { } problem)
        {
            if (!orNull)
            {
                faults.Add(row, FunctionErrors.TimeTextCode, $"{FunctionErrors.Show(text)} is not of the format {FunctionErrors.Show(pattern)}: {problem}.");
            }

            return false;
        }

        offset = reader.HasOffset ? reader.OffsetSeconds : null;
        return true;
    }

    private readonly ref struct FormatRow(in KernelCall call, TimeArgument time, TimeFormat format, WrittenTime written, ReadOnlySpan<byte> zone) : IBuilderRow<BinaryBuilder>
    {
        private readonly TimeArgument _time = time;
        private readonly TextArgument _pattern = call.Text(1);
        private readonly RowFaults _faults = call.Faults;
        private readonly ReadOnlySpan<byte> _zone = zone;
        private readonly TimeFormat _format = format;
        private readonly WrittenTime _written = written;

        public void Append(int row, BinaryBuilder result)
        {
            if (_format.Prepare(_pattern[row]) is { } problem)
            {
                _faults.Add(row, FunctionErrors.FormatCode, problem);
                result.AppendNull();
            }
            else if (_time.TryGet(row, out LocalTime value))
            {
                result.Append(_written.Of(value, _format, _zone));
            }
            else
            {
                result.AppendNull();
            }
        }
    }

    private readonly ref struct NameRow(in KernelCall call, TimeTokenKind kind) : IBuilderRow<BinaryBuilder>
    {
        private readonly TimeArgument _time = new(call, 0);
        private readonly TimeTokenKind _kind = kind;

        public void Append(int row, BinaryBuilder result)
        {
            if (_time.TryGet(row, out LocalTime value))
            {
                result.Append(_kind == TimeTokenKind.MonthName ? TimeNames.Months[value.Date.Month - 1] : TimeNames.Days[value.DayOfWeek]);
            }
            else
            {
                result.AppendNull();
            }
        }
    }

    private readonly ref struct ParseRow(in KernelCall call, TimeFormat format, bool orNull) : IFixedRow<long>
    {
        private readonly TextArgument _text = call.Text(0);
        private readonly TextArgument _pattern = call.Text(1);
        private readonly RowFaults _faults = call.Faults;
        private readonly TimeFormat _format = format;
        private readonly TimeZoneInfo? _zone = call.Type.TimeZone is null ? null : call.Context.TimeZone;
        private readonly bool _orNull = orNull;

        public bool TryValue(int row, out long value)
        {
            value = 0;
            if (!TryRead(_text[row], _pattern[row], _format, row, _faults, _orNull, out LocalTime time, out long? offset))
            {
                return false;
            }

            bool fits = time.TryToUnits(1_000_000, out value) && Math.Abs(value) < long.MaxValue - 86_400_000_000;
            if (fits && offset is { } seconds)
            {
                value -= seconds * 1_000_000;
            }
            else if (fits && _zone is not null)
            {
                ZoneTime.TryToInstant(value, 1_000_000, _zone, out value);
            }

            if (!fits && !_orNull)
            {
                _faults.Add(row, FunctionErrors.TimeOutOfRangeCode, $"{FunctionErrors.Show(_text[row])} is out of the range of timestamps.");
            }

            return fits;
        }
    }

    private readonly ref struct ParseDateRow(in KernelCall call, TimeFormat format) : IFixedRow<int>
    {
        private readonly TextArgument _text = call.Text(0);
        private readonly TextArgument _pattern = call.Text(1);
        private readonly RowFaults _faults = call.Faults;
        private readonly TimeFormat _format = format;

        public bool TryValue(int row, out int value)
        {
            bool read = TryRead(_text[row], _pattern[row], _format, row, _faults, orNull: false, out LocalTime time, out _);
            value = (int)time.Days;
            return read;
        }
    }
}
