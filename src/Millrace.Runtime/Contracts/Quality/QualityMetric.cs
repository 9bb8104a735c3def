using System.Buffers;
using System.Numerics;
using Millrace.Columnar;

namespace Millrace.Runtime.Contracts;

/// <summary>Counts rows of an epoch that a quality rule asks about. One thread uses it.</summary>
internal abstract class QualityMetric : IDisposable
{
    /// <summary>Rows counted since <see cref="Clear"/>.</summary>
    public long Count { get; protected set; }

    /// <summary>Looks at a batch, which is borrowed and holds no dictionaries.</summary>
    public abstract void Add(RecordBatch batch);

    /// <summary>Begins anew.</summary>
    public virtual void Clear() => Count = 0;

    public virtual void Dispose()
    {
    }

    /// <summary>The metric of a rule over the columns of a schema.</summary>
    /// <param name="rule">The rule, which is no query.</param>
    /// <param name="schema">Columns of the rows; all that the rule names are among them.</param>
    public static QualityMetric Of(QualityRule rule, Schema schema)
    {
        int index = rule.Column is null ? -1 : schema.IndexOf(rule.Column.Name);
        switch (rule.Metric)
        {
            case MetricKind.RowCount:
                return new RowCountMetric();
            case MetricKind.DuplicateValues:
                return new DuplicateMetric(rule.Column is null ? [.. QualityArguments.Values(rule.Spec, QualityArguments.Properties)!.Select(p => schema.IndexOf(p!))] : [index]);
            case MetricKind.NullValues:
                return new NullMetric(index);
            case MetricKind.MissingValues:
                IReadOnlyList<string?> missing = QualityArguments.Values(rule.Spec, QualityArguments.Missing) ?? [null, ""];
                string[] texts = EnumRule.Held([.. missing.OfType<string>()], schema[index].Type);
                return new MissingMetric(index, missing.Contains(null), texts.Length == 0 ? null : EnumRule.Of(rule.Column! with { Enum = texts }, schema[index].Type, rule.Name));
            default:
                return new InvalidMetric(index, InvalidRules(rule, schema[index].Type));
        }
    }

    private static ContractRule[] InvalidRules(QualityRule rule, DataType type)
    {
        IReadOnlyList<string?>? values = QualityArguments.Values(rule.Spec, QualityArguments.Valid);
        string? pattern = QualityArguments.Pattern(rule.Spec);
        if (pattern is not null && !type.IsText)
        {
            throw ContractErrors.BadRule(rule.Name, $"has a pattern, which does not apply to values of {type}");
        }

        AssetColumn column = rule.Column! with { Enum = [.. values?.OfType<string>() ?? []] };
        return [.. values is null ? (ContractRule[])[] : [EnumRule.Of(column, type, rule.Name)], .. pattern is null ? (ContractRule[])[] : [new PatternRule(column.Name, pattern)]];
    }

    /// <summary>Rows that break at least one of some rules.</summary>
    protected static int Broken(ReadOnlySpan<ContractRule> rules, Column column)
    {
        ulong[]? broken = null;
        int words = (column.Length + 63) / 64;
        foreach (ContractRule rule in rules)
        {
            if (!rule.HoldsForAll(column))
            {
                if (broken is null)
                {
                    broken = ArrayPool<ulong>.Shared.Rent(words);
                    broken.AsSpan(0, words).Clear();
                }

                rule.Mark(column, broken);
            }
        }

        if (broken is null)
        {
            return 0;
        }

        int count = 0;
        foreach (ulong word in broken.AsSpan(0, words))
        {
            count += BitOperations.PopCount(word);
        }

        ArrayPool<ulong>.Shared.Return(broken);
        return count;
    }

    private sealed class RowCountMetric : QualityMetric
    {
        public override void Add(RecordBatch batch) => Count += batch.Length;
    }

    private sealed class NullMetric(int index) : QualityMetric
    {
        public override void Add(RecordBatch batch) => Count += batch[index].NullCount;
    }

    // The words that stand for a missing value are those that a list of values would allow.
    private sealed class MissingMetric(int index, bool countsNulls, ContractRule? words) : QualityMetric
    {
        public override void Add(RecordBatch batch)
        {
            Column column = batch[index];
            Count += countsNulls ? column.NullCount : 0;
            Count += words is null ? 0 : column.Length - column.NullCount - Broken([words], column);
        }
    }

    private sealed class InvalidMetric(int index, ContractRule[] rules) : QualityMetric
    {
        public override void Add(RecordBatch batch) => Count += Broken(rules, batch[index]);
    }
}
