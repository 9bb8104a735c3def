using Millrace.Columnar;
using Millrace.Connectors.Common;

namespace Millrace.Connectors.MySql;

/// <summary>Makes rows as the table's columns take them.</summary>
/// <param name="columns">The columns.</param>
/// <param name="table">The table, for messages.</param>
/// <param name="key">Columns by which rows are merged; none where they are not.</param>
/// <param name="errors">Receives the rows set aside.</param>
internal sealed class RowConversion(TargetColumns columns, string table, IReadOnlyList<string> key, IRowErrorHandler errors)
    : BatchConversion(columns.Sent.Select(c => new WrittenColumn(c.Source, c.Info.Name, c.Write.Type, c.Info.TypeText)), MySqlErrors.ValueDoesNotFit, table, errors)
{
    protected override void Check(RecordBatch batch, IReadOnlyList<Column> made, RowFaults faults)
    {
        BinaryColumn? op = columns.AreChanges ? (BinaryColumn)made[^1] : null;
        Column? unchanged = columns.Unchanged < 0 ? null : batch[columns.Unchanged];
        for (int i = 0; i < made.Count; i++)
        {
            TargetColumn target = columns.Sent[i];
            ValueChecks.Find(
                made[i], target, key.Contains(target.Info.Name, StringComparer.OrdinalIgnoreCase), op, unchanged,
                (row, message) => faults.Add(row, target.Info.Name, $"The value of column '{target.Info.Name}' ({target.Info.TypeText}) {message}."));
        }
    }
}
