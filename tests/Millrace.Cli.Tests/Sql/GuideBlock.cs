using System.Text.RegularExpressions;
using Millrace.TestKit;

namespace Millrace.Cli.Tests.Sql;

/// <summary>A statement in a guide and the lines that it is said to give.</summary>
internal static partial class GuideBlock
{
    /// <summary>The first block of a page that runs a statement which begins so.</summary>
    public static (string Sql, string[] Shown) Read(string page, string start)
    {
        string text = File.ReadAllText(Path.Combine(GoldenFile.Root(), "docs", "guides", page)).Replace("\\\"", "\u0001", StringComparison.Ordinal);
        Match block = Block().Matches(text).First(m => m.Groups["sql"].Value.StartsWith(start, StringComparison.Ordinal));
        return (block.Groups["sql"].Value.Replace('\u0001', '"'), block.Groups["shown"].Value.Split('\n'));
    }

    /// <summary>A line without what depends on the machine: times, sizes, how rows are cut into batches.</summary>
    public static string WithoutFigures(string line) => Figures().Replace(line, "#");

    [GeneratedRegex("^```\n\\$ [^\n]*-c \"(?<sql>[^\"]*)\"\n(?<shown>[^`]*)\n```$", RegexOptions.Multiline)]
    private static partial Regex Block();

    [GeneratedRegex("[0-9.]+ ms|[0-9.]+ [KM]?i?B\\b|in [0-9]+ batch(es)?")]
    private static partial Regex Figures();
}
