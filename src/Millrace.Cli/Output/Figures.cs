using System.Globalization;
using Millrace.Sdk;

namespace Millrace.Cli;

/// <summary>Numbers for people.</summary>
internal static class Figures
{
    /// <summary><c>1 234 567</c>.</summary>
    public static string Count(long number) => number.ToString("#,0", Spaced);

    /// <summary><c>1 row</c>, <c>1 234 rows</c>.</summary>
    public static string Count(long number, string noun) => $"{Count(number)} {noun}{(number == 1 ? "" : "s")}";

    /// <summary><c>12.3 MB</c>, in powers of 1000.</summary>
    public static string Bytes(double bytes) => bytes switch
    {
        >= 1e12 => $"{Number(bytes / 1e12)} TB",
        >= 1e9 => $"{Number(bytes / 1e9)} GB",
        >= 1e6 => $"{Number(bytes / 1e6)} MB",
        >= 1e3 => $"{Number(bytes / 1e3)} kB",
        _ => $"{(long)bytes} B",
    };

    /// <summary><c>0.42 s</c>, <c>3 min 20 s</c>.</summary>
    public static string Time(TimeSpan time) => time.TotalMinutes >= 1
        ? $"{(int)time.TotalMinutes} min {time.Seconds} s"
        : $"{time.TotalSeconds.ToString(time.TotalSeconds < 10 ? "0.00" : "0.0", CultureInfo.InvariantCulture)} s";

    /// <summary><c>behind 0.42 s, 12.3 kB</c>.</summary>
    public static string Behind(SourceLag lag) => $"behind {Time(lag.Time)}{(lag.Bytes is { } bytes ? $", {Bytes(bytes)}" : "")}";

    private static readonly NumberFormatInfo Spaced = new() { NumberGroupSeparator = " " };

    private static string Number(double value) => value.ToString(value < 10 ? "0.00" : value < 100 ? "0.0" : "0", CultureInfo.InvariantCulture);
}
