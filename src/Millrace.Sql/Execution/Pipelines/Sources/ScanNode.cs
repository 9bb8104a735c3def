using Millrace.Columnar;
using Millrace.Sql.Binding;
using Millrace.Sql.Catalog;

namespace Millrace.Sql.Execution;

/// <summary>A comparison that a table may use to leave rows out.</summary>
/// <param name="Column">Name in the table.</param>
/// <param name="Operator">The comparison.</param>
/// <param name="Values">What the column is compared with, none of it null: nothing for the null tests, and several constants for lists.</param>
public sealed record ScanPredicate(string Column, PredicateOperator Operator, IReadOnlyList<BoundConstant> Values)
{
    public override string ToString() => Operator switch
    {
        PredicateOperator.IsNull => $"{Column} IS NULL",
        PredicateOperator.IsNotNull => $"{Column} IS NOT NULL",
        PredicateOperator.In => $"{Column} IN ({string.Join(", ", Values.Select(ExpressionText.Of))})",
        _ => $"{Column} {Sign} {ExpressionText.Of(Values[0])}",
    };

    private string Sign => Operator switch
    {
        PredicateOperator.Equal => "=",
        PredicateOperator.NotEqual => "<>",
        PredicateOperator.Less => "<",
        PredicateOperator.LessOrEqual => "<=",
        PredicateOperator.Greater => ">",
        _ => ">=",
    };
}

/// <summary>Reads a table.</summary>
/// <param name="schema">Names and types of the plan, in the order of <paramref name="columns"/>.</param>
/// <param name="table">The table.</param>
/// <param name="columns">Names in the table.</param>
/// <param name="predicates">What the table may leave out.</param>
/// <param name="limit">Rows after which nothing more is needed.</param>
public sealed class ScanNode(Schema schema, ISqlTable table, IReadOnlyList<string> columns, IReadOnlyList<ScanPredicate> predicates, long limit) : SourceNode(schema)
{
    public override string Name => "Scan";

    /// <summary>Names of the columns in the table, in the order of the rows' columns.</summary>
    public IReadOnlyList<string> Columns => columns;

    /// <summary>Rows after which nothing more is needed.</summary>
    public long Limit => limit;

    public override string Details
    {
        get
        {
            string pushed = predicates.Count == 0 ? "" : $" where {string.Join(" and ", predicates)}";
            return $"{table.Name} [{string.Join(", ", columns)}]{pushed}{(limit == long.MaxValue ? "" : $" limit {limit}")}";
        }
    }

    public override ValueTask<IBatchSource> OpenAsync(QueryContext context) => OpenAsync(context, keepsDictionaries: false);

    /// <summary>Begins to read.</summary>
    /// <param name="context">The query.</param>
    /// <param name="keepsDictionaries">Whether columns may be encoded as <see cref="Dictionaries"/> says.</param>
    public async ValueTask<IBatchSource> OpenAsync(QueryContext context, bool keepsDictionaries)
    {
        Column?[] constants = [.. predicates.Select(p => p.Values.Count == 0 ? null : ConstantColumn.CreateRows(p.Values[0].Type, [.. p.Values.Select(v => v.Value)]))];
        try
        {
            var tests = new List<ColumnPredicate>();
            for (int i = 0; i < predicates.Count; i++)
            {
                tests.Add(new ColumnPredicate(predicates[i].Column, predicates[i].Operator, constants[i]));
            }

            ITableScan scan = await table.ScanAsync(new TableRequest(columns, tests, limit) { KeepsDictionaries = keepsDictionaries }, context.Cancellation).ConfigureAwait(false);
            return new TableSource(scan, Schema, constants, keepsDictionaries);
        }
        catch
        {
            Array.ForEach(constants, c => c?.Dispose());
            throw;
        }
    }
}
