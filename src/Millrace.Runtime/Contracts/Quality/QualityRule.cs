using Millrace.Sdk;

namespace Millrace.Runtime.Contracts;

/// <summary>A quality rule that is ready to be held against rows.</summary>
/// <param name="Name">Name in messages: <c>email.nullValues</c>.</param>
/// <param name="Spec">What the contract says.</param>
/// <param name="Column">The column that it is about; null for the whole.</param>
/// <param name="Threshold">What its number has to be.</param>
/// <param name="Metric">What is counted; null for a query.</param>
internal sealed record QualityRule(string Name, QualitySpec Spec, AssetColumn? Column, Threshold Threshold, MetricKind? Metric)
{
    /// <summary>Whether the rule is reported where it is broken, and stops nothing.</summary>
    public bool OnlyTells => Spec.OnlyTells;

    /// <summary>Whether its number is a part of a hundred.</summary>
    public bool IsPercent => Spec.Unit == "percent";
}

/// <summary>What can be counted about rows.</summary>
internal enum MetricKind
{
    RowCount,
    NullValues,
    MissingValues,
    InvalidValues,
    DuplicateValues,
}

/// <summary>The quality rules of a contract.</summary>
/// <param name="Evaluated">Those that are held against rows.</param>
/// <param name="Skipped">What is said of the others.</param>
internal sealed record QualityRules(IReadOnlyList<QualityRule> Evaluated, IReadOnlyList<string> Skipped)
{
    // Later names of the standard and earlier ones.
    private static readonly Dictionary<string, MetricKind> Metrics = new(StringComparer.OrdinalIgnoreCase)
    {
        ["rowCount"] = MetricKind.RowCount,
        ["nullValues"] = MetricKind.NullValues,
        ["nullCount"] = MetricKind.NullValues,
        ["nullCheck"] = MetricKind.NullValues,
        ["missingValues"] = MetricKind.MissingValues,
        ["missingCount"] = MetricKind.MissingValues,
        ["invalidValues"] = MetricKind.InvalidValues,
        ["invalidCount"] = MetricKind.InvalidValues,
        ["validValues"] = MetricKind.InvalidValues,
        ["duplicateValues"] = MetricKind.DuplicateValues,
        ["duplicateCount"] = MetricKind.DuplicateValues,
    };

    /// <summary>Compiles the rules of a contract, and throws for the first that makes no sense.</summary>
    public static QualityRules Of(AssetSpec asset)
    {
        var evaluated = new List<QualityRule>();
        var skipped = new List<string>();
        foreach ((QualitySpec spec, AssetColumn? column) in asset.Quality.Select(q => (q, (AssetColumn?)null)).Concat(asset.Schema.SelectMany(c => c.Quality.Select(q => (q, (AssetColumn?)c)))))
        {
            string name = NameOf(spec, column, evaluated.Select(r => r.Name));
            if (Skip(spec) is { } reason)
            {
                skipped.Add($"'{name}' is not evaluated: {reason}");
            }
            else
            {
                evaluated.Add(Compile(spec, column, name));
            }
        }

        return new QualityRules(evaluated, skipped);
    }

    /// <summary>Compiles one rule, and throws if it makes no sense.</summary>
    public static void Check(QualitySpec spec, AssetColumn? column)
    {
        if (Skip(spec) is null)
        {
            Compile(spec, column, NameOf(spec, column, []));
        }
    }

    /// <summary>Rules of the whole or of a column with names of which no two are the same.</summary>
    public static IEnumerable<KeyValuePair<string, QualitySpec>> Named(IEnumerable<QualitySpec> rules, AssetColumn? column)
    {
        var names = new List<string>();
        foreach (QualitySpec rule in rules)
        {
            names.Add(NameOf(rule, column, names));
            yield return new(names[^1], rule);
        }
    }

    private static string NameOf(QualitySpec spec, AssetColumn? column, IEnumerable<string> before)
    {
        string name = spec.Name ?? $"{(column is null ? "" : $"{column.Name}.")}{spec.Counted ?? OptionInfo.SnakeCase((spec.Type ?? QualityKind.Library).ToString())}";
        int same = before.Count(b => b == name || b.StartsWith(name + " #", StringComparison.Ordinal));
        return same == 0 ? name : $"{name} #{same + 1}";
    }

    // Why a rule is left to others; null for one that is evaluated.
    private static string? Skip(QualitySpec spec) => spec.Type switch
    {
        QualityKind.Text => "it is text for people",
        QualityKind.Custom => $"it is for {(spec.Others["engine"] as OptionScalar)?.Text ?? "another engine"}",
        QualityKind.Sql => null,
        _ when spec.Counted is null => null,
        _ when Metrics.ContainsKey(spec.Counted) => null,
        _ when NearestName.Find(spec.Counted, Metrics.Keys) is not null => null,
        _ => $"'{spec.Counted}' is no metric of the standard (those are rowCount, nullValues, missingValues, invalidValues, duplicateValues)",
    };

    private static QualityRule Compile(QualitySpec spec, AssetColumn? column, string name)
    {
        Threshold threshold = Threshold.Of(spec, name);
        if (spec.Type == QualityKind.Sql)
        {
            return string.IsNullOrWhiteSpace(spec.Query)
                ? throw ContractErrors.BadRule(name, "has no query")
                : new QualityRule(name, spec, column, threshold, null);
        }

        if (spec.Counted is not { } counted)
        {
            throw ContractErrors.BadRule(name, "names no metric");
        }

        if (!Metrics.TryGetValue(counted, out MetricKind metric))
        {
            throw ContractErrors.BadRule(name, $"counts '{counted}', which is no metric (did you mean '{NearestName.Find(counted, Metrics.Keys)}'?)");
        }

        if (threshold.IsEmpty)
        {
            threshold = metric == MetricKind.RowCount ? throw ContractErrors.BadRule(name, "does not say what the number of rows must be") : Threshold.Zero(spec, name);
        }

        CheckArguments(spec, column, name, metric);
        return new QualityRule(name, spec, column, threshold, metric);
    }

    private static void CheckArguments(QualitySpec spec, AssetColumn? column, string name, MetricKind metric)
    {
        if (metric == MetricKind.RowCount && spec.Unit == "percent")
        {
            throw ContractErrors.BadRule(name, "counts all rows, which are always 100 %");
        }

        if (metric == MetricKind.InvalidValues && QualityArguments.Pattern(spec) is null && QualityArguments.Values(spec, QualityArguments.Valid) is null)
        {
            throw ContractErrors.BadRule(name, "says neither validValues nor pattern");
        }

        if (column is null && metric is not (MetricKind.RowCount or MetricKind.DuplicateValues))
        {
            throw ContractErrors.BadRule(name, "is about a column and stands at none");
        }

        if (column is null && metric == MetricKind.DuplicateValues && QualityArguments.Values(spec, QualityArguments.Properties) is null or { Count: 0 })
        {
            throw ContractErrors.BadRule(name, "names no columns: arguments: {properties: [a, b]}");
        }
    }
}

/// <summary>The arguments of metrics.</summary>
internal static class QualityArguments
{
    public const string Valid = "validValues";
    public const string Missing = "missingValues";
    public const string Properties = "properties";

    public static string? Pattern(QualitySpec spec) => ((Map(spec)?["pattern"] ?? spec.Others["pattern"]) as OptionScalar)?.Text;

    /// <summary>The texts of a list, where null stands for no value; null where there is no list.</summary>
    public static IReadOnlyList<string?>? Values(QualitySpec spec, string name)
    {
        if (name == Valid && spec.ValidValues is not null)
        {
            return spec.ValidValues;
        }

        return (Map(spec)?[name] ?? spec.Others[name]) is OptionList list
            ? list.Items.OfType<OptionScalar>().Select(s => s is { Quoted: false, Text: "null" or "~" or "" } ? null : s.Text).ToList()
            : null;
    }

    private static OptionMap? Map(QualitySpec spec) => spec.Arguments as OptionMap;
}
