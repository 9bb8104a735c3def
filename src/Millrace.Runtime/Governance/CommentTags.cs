using System.Text.RegularExpressions;

namespace Millrace.Runtime.Governance;

/// <summary>Tags in the comments that a source has about its columns: <c>classification: pii</c> or <c>classification=pii</c>, among other words.</summary>
internal static partial class CommentTags
{
    public static string? Classification(string? comment)
        => comment is not null && Tag().Match(comment) is { Success: true } match ? match.Groups[1].Value.TrimEnd('.') : null;

    [GeneratedRegex(@"\bclassification""?\s*[:=]\s*""?([\p{L}\p{N}_.-]+)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Tag();
}
