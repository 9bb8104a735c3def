using System.Globalization;
using System.Text;

namespace Millrace.Runtime.Governance;

/// <summary>A proposal about a column. It holds counts, never values.</summary>
/// <param name="Column">Name of the column.</param>
/// <param name="Kind">What it seems to hold.</param>
/// <param name="Classification">What is proposed.</param>
/// <param name="Reason">Why.</param>
public sealed record PiiProposal(string Column, string Kind, string Classification, string Reason);

/// <summary>Proposes which columns hold personal data, by their names and by what their values look like. People decide.</summary>
public static class PiiDetector
{
    // Fewer values may look like anything.
    private const int FewestValues = 3;

    // Names are a hint, so some values are enough; values alone have to be most of them.
    private const double ShareWithName = 0.3;
    private const double ShareAlone = 0.6;

    /// <param name="column">Name of the column.</param>
    /// <param name="values">Some of its values as text; nulls do not count.</param>
    public static PiiProposal? Propose(string column, IReadOnlyList<string?> values)
    {
        string[] texts = [.. values.Where(v => !string.IsNullOrWhiteSpace(v)).Select(v => v!.Trim())];
        string words = Words(column);
        PiiProposal? best = null;
        double bestScore = 0;
        foreach (PiiKind kind in PiiKind.All)
        {
            string? word = kind.Words.Where(w => $" {words} ".Contains($" {w} ", StringComparison.Ordinal)).MaxBy(w => w.Length);
            int matching = kind.Matches is null ? 0 : texts.Count(kind.Matches);
            double share = texts.Length == 0 ? 0 : (double)matching / texts.Length;
            bool byValues = texts.Length >= FewestValues && share >= (word is not null ? ShareWithName : ShareAlone) && (word is not null || kind.IsStrict);
            bool contradicted = kind.Matches is not null && texts.Length >= FewestValues && share < ShareWithName && kind.Name is not ("phone" or "national id");
            if (!byValues && (word is null || contradicted))
            {
                continue;
            }

            double score = (byValues ? 1 + share : 0) + (word is not null ? 0.5 + (word.Length / 100.0) : 0);
            if (score > bestScore)
            {
                bestScore = score;
                best = new PiiProposal(column, kind.Name, kind.Classification, Reason(kind, word, byValues, matching, texts.Length));
            }
        }

        return best;
    }

    /// <summary>The words of a name: <c>customerE-Mail_2</c> → <c>customer e mail 2</c>; accents are left out.</summary>
    internal static string Words(string name)
    {
        var text = new StringBuilder();
        string plain = string.Concat(name.Replace("ß", "ss", StringComparison.Ordinal).Select(Plain));
        for (int i = 0; i < plain.Length; i++)
        {
            char c = plain[i];
            if (!char.IsLetterOrDigit(c))
            {
                text.Append(' ');
                continue;
            }

            bool startsWord = char.IsUpper(c) && i > 0 && (char.IsLower(plain[i - 1]) || (char.IsUpper(plain[i - 1]) && i + 1 < plain.Length && char.IsLower(plain[i + 1])));
            text.Append(startsWord ? " " : "").Append(char.ToLowerInvariant(c));
        }

        return string.Join(' ', text.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    // Without the tables of a culture, which the program does not bring.
    private static char Plain(char letter)
    {
        const string accented = "àáâãäåçèéêëìíîïñòóôõöøùúûüýÿłÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝŁ";
        const string plain = "aaaaaaceeeeiiiinoooooouuuuyylAAAAAACEEEEIIIINOOOOOOUUUUYL";
        int at = accented.IndexOf(letter, StringComparison.Ordinal);
        return at < 0 ? letter : plain[at];
    }

    private static string Reason(PiiKind kind, string? word, bool byValues, int matching, int total)
    {
        string? name = word is null ? null : $"the name holds '{word}'";
        string? values = byValues ? string.Create(CultureInfo.InvariantCulture, $"{matching} of {total} values {(kind.IsStrict ? "pass the check of" : "look like")} {Article(kind.Name)}") : null;
        return string.Join(", ", new[] { name, values }.OfType<string>());
    }

    private static string Article(string kind) => "aeio".Contains(kind[0], StringComparison.Ordinal) ? $"an {kind}" : $"a {kind}";
}
