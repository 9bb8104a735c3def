using System.Collections.Concurrent;
using System.Globalization;
using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Runtime.Contracts;

/// <summary>
/// A contract during a run, through all its attempts: the datasets that it refers to, the values seen of unique columns, and
/// how often which rule was broken.
/// </summary>
internal sealed class ContractRun(ContractPlan plan) : IDisposable
{
    private readonly ConcurrentDictionary<string, long> _breaches = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Column, DataType HashedAs), UniqueKeys> _foreign = [];
    private readonly SortedDictionary<string, (long Times, QualityResult Last)> _broken = new(StringComparer.Ordinal);
    private readonly UniqueColumns _unique = new(plan.Asset.Schema.Where(c => c.Unique));
    private Schema? _schema;
    private Schema? _judged;
    private QualityRun? _quality;
    private ContractCheck? _check;

    public ContractPlan Plan => plan;

    /// <summary>Whether rows that break rules are written all the same.</summary>
    public bool OnlyCounts => plan.Mode == ContractMode.Warn;

    /// <summary>The rules over the columns of the target. Datasets that rules refer to are read the first time.</summary>
    public async Task<ContractCheck> OpenAsync(Schema schema, CancellationToken cancellation)
    {
        if (_check is not null && schema.Equals(_schema))
        {
            return _check;
        }

        var rules = new List<(int, ContractRule)>();
        foreach (AssetColumn column in plan.Asset.Schema)
        {
            int index = schema.IndexOf(column.Name);
            if (index < 0)
            {
                continue;
            }

            DataType type = schema[index].Type;
            rules.AddRange(ContractRules.Of(column, type).Select(r => (index, r)));
            if (column.Foreign is { } reference)
            {
                (string, DataType) key = (column.Name, HashedAs.Of(type));
                if (!_foreign.TryGetValue(key, out UniqueKeys? values))
                {
                    values = _foreign[key] = await ForeignValues.ReadAsync(plan, column, type, cancellation).ConfigureAwait(false);
                }

                rules.Add((index, new ForeignRule(column, values, $"{reference.Column ?? column.Name} in {reference.Location}") { ShowsValues = column.IsShowable }));
            }
        }

        _unique.Open(schema);
        _schema = schema;
        return _check = new ContractCheck(schema, rules);
    }

    /// <summary>Prepares the rules about all rows of an epoch for rows of some columns. Nothing may wait for a commit.</summary>
    public async Task OpenQualityAsync(Schema schema, CancellationToken cancellation)
    {
        if (!schema.Equals(_judged))
        {
            _quality?.Dispose();
            _quality = null;
            _quality = await QualityRun.OpenAsync(plan.Quality, plan.Asset, schema, cancellation).ConfigureAwait(false);
            _judged = schema;
        }
    }

    /// <summary>What is said of quality rules that are not evaluated.</summary>
    public IReadOnlyList<string> Skipped => [.. (_quality?.Skipped ?? []).Select(s => $"quality rule {s}")];

    /// <summary>Looks at rows that are written; they are borrowed.</summary>
    public void Observe(RecordBatch batch) => _quality?.Add(batch);

    /// <summary>Whether rows were written since the last commit that quality rules ask about.</summary>
    public bool HasRows => _quality?.HasRows == true;

    /// <summary>Judges the rows since the last commit, and throws where they are not to be committed.</summary>
    public async Task JudgeAsync(CancellationToken cancellation)
    {
        QualityResult[] broken = [.. (await ResultsAsync(cancellation).ConfigureAwait(false)).Where(r => !r.Holds)];
        foreach (QualityResult result in broken)
        {
            _broken[result.Rule] = (_broken.GetValueOrDefault(result.Rule).Times + 1, result);
        }

        if (!OnlyCounts && Array.Exists(broken, r => !r.OnlyTells))
        {
            throw ContractErrors.QualityBroken.Error($"The rows do not keep the contract '{plan.Asset.Name}': {string.Join("; ", broken.Where(r => !r.OnlyTells))}. None of them was committed.");
        }
    }

    /// <summary>What became of the rules about the rows since the last commit.</summary>
    public async Task<IReadOnlyList<QualityResult>> ResultsAsync(CancellationToken cancellation)
        => _quality is null ? [] : await _quality.JudgeAsync(cancellation).ConfigureAwait(false);

    /// <summary>Rows that broke each rule.</summary>
    public IReadOnlyDictionary<string, long> Breaches => new SortedDictionary<string, long>(_breaches.ToDictionary(), StringComparer.Ordinal);

    /// <summary>Counts a row that breaks a rule. Any thread may call.</summary>
    public void Count(string rule) => _breaches.AddOrUpdate(rule, 1, static (_, count) => count + 1);

    /// <summary>The rows whose values of unique columns are new; the same batch if all are. The caller owns the result.</summary>
    /// <param name="batch">Borrowed.</param>
    /// <param name="errors">Gets the others.</param>
    /// <param name="origin">Where they are from, if the source says so; afterwards where those are from that are left.</param>
    public RecordBatch KeepUnique(RecordBatch batch, IRowErrorHandler errors, ref BatchOrigin? origin)
        => _unique.Keep(batch, errors, ref origin, this);

    /// <summary>As <see cref="KeepUnique(RecordBatch, IRowErrorHandler, ref BatchOrigin?)"/>, of rows that are from nowhere that has a name.</summary>
    public RecordBatch KeepUnique(RecordBatch batch, IRowErrorHandler errors)
    {
        BatchOrigin? origin = null;
        return KeepUnique(batch, errors, ref origin);
    }

    /// <summary>Rows since the last commit come again.</summary>
    public void Aborted()
    {
        _unique.Abort();
        _quality?.Clear();
    }

    /// <summary>What was taken so far stays.</summary>
    public void Committed()
    {
        _unique.Commit();
        _quality?.Clear();
    }

    /// <summary>What the summary of the run says.</summary>
    public IEnumerable<string> Notes()
    {
        foreach ((string rule, long count) in _breaches.OrderBy(b => b.Key, StringComparer.Ordinal))
        {
            string rows = string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? "row" : "rows")}");
            yield return $"contract '{plan.Asset.Name}': {rows} broke the rule '{rule}'{(OnlyCounts ? " and came through, as schema_validation_mode: warn asks" : "")}";
        }

        foreach (string column in _unique.Retyped)
        {
            yield return $"contract '{plan.Asset.Name}': the rule '{column}.unique' holds for the values before and after the type of '{column}' changed, each for themselves: they cannot be compared";
        }

        foreach ((long times, QualityResult last) in _broken.Values)
        {
            yield return $"contract '{plan.Asset.Name}': quality rule {last}{(times == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" ({times} times, this the last)"))}";
        }

        foreach (string skipped in Skipped)
        {
            yield return $"contract '{plan.Asset.Name}': {skipped}";
        }
    }

    public void Dispose()
    {
        _unique.Dispose();
        _quality?.Dispose();
        foreach (UniqueKeys values in _foreign.Values)
        {
            values.Dispose();
        }

        _foreign.Clear();
    }
}
