namespace Millrace.Runtime.Contracts;

/// <summary>What is different between the quality rules of two versions of a contract. Rules are the same that have the same name.</summary>
internal static class QualityChanges
{
    /// <param name="old">The rules of the whole or of a column.</param>
    /// <param name="updated">The same, later.</param>
    /// <param name="column">The column; null for the whole.</param>
    public static IEnumerable<AssetChange> Of(IReadOnlyList<QualitySpec> old, IReadOnlyList<QualitySpec> updated, AssetColumn? column)
    {
        Dictionary<string, QualitySpec> before = QualityRules.Named(old, column).ToDictionary(StringComparer.Ordinal);
        foreach ((string name, QualitySpec rule) in QualityRules.Named(updated, column))
        {
            string words = $"quality rule {name}";
            if (!before.Remove(name, out QualitySpec? was))
            {
                yield return Stops(rule)
                    ? new AssetChange(column?.Name, $"new {words}", false, true, AssetComparison.OldRows)
                    : new AssetChange(column?.Name, $"new {words}", true, true);
            }
            else if (Text(was) != Text(rule))
            {
                yield return Changed(was, rule, column?.Name, words);
            }
        }

        foreach ((string name, QualitySpec gone) in before)
        {
            yield return Stops(gone)
                ? new AssetChange(column?.Name, $"quality rule {name} removed", true, false, AssetComparison.NewRows)
                : new AssetChange(column?.Name, $"quality rule {name} removed", true, true);
        }
    }

    private static AssetChange Changed(QualitySpec old, QualitySpec updated, string? column, string words) => (Stops(old), Stops(updated)) switch
    {
        (true, false) => new AssetChange(column, $"{words} stops nothing any more", true, false, AssetComparison.NewRows),
        (false, true) => new AssetChange(column, $"{words} now stops", false, true, AssetComparison.OldRows),
        (true, true) when Meaning(old) != Meaning(updated) => new AssetChange(column, $"{words} changed", false, false, AssetComparison.Untold),
        _ => new AssetChange(column, $"{words} changed", true, true),
    };

    // Rules for people and other engines, and those that only tell, let all rows through.
    private static bool Stops(QualitySpec rule) => rule.Type is not (QualityKind.Text or QualityKind.Custom) && !rule.OnlyTells;

    // Words about a rule do not change what it asks for; metrics have two names.
    private static string Meaning(QualitySpec rule) => Text(rule with { Description = null, Severity = null });

    private static string Text(QualitySpec rule)
        => YamlText.Write(QualityText.Of(rule with { Type = rule.Type ?? QualityKind.Library, Rule = rule.Counted, Metric = null }));
}
