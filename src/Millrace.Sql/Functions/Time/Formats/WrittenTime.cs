using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>
/// The text of the time that was written last, and of all times that have the same: a format without seconds gives one text
/// for a whole minute. Rows that come one after the other are mostly close in time. One thread uses it.
/// </summary>
/// <param name="buffer">Holds the text.</param>
internal sealed class WrittenTime(ByteBuffer buffer)
{
    private IReadOnlyList<TimeToken>? _tokens;
    private long _grain;
    private long _days;
    private long _from;
    private long _to;
    private int _offset;

    /// <summary>The text of a time; dead after the next call.</summary>
    public ReadOnlySpan<byte> Of(LocalTime time, TimeFormat format, ReadOnlySpan<byte> zone)
    {
        bool same = ReferenceEquals(_tokens, format.Tokens) && time.Days == _days && time.Nanos >= _from && time.Nanos < _to && time.OffsetSeconds == _offset;
        if (!same)
        {
            if (!ReferenceEquals(_tokens, format.Tokens))
            {
                _tokens = format.Tokens;
                _grain = _tokens.Count == 0 ? LocalTime.NanosPerDay : _tokens.Min(t => Grain(t.Kind));
            }

            _days = time.Days;
            _from = time.Nanos - (time.Nanos % _grain);
            _to = _from + _grain;
            _offset = time.OffsetSeconds;
            buffer.Truncate();
            TimeWriter.Write(time, format.Tokens, zone, buffer);
        }

        return buffer.Written;
    }

    // Nanoseconds that make no difference to what a token writes.
    private static long Grain(TimeTokenKind kind) => kind switch
    {
        TimeTokenKind.Fraction or TimeTokenKind.EpochSeconds => 1,
        TimeTokenKind.Second or TimeTokenKind.SecondOfDay => LocalTime.NanosPerSecond,
        TimeTokenKind.Minute => 60 * LocalTime.NanosPerSecond,
        TimeTokenKind.Hour24 or TimeTokenKind.Hour12 or TimeTokenKind.Meridiem => 3600 * LocalTime.NanosPerSecond,
        _ => LocalTime.NanosPerDay,
    };
}
