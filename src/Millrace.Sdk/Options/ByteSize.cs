using System.Globalization;

namespace Millrace.Sdk;

/// <summary>A number of bytes, written <c>128MB</c>, <c>1 MiB</c> or <c>4096</c>. KB, MB and GB are powers of 1000, KiB, MiB and GiB of 1024.</summary>
public readonly record struct ByteSize(long Bytes)
{
    private static readonly (string Suffix, long Factor)[] Units =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40),
        ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000),
        ("B", 1),
    ];

    public static ByteSize MiB(long count) => new(count << 20);

    public static bool TryParse(string text, out ByteSize size)
    {
        string number = text.Trim();
        long factor = 1;
        foreach ((string suffix, long unit) in Units)
        {
            if (number.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
            {
                number = number[..^suffix.Length].TrimEnd();
                factor = unit;
                break;
            }
        }

        size = default;
        if (!decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal value)
            || value > long.MaxValue / factor)
        {
            return false;
        }

        size = new ByteSize((long)(value * factor));
        return true;
    }

    /// <summary>The shortest exact form.</summary>
    public override string ToString()
    {
        foreach ((string suffix, long factor) in (ReadOnlySpan<(string, long)>)[Units[3], Units[2], Units[1], Units[0]])
        {
            if (Bytes >= factor && Bytes % factor == 0)
            {
                return (Bytes / factor).ToString(CultureInfo.InvariantCulture) + suffix;
            }
        }

        return Bytes.ToString(CultureInfo.InvariantCulture) + "B";
    }
}
