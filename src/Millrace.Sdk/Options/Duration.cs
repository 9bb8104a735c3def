using System.Globalization;

namespace Millrace.Sdk;

/// <summary>Reads and writes durations such as <c>500ms</c>, <c>30s</c>, <c>5m</c>, <c>1h30m</c>, <c>1d</c>, <c>1w</c>.</summary>
public static class Duration
{
    private static readonly (string Suffix, long Ticks)[] Units =
    [
        ("w", 7 * TimeSpan.TicksPerDay), ("d", TimeSpan.TicksPerDay), ("h", TimeSpan.TicksPerHour),
        ("m", TimeSpan.TicksPerMinute), ("s", TimeSpan.TicksPerSecond), ("ms", TimeSpan.TicksPerMillisecond), ("us", TimeSpan.TicksPerMicrosecond),
    ];

    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        decimal ticks = 0;
        ReadOnlySpan<char> rest = text.AsSpan().Trim();
        if (rest.IsEmpty)
        {
            return false;
        }

        while (!rest.IsEmpty)
        {
            int digits = rest.IndexOfAnyExcept("0123456789.");
            if (digits <= 0 || !decimal.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number))
            {
                return false;
            }

            rest = rest[digits..].TrimStart();
            int letters = rest.IndexOfAnyExceptInRange('a', 'z');
            letters = letters < 0 ? rest.Length : letters;
            int unit = FindUnit(rest[..letters]);
            if (unit < 0 || number > 1_000_000_000)
            {
                return false;
            }

            ticks += number * Units[unit].Ticks;
            rest = rest[letters..].TrimStart();
        }

        if (ticks > TimeSpan.MaxValue.Ticks)
        {
            return false;
        }

        duration = new TimeSpan((long)ticks);
        return true;
    }

    public static string Format(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero)
        {
            return "0s";
        }

        var text = new System.Text.StringBuilder();
        long ticks = duration.Ticks;
        foreach ((string suffix, long unit) in Units)
        {
            if (ticks >= unit)
            {
                text.Append(CultureInfo.InvariantCulture, $"{ticks / unit}{suffix}");
                ticks %= unit;
            }
        }

        return text.ToString();
    }

    private static int FindUnit(ReadOnlySpan<char> suffix)
    {
        for (int i = 0; i < Units.Length; i++)
        {
            if (suffix.SequenceEqual(Units[i].Suffix))
            {
                return i;
            }
        }

        return -1;
    }
}
