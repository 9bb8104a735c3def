using System.Text;
using Millrace.Columnar;
using Millrace.Sql.Functions;

namespace Millrace.Sql.Execution;

/// <summary>
/// Conversions that depend on a zone: between instants and dates, times and timestamps without one, and between instants and
/// text that names none. The clock's gaps and repetitions are those of <see cref="ZoneTime"/>.
/// </summary>
internal static class ZoneCasts
{
    // As PostgreSQL writes it: +02, +05:30.
    private const int OffsetLength = 6;

    /// <summary>Whether the result of a conversion depends on the zone.</summary>
    public static bool Depends(DataType from, DataType to)
    {
        from = from.Id == TypeId.Dictionary ? from.DictionaryValue : from;
        return IsInstant(to) ? from.Id is TypeId.Utf8 or TypeId.Date || IsLocal(from)
            : IsInstant(from) && (to.Id is TypeId.Utf8 or TypeId.Date or TypeId.Time || IsLocal(to));
    }

    /// <summary>Whether the result of a conversion of this value does: text may name a zone itself.</summary>
    public static bool Depends(object? value, DataType from, DataType to)
        => value is not null && Depends(from, to) && !(value is string text && NamesZone(Encoding.UTF8.GetBytes(text).AsSpan().Trim(" \t\r\n"u8)));

    /// <param name="column">Borrowed.</param>
    /// <param name="type">The type of the result.</param>
    /// <param name="zone">The zone.</param>
    public static CastResult To(Column column, DataType type, TimeZoneInfo zone)
    {
        if (zone.Equals(TimeZoneInfo.Utc) && type.Id != TypeId.Utf8)
        {
            return Cast.To(column, type);
        }

        if (column.Type.Id == TypeId.Dictionary)
        {
            using Column plain = Cast.To(column, column.Type.DictionaryValue).Column;
            return To(plain, type, zone);
        }

        return column.Type.Id == TypeId.Utf8 ? Parse((BinaryColumn)column, type, zone)
            : type.Id == TypeId.Utf8 ? Format((FixedColumn<long>)column, zone)
            : IsInstant(type) ? ToInstant(column, type, zone)
            : ToLocal((FixedColumn<long>)column, type, zone);
    }

    /// <summary>Values as text; the caller owns the result.</summary>
    public static Column ToText(Column column, TimeZoneInfo zone)
        => (Depends(column.Type, DataType.Utf8) ? To(column, DataType.Utf8, zone) : Cast.To(column, DataType.Utf8)).Column;

    private static bool IsInstant(DataType type) => type is { Id: TypeId.Timestamp, TimeZone: not null };

    private static bool IsLocal(DataType type) => type is { Id: TypeId.Timestamp, TimeZone: null };

    private static bool NamesZone(ReadOnlySpan<byte> text) => TimestampText.TryParse(text, TimeUnit.Second, instant: true, out _, out bool hasZone) && hasZone;

    // Through the wall-clock time, in the unit of the instants.
    private static CastResult ToLocal(FixedColumn<long> instants, DataType type, TimeZoneInfo zone)
    {
        long perSecond = instants.Type.Unit.PerSecond();
        var failures = new SortedDictionary<int, string>();
        using ColumnBuilder builder = ColumnBuilder.Create(DataType.Timestamp(instants.Type.Unit), instants.Length);
        var offsets = new ZoneOffsets(zone, perSecond);
        for (int row = 0; row < instants.Length; row++)
        {
            Append(builder, instants, row, offsets.TryToLocal(instants.Values[row], out long local), local, type, failures);
        }

        using Column locals = builder.Build();
        return Merge(Cast.To(locals, type), failures);
    }

    private static CastResult ToInstant(Column column, DataType type, TimeZoneInfo zone)
    {
        CastResult wall = Cast.To(column, DataType.Timestamp(type.Unit));
        using var locals = (FixedColumn<long>)wall.Column;
        SortedDictionary<int, string> failures = Of(wall.Failures);
        using ColumnBuilder builder = ColumnBuilder.Create(type, locals.Length);
        long perSecond = type.Unit.PerSecond();
        for (int row = 0; row < locals.Length; row++)
        {
            Append(builder, locals, row, ZoneTime.TryToInstant(locals.Values[row], perSecond, zone, out long instant), instant, type, failures);
        }

        return new CastResult(builder.Build(), Listed(failures));
    }

    private static CastResult Parse(BinaryColumn texts, DataType type, TimeZoneInfo zone)
    {
        CastResult utc = Cast.To(texts, type);
        using var instants = (FixedColumn<long>)utc.Column;
        SortedDictionary<int, string> failures = Of(utc.Failures);
        using ColumnBuilder builder = ColumnBuilder.Create(type, instants.Length);
        long perSecond = type.Unit.PerSecond();
        for (int row = 0; row < instants.Length; row++)
        {
            long instant = instants.Values[row];
            bool fits = instants.IsNull(row) || NamesZone(texts[row].Trim(" \t\r\n"u8)) || ZoneTime.TryToInstant(instant, perSecond, zone, out instant);
            Append(builder, instants, row, fits, instant, type, failures);
        }

        return new CastResult(builder.Build(), Listed(failures));
    }

    private static CastResult Format(FixedColumn<long> instants, TimeZoneInfo zone)
    {
        if (zone.Equals(TimeZoneInfo.Utc))
        {
            return Cast.To(instants, DataType.Utf8);
        }

        long perSecond = instants.Type.Unit.PerSecond();
        using var builder = (BinaryBuilder)ColumnBuilder.Create(DataType.Utf8, instants.Length);
        var offsets = new ZoneOffsets(zone, perSecond);
        for (int row = 0; row < instants.Length; row++)
        {
            long instant = instants.Values[row];
            if (instants.IsNull(row))
            {
                builder.AppendNull();
            }
            else if (offsets.TryToLocal(instant, out long local))
            {
                Span<byte> text = builder.GetSpan(TimestampText.MaxLength + OffsetLength);
                int length = TimestampText.Format(local, instants.Type.Unit, instant: false, text, (byte)' ');
                builder.Commit(length + AppendOffset((local - instant) / perSecond, text[length..]));
            }
            else
            {
                Span<byte> text = builder.GetSpan(TimestampText.MaxLength);
                builder.Commit(TimestampText.Format(instant, instants.Type.Unit, instant: true, text, (byte)' '));
            }
        }

        return new CastResult(builder.Build(), []);
    }

    private static int AppendOffset(long seconds, Span<byte> target)
    {
        long minutes = Math.Abs(seconds) / 60;
        target[0] = seconds < 0 ? (byte)'-' : (byte)'+';
        (minutes / 60).TryFormat(target[1..], out _, "00");
        if (minutes % 60 == 0)
        {
            return 3;
        }

        target[3] = (byte)':';
        (minutes % 60).TryFormat(target[4..], out _, "00");
        return OffsetLength;
    }

    private static void Append(ColumnBuilder builder, FixedColumn<long> source, int row, bool fits, long value, DataType type, SortedDictionary<int, string> failures)
    {
        if (!source.IsNull(row) && fits)
        {
            ((FixedBuilder<long>)builder).Append(value);
            return;
        }

        builder.AppendNull();
        if (!source.IsNull(row))
        {
            failures.TryAdd(row, $"A time does not fit {type} in the time zone.");
        }
    }

    private static CastResult Merge(CastResult result, SortedDictionary<int, string> failures)
    {
        foreach (CastFailure failure in result.Failures)
        {
            failures.TryAdd(failure.Row, failure.Message);
        }

        return new CastResult(result.Column, Listed(failures));
    }

    private static SortedDictionary<int, string> Of(IReadOnlyList<CastFailure> failures) => new(failures.ToDictionary(f => f.Row, f => f.Message));

    private static CastFailure[] Listed(SortedDictionary<int, string> failures) => [.. failures.Select(f => new CastFailure(f.Key, f.Value))];
}
