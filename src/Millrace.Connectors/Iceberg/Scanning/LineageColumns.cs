using System.Diagnostics;
using System.Numerics;
using Millrace.Columnar;

namespace Millrace.Connectors.Iceberg;

/// <summary>
/// The columns of tables of version 3 that tell rows apart for ever and when they were changed last (specification, "Row Lineage"): a file
/// that was written with them has them, and what is missing there follows from the manifest.
/// </summary>
internal static class LineageColumns
{
    private const int RowIdField = 2147483540;
    private const int ChangedField = 2147483539;

    public static IcebergField RowId { get; } = new(RowIdField, "_row_id", false, IcebergType.Long) { Doc = "Id of the row, which it keeps for ever" };

    public static IReadOnlyList<IcebergField> Columns { get; } =
    [
        RowId,
        new(ChangedField, "_last_updated_sequence_number", false, IcebergType.Long) { Doc = "Number of the commit that changed the row last" },
    ];

    public static bool IsLineage(int fieldId) => fieldId is RowIdField or ChangedField;

    /// <summary>
    /// The table with these columns behind its own, for files of rows that moved and stay the rows that they were; below version 3 the table.
    /// </summary>
    public static TableMetadata Kept(TableMetadata table) => table.FormatVersion < 3 ? table : table with
    {
        Schemas = [.. table.Schemas.Where(s => s.Id != table.CurrentSchemaId), new TableSchema(table.CurrentSchemaId, [.. table.Schema.Fields, .. Columns], table.Schema.Identifiers)],
    };

    /// <summary>
    /// Rows with nulls in those of these columns that they lack, which the commit fills in: both for a new row, and the number for one that was
    /// changed. The caller owns them.
    /// </summary>
    /// <param name="rows">The rows; borrowed.</param>
    /// <param name="columns">The columns of a table as <see cref="Kept"/> has it.</param>
    public static RecordBatch Pad(RecordBatch rows, Schema columns)
    {
        var all = new Column[columns.Count];
        for (int i = 0; i < all.Length; i++)
        {
            Debug.Assert(i < rows.Schema.Count || Columns.Any(c => c.Name == columns[i].Name), "Only lineage may be missing.");
            all[i] = i < rows.Schema.Count ? rows[i].Share() : ColumnValue.Nulls(columns[i].Type, rows.Length);
        }

        return new RecordBatch(columns, rows.Length, all);
    }

    /// <summary>The column for some rows of a file; the caller owns it.</summary>
    /// <param name="field">Which of the columns.</param>
    /// <param name="stored">The column as the file has it; null when it has none. Borrowed.</param>
    /// <param name="task">The file.</param>
    /// <param name="first">Number of the first row in the file.</param>
    /// <param name="rows">How many rows.</param>
    public static Column Of(IcebergField field, Column? stored, ScanTask task, long first, int rows)
    {
        var known = stored as FixedColumn<long>;
        if (known is { HasNulls: false } || task.File.FirstRowId is null)
        {
            return known?.Share() ?? ColumnValue.Nulls(DataType.Int64, rows);
        }

        using var builder = new FixedBuilder<long>(DataType.Int64, rows);
        Span<long> target = builder.AppendUninitialized(rows);
        if (field.Id == RowIdField)
        {
            Count(target, task.File.FirstRowId.Value + first);
        }
        else
        {
            target.Fill(task.SequenceNumber);
        }

        if (known is not null)
        {
            CopyKnown(known, target);
        }

        return builder.Build();
    }

    /// <summary>Fills a span with a number and those that follow it.</summary>
    public static void Count(Span<long> target, long first)
    {
        for (int i = 0; i < target.Length; i++)
        {
            target[i] = first + i;
        }
    }

    // 64 rows at a time, of which mostly all or none are known.
    private static void CopyKnown(FixedColumn<long> known, Span<long> target)
    {
        ReadOnlySpan<long> values = known.Values;
        for (int start = 0; start < target.Length; start += 64)
        {
            ulong word = known.Validity.Word(start);
            if (word == ulong.MaxValue)
            {
                values.Slice(start, 64).CopyTo(target[start..]);
                continue;
            }

            for (; word != 0; word &= word - 1)
            {
                int row = start + BitOperations.TrailingZeroCount(word);
                target[row] = values[row];
            }
        }
    }
}
