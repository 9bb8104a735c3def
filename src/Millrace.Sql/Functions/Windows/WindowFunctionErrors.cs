using System.Globalization;

namespace Millrace.Sql.Functions;

/// <summary>What window functions complain of.</summary>
public static class WindowFunctionErrors
{
    public static readonly ErrorCode ArgumentCode = new("MR5265", "A window function was given an argument that it cannot work with.", "See the function reference for what it takes.");

    internal static MillraceException Buckets(long found)
        => ArgumentCode.Error(string.Create(CultureInfo.InvariantCulture, $"ntile is asked for {found} buckets; it needs one or more."));

    internal static MillraceException Position(long found)
        => ArgumentCode.Error(string.Create(CultureInfo.InvariantCulture, $"nth_value is asked for row {found}; rows are counted from 1."));

    internal static MillraceException Smoothing(double found)
        => ArgumentCode.Error(string.Create(CultureInfo.InvariantCulture, $"The smoothing factor of ema is {found}; it lies above 0 and is at most 1."));
}
