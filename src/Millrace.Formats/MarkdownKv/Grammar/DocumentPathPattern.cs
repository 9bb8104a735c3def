using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Millrace.Formats.MarkdownKv;

/// <summary>Names of files that tell about their documents: <c>raw/{date}/{doc_id}.md</c>.</summary>
internal sealed class DocumentPathPattern
{
    private static readonly string[] Known = ["doc_id", "date", "timestamp"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Regex _regex;

    public DocumentPathPattern(string pattern)
    {
        var text = new StringBuilder("(?:^|[/\\\\])");
        int at = 0;
        foreach ((int start, int end, string name) in Parts(pattern))
        {
            text.Append(Regex.Escape(pattern[at..start])).Append(name switch
            {
                "doc_id" => "(?<doc_id>[^/\\\\]+?)",
                "date" => "(?<date>[0-9]{4}-?[0-9]{2}-?[0-9]{2})",
                _ => "(?<timestamp>[0-9]{4}-?[0-9]{2}-?[0-9]{2}T[0-9]{2}[:-]?[0-9]{2}(?:[:-]?[0-9]{2})?Z?)",
            });
            at = end;
        }

        _regex = new Regex(text.Append(Regex.Escape(pattern[at..])).Append('$').ToString(), RegexOptions.CultureInvariant, Patience);
    }

    /// <summary>What is wrong with a pattern; null if nothing is.</summary>
    public static string? Fault(string pattern)
    {
        string[] names = [.. Parts(pattern).Select(p => p.Name)];
        foreach (string name in names)
        {
            if (!Known.Contains(name))
            {
                return $"The option 'path_pattern' knows {{doc_id}}, {{date}} and {{timestamp}}, found '{{{name}}}'{NearestName.Suggest(name, Known)}.";
            }
        }

        return names.Length == 0 ? $"The option 'path_pattern' has none of {{doc_id}}, {{date}} and {{timestamp}}, found '{pattern}'."
            : names.Distinct().Count() < names.Length ? $"The option 'path_pattern' has a name twice, found '{pattern}'."
            : null;
    }

    /// <summary>What the name of a file tells; null where it tells nothing.</summary>
    public (string? Id, string? Moment) Match(string path)
    {
        Match match = _regex.Match(path);
        if (!match.Success)
        {
            return default;
        }

        string? id = match.Groups["doc_id"] is { Success: true } found ? found.Value : null;
        return (id, Moment(match.Groups["timestamp"]) ?? Moment(match.Groups["date"]));
    }

    private static string? Moment(Group group)
    {
        if (!group.Success)
        {
            return null;
        }

        // Names may leave out the separators, and write - for the colons that some file systems refuse.
        string digits = string.Concat(group.Value.Where(char.IsAsciiDigit)).PadRight(14, '0');
        return DateTime.TryParseExact(digits, "yyyyMMddHHmmss", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime moment)
            ? moment.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)
            : null;
    }

    private static List<(int Start, int End, string Name)> Parts(string pattern)
    {
        var parts = new List<(int, int, string)>();
        int at = 0;
        while ((at = pattern.IndexOf('{', at)) >= 0 && pattern.IndexOf('}', at) is > 0 and var end)
        {
            parts.Add((at, end + 1, pattern[(at + 1)..end]));
            at = end + 1;
        }

        return parts;
    }
}
