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

    /// <summary>Bytes of a field, as they stand in the file.</summary>
    public ReadOnlySpan<byte> Field(RowSet rows, int row)
    {
        int* entry = rows.Entries + rows.Bases[row] + fileColumn;
        return new(rows.Text + entry[0] + 1, Math.Max(entry[1] - entry[0] - 1, 0));
    }

    /// <summary>The text of a field; false if it is null or missing.</summary>
    protected bool TryGetText(RowSet rows, int row, out ReadOnlySpan<byte> value)
    {
        int* entry = rows.Entries + rows.Bases[row] + fileColumn;
        int length = entry[1] - entry[0] - 1;
        value = default;
        return length >= 0 && text.TryGet(new ReadOnlySpan<byte>(rows.Text + entry[0] + 1, length), out value);
    }
}
