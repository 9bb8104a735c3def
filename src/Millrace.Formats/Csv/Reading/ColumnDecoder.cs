using Millrace.Columnar;

namespace Millrace.Formats.Csv;

/// <summary>Decodes one column of a row set at a time into its builder. Owns the builder.</summary>
internal abstract unsafe class ColumnDecoder(int fileColumn, int number, ColumnBuilder builder, FieldText text) : IDisposable
{
    /// <summary>Position of the column in the file.</summary>
    public int FileColumn => fileColumn;

    /// <summary>Position of the column in the batches.</summary>
    protected int Number => number;

    public ColumnBuilder Builder => builder;

    protected FieldText Fields => text;

    /// <summary>Makes room for the rows of a batch.</summary>
    public virtual void Reserve(int rows)
    {
    }

    /// <summary>Appends a value per row. A value that does not fit goes to the faults, and something is appended for it.</summary>
    public abstract void Decode(RowSet rows, FieldFaults faults);

    public virtual void Dispose() => builder.Dispose();

    /// <summary>Bytes of a field, as they stand in the file; empty if the row has no such field.</summary>
    public ReadOnlySpan<byte> Field(RowSet rows, int row)
    {
        TryGetField(rows, row, out ReadOnlySpan<byte> field);
        return field;
    }

    /// <summary>The text of a field; false if it is null or missing.</summary>
    protected bool TryGetText(RowSet rows, int row, out ReadOnlySpan<byte> value)
    {
        value = default;
        return TryGetField(rows, row, out ReadOnlySpan<byte> field) && text.TryGet(field, out value);
    }

    /// <summary>The same without spaces around it.</summary>
    protected bool TryGetTrimmed(RowSet rows, int row, out ReadOnlySpan<byte> value)
    {
        value = default;
        return TryGetField(rows, row, out ReadOnlySpan<byte> field) && text.TryGetTrimmed(field, out value);
    }

    private bool TryGetField(RowSet rows, int row, out ReadOnlySpan<byte> field)
    {
        int* entry = rows.Entries + rows.Bases[row] + fileColumn;
        int length = entry[1] - entry[0] - 1;
        field = new(rows.Text + entry[0] + 1, Math.Max(length, 0));
        return length >= 0;
    }
}
