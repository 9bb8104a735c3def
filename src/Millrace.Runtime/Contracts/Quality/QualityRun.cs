using Millrace.Columnar;

namespace Millrace.Runtime.Contracts;

/// <summary>
/// The quality rules of a contract over rows of one schema, epoch after epoch: it looks at the rows as they go by, and judges them
/// before they are committed. One thread uses it.
/// </summary>
internal sealed class QualityRun : IDisposable
{
    private readonly AssetSpec _asset;
    private readonly List<(QualityRule Rule, QualityMetric? Metric, QualityQuery? Query)> _rules = [];
    private readonly List<string> _skipped = [];
    private KeptRows? _kept;
    private int[] _keptColumns = [];
    private bool[] _isRead = [];
    private long _rows;

    private QualityRun(AssetSpec asset) => _asset = asset;

    /// <summary>What is said of rules that are not evaluated.</summary>
    public IReadOnlyList<string> Skipped => _skipped;

    /// <summary>Whether rows came since the last <see cref="Clear"/> that a rule asks about.</summary>
    public bool HasRows => _rows > 0;

    /// <summary>Prepares rules for rows of some columns.</summary>
    public static async Task<QualityRun> OpenAsync(QualityRules rules, AssetSpec asset, Schema schema, CancellationToken cancellation)
    {
        var run = new QualityRun(asset);
        try
        {
            run._skipped.AddRange(rules.Skipped);
            foreach (QualityRule rule in rules.Evaluated)
            {
                if (Missing(rule, schema) is { } column)
                {
                    run._skipped.Add($"'{rule.Name}' is not evaluated: the rows have no column '{column}'");
                }
                else if (rule.Metric is null)
                {
                    run._rules.Add((rule, null, await QualityQuery.OpenAsync(rule, asset, schema, cancellation).ConfigureAwait(false)));
                }
                else
                {
                    run._rules.Add((rule, QualityMetric.Of(rule, schema), null));
                }
            }

            QualityQuery[] queries = [.. run._rules.Select(r => r.Query).OfType<QualityQuery>()];
            if (queries.Length > 0)
            {
                run._keptColumns = [.. queries.SelectMany(q => q.Columns).Distinct(StringComparer.Ordinal).Select(schema.Require)];
                run._kept = new KeptRows(schema.Select(run._keptColumns));
            }

            run._isRead = new bool[schema.Count];
            foreach (int index in run._rules.Where(r => r.Metric is not null).SelectMany(r => Columns(r.Rule)).Select(schema.Require).Concat(run._keptColumns))
            {
                run._isRead[index] = true;
            }

            return run;
        }
        catch
        {
            run.Dispose();
            throw;
        }
    }

    /// <summary>Looks at rows that are written; they are borrowed.</summary>
    public void Add(RecordBatch batch)
    {
        if (_rules.Count == 0)
        {
            return;
        }

        _rows += batch.Length;
        using RecordBatch plain = Dictionaries.Decode(batch, _isRead);
        foreach ((_, QualityMetric? metric, _) in _rules)
        {
            metric?.Add(plain);
        }

        if (_kept is not null)
        {
            using RecordBatch kept = plain.Select(_keptColumns);
            _kept.Add(kept);
        }
    }

    /// <summary>What became of each rule over the rows so far.</summary>
    public async Task<IReadOnlyList<QualityResult>> JudgeAsync(CancellationToken cancellation)
    {
        var results = new List<QualityResult>();
        foreach ((QualityRule rule, QualityMetric? metric, QualityQuery? query) in _rules)
        {
            double? value = metric is not null ? InUnit(rule, metric.Count) : await query!.RunAsync(_asset, _kept!, cancellation).ConfigureAwait(false);
            results.Add(Judge(rule, query?.Threshold ?? rule.Threshold, value));
        }

        return results;
    }

    /// <summary>Begins an epoch.</summary>
    public void Clear()
    {
        _rows = 0;
        _kept?.Clear();
        foreach ((_, QualityMetric? metric, _) in _rules)
        {
            metric?.Clear();
        }
    }

    public void Dispose()
    {
        _kept?.Dispose();
        foreach ((_, QualityMetric? metric, _) in _rules)
        {
            metric?.Dispose();
        }
    }

    // Of a query percent is a word for people: it divides by what it likes.
    private double InUnit(QualityRule rule, double number) => !rule.IsPercent ? number : _rows == 0 ? 0 : number * 100 / _rows;

    private static QualityResult Judge(QualityRule rule, Threshold threshold, double? value)
        => new(rule.Name, value is { } number && threshold.Holds(number), value is { } found ? threshold.Shown(found) : "without a value", threshold.Words, rule.OnlyTells);

    private static string? Missing(QualityRule rule, Schema schema) => Columns(rule).FirstOrDefault(n => schema.IndexOf(n) < 0);

    // Those that a rule names; what a query reads beside is its own.
    private static IEnumerable<string> Columns(QualityRule rule) => rule.Column is { } column ? [column.Name]
        : rule.Metric == MetricKind.DuplicateValues ? QualityArguments.Values(rule.Spec, QualityArguments.Properties)!.OfType<string>()
        : [];
}
