using Millrace.Columnar;
using Millrace.Sql.Binding;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Streaming;

/// <summary>When the rows of windows are given.</summary>
internal enum WindowEmission
{
    /// <summary>Once, when no more rows are taken.</summary>
    Once,

    /// <summary>When the window closes; late rows then change them.</summary>
    WhenClosed,

    /// <summary>As they change.</summary>
    Always,
}

/// <summary>Which part of a windowed aggregation a stage does.</summary>
internal enum WindowPhase
{
    /// <summary>All of it.</summary>
    Whole,

    /// <summary>The groups of the rows of a round, given as states at its end.</summary>
    Partial,

    /// <summary>Groups out of such states.</summary>
    Final,
}

/// <summary>A key of a windowed aggregation.</summary>
/// <param name="Own">Number among the keys that are no bounds of the window; -1 for one that is.</param>
/// <param name="IsEnd">Whether it is the end of the window.</param>
internal readonly record struct WindowKey(int Own, bool IsEnd)
{
    public static WindowKey Bound(bool end) => new(-1, end);
}

/// <summary>A windowed aggregation, as the operators of all lanes share it. Immutable.</summary>
internal sealed class WindowPlan
{
    public required WindowLayout Layout { get; init; }

    /// <summary>Keys and calls without the bounds of the window.</summary>
    public required AggregatePlan Aggregates { get; init; }

    /// <summary>The time or the bound of a row.</summary>
    public required BoundExpression Source { get; init; }

    /// <summary>Where the columns of the input stand.</summary>
    public required Layout Input { get; init; }

    /// <summary>The keys in the order of the result's columns.</summary>
    public required IReadOnlyList<WindowKey> Keys { get; init; }

    /// <summary>Columns of the result: keys, then aggregates.</summary>
    public required Schema Schema { get; init; }

    public required WindowEmission Emission { get; init; }

    /// <summary>Microseconds for which a window still takes rows after it has closed.</summary>
    public required long Lateness { get; init; }

    /// <summary>Whether rows are taken back.</summary>
    public required bool TakesChanges { get; init; }

    /// <summary>Whether the rows themselves are kept, because some aggregate cannot take rows back.</summary>
    public required bool KeepsRows { get; init; }

    /// <summary>Schema of the states of groups: the slice, keys, states, number of rows.</summary>
    public Schema StateSchema => new([new Field("slice", Layout.Type), .. Aggregates.StateSchema.Fields, new Field("rows", DataType.Int64)]);

    public IReadOnlyList<BoundExpression> Expressions => [.. Aggregates.Expressions, Source];

    /// <summary>The watermark from which a window takes no more rows.</summary>
    public long EndsAt(WindowId window) => StreamTime.Later(Layout.ClosesAt(window), Lateness);

    /// <summary>Makes rows of the result; columns are taken over.</summary>
    public RecordBatch Result(WindowId window, IReadOnlyList<Column> keys, IReadOnlyList<Column> aggregates, int rows)
    {
        Column[] columns = [.. Keys.Select(k => k.Own >= 0 ? keys[k.Own] : BoundColumn(Layout.BoundOf(window, k.IsEnd), rows)), .. aggregates];
        return new RecordBatch(Schema, rows, columns);
    }

    /// <summary>A column with one bound in all rows.</summary>
    public Column BoundColumn(WindowId bound, int rows)
    {
        using var column = new FixedBuilder<long>(Layout.Type, rows);
        if (!bound.IsNull)
        {
            column.AppendUninitialized(rows).Fill(bound.Value);
            return column.Build();
        }

        for (int row = 0; row < rows; row++)
        {
            column.AppendNull();
        }

        return column.Build();
    }
}
