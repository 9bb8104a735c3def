using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>A column to sort by.</summary>
/// <param name="Column">Number of the column.</param>
/// <param name="Descending">Largest first.</param>
/// <param name="NullsFirst">Nulls before the values, whichever way these go.</param>
public readonly record struct OrderColumn(int Column, bool Descending = false, bool NullsFirst = false)
{
    /// <summary>The keys of a batch.</summary>
    internal static SortKey[] Keys(IReadOnlyList<OrderColumn> order, RecordBatch rows)
        => [.. order.Select(o => new SortKey(rows[o.Column], o.Descending, o.NullsFirst))];

    internal static string Describe(IReadOnlyList<OrderColumn> order, Schema schema)
        => string.Join(", ", order.Select(o => schema[o.Column].Name + (o.Descending ? " desc" : "") + (o.NullsFirst == o.Descending ? "" : o.NullsFirst ? " nulls first" : " nulls last")));
}
