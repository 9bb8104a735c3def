using System.Numerics;

namespace Millrace.Formats.Csv;

/// <summary>Forms of dates, or of timestamps, that are tried besides ISO 8601; a bit each.</summary>
internal sealed class DatePatterns
{
    private static readonly string[] Dates = ["%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y/%m/%d", "%d-%m-%Y", "%m-%d-%Y"];
    private static readonly string[] Clocks = ["%H:%M", "%H:%M:%S", "%H:%M:%S.%f"];

    private readonly DateTimePattern[] _patterns;

    private DatePatterns(IEnumerable<string> patterns) => _patterns = [.. patterns.Select(DateTimePattern.Parse)];

    /// <summary>The patterns of dates: the given one, or all that are known.</summary>
    public static DatePatterns OfDates(string? given) => new(given is null ? Dates : [given]);

    /// <summary>The patterns of timestamps.</summary>
    public static DatePatterns OfTimestamps(string? given) => new(given is null ? Dates.SelectMany(d => Clocks.Select(c => $"{d} {c}")) : [given]);

    public uint All => (1u << _patterns.Length) - 1;

    /// <summary>Those of the candidates that a text has.</summary>
    public uint Match(ReadOnlySpan<byte> text, uint candidates)
    {
        uint left = candidates;
        for (uint rest = candidates; rest != 0; rest &= rest - 1)
        {
            int index = BitOperations.TrailingZeroCount(rest);
            if (!_patterns[index].TryParse(text, out _, out _))
            {
                left &= ~(1u << index);
            }
        }

        return left;
    }

    /// <summary>The one pattern that all columns of candidates share, if it is the only one.</summary>
    public string? Decide(IEnumerable<uint> columns)
    {
        uint shared = All;
        bool any = false;
        foreach (uint candidates in columns.Where(c => c != 0))
        {
            any = true;
            shared &= candidates;
        }

        return any && BitOperations.IsPow2(shared) ? _patterns[BitOperations.TrailingZeroCount(shared)].Text : null;
    }
}
