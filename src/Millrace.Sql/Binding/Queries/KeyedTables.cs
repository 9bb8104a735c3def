using Millrace.Columnar;
using Millrace.Sql.Catalog;
using Millrace.Sql.Parsing;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Binding;

/// <summary>Tables that keep the latest row of each key.</summary>
internal static class KeyedTables
{
    /// <summary>What such a table holds.</summary>
    /// <param name="scan">All rows that it ever had.</param>
    /// <param name="span">Where it is named.</param>
    public static LogicalLatest Latest(LogicalScan scan, TextSpan span)
    {
        ISqlTable table = scan.Table;
        BoundColumn? version = table.VersionColumn is { } name ? ColumnOf(scan, name, span) : null;
        return version is null || IsVersion(version.Type)
            ? new LogicalLatest(scan, [.. table.Key.Select(k => ColumnOf(scan, k, span))], version)
            : throw BindingErrors.TypeMismatchCode.Error($"The version column '{table.VersionColumn}' of '{table.Name}' is a {version.Type}, expected a whole number, a date or a timestamp.", BindingErrors.Place(span));
    }

    /// <summary>A lookup finds one row, so it has to say all of the key.</summary>
    /// <param name="right">The table that is looked into.</param>
    /// <param name="conditions">Those of the join.</param>
    /// <param name="span">Where the table is named.</param>
    public static void CheckLookup(LogicalPlan right, IEnumerable<BoundExpression?> conditions, TextSpan span)
    {
        if (right is not LogicalScan { Table: { KeepsLatest: true } table } scan)
        {
            return;
        }

        BoundComparison[] equal = [.. ExpressionTree.Conjuncts(ExpressionTree.And(conditions)).OfType<BoundComparison>().Where(c => c.Operator is CompareOperator.Equal or CompareOperator.NotDistinctFrom)];
        foreach (string key in table.Key)
        {
            ColumnVariable column = ColumnOf(scan, key, span).Column;
            if (!equal.Any(c => Is(c.Left, column, c.Right) || Is(c.Right, column, c.Left)))
            {
                throw BindingErrors.BadJoin(
                    $"The join does not say which '{key}' of '{table.Name}' it looks for.",
                    span,
                    $"FOR SYSTEM_TIME AS OF finds one row by the whole primary key: {string.Join(", ", table.Key)}.");
            }
        }

        bool Is(BoundExpression expression, ColumnVariable column, BoundExpression other)
            => FreeVariables.Of(expression).SetEquals([column]) && !FreeVariables.Of(other).Overlaps(scan.Output);
    }

    private static bool IsVersion(DataType type) => type.Id is TypeId.Int8 or TypeId.Int16 or TypeId.Int32 or TypeId.Int64 or TypeId.Date or TypeId.Timestamp;

    private static BoundColumn ColumnOf(LogicalScan scan, string name, TextSpan span)
        => scan.Columns.FirstOrDefault(c => string.Equals(c.Name, name, StringComparison.OrdinalIgnoreCase)) is { } column
            ? new BoundColumn(column.Variable)
            : throw BindingErrors.UnknownColumn(name, span, scan.Columns.Select(c => c.Name), $"It is in the primary key or the version column of '{scan.Table.Name}'.");
}
