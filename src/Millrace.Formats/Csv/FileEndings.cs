using Millrace.Formats.Compression;

namespace Millrace.Formats.Csv;

/// <summary>Endings of file names and the delimiters they promise.</summary>
internal static class FileEndings
{
    public static IReadOnlyList<string> All { get; } = ["csv", "tsv", "tab", "psv"];

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
