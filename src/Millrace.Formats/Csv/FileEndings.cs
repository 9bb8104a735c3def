using Millrace.Formats.Compression;

namespace Millrace.Formats.Csv;

/// <summary>Endings of file names and the delimiters they promise.</summary>
internal static class FileEndings
{
    public static IReadOnlyList<string> All { get; } = ["csv", "tsv", "tab", "psv"];

    // Comma and semicolon are both usual in `.csv`; other endings name their delimiter.
    private const double Related = 0.95;
    private const double Foreign = 0.9;
    private const double Contrary = 0.5;

    /// <summary>How much the ending of a name supports a delimiter, up to 1.</summary>
    public static double Trust(string path, string delimiter)
    {
        string promised = DelimiterOf(path);
        return promised == delimiter ? 1 : promised != "comma" ? Contrary : delimiter == "semicolon" ? Related : Foreign;
    }

    /// <summary>The delimiter that a written file of a name gets, as an option.</summary>
    public static string DelimiterOf(string path)
    {
        string plain = path[..^FileCodecs.Ending(path).Length];
        return Path.GetExtension(plain).ToLowerInvariant() switch
        {
            ".tsv" or ".tab" => "tab",
            ".psv" => "pipe",
            _ => "comma",
        };
    }
}
