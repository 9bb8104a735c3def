using Millrace.Sql.Catalog;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Streaming;

/// <summary>A table that a query reads as it grows.</summary>
/// <param name="Number">Number of the input, from 0.</param>
/// <param name="Table">The table.</param>
/// <param name="Columns">Names of the columns that batches of it have, in their order.</param>
public sealed record StreamInput(int Number, ISqlTable Table, IReadOnlyList<string> Columns)
{
    /// <summary>Makes the watermark of rows, one column of timestamps; null for a table without.</summary>
    public RowQuery? Watermark { get; init; }

    /// <summary>
    /// Whether it has a say in the watermark of what reads it: a table that ends holds it back until then, since its rows belong
    /// to windows of any time. One without an end and without a watermark would hold it back for ever, and has none.
    /// </summary>
    public bool HoldsWatermark => Watermark is not null || !Table.IsUnbounded;

    /// <summary>Numbers of the columns that <see cref="Watermark"/> reads.</summary>
    public IReadOnlyList<int> WatermarkColumns { get; init; } = [];
}
