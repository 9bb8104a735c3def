using Millrace.Columnar;
using Millrace.Formats.Text;

namespace Millrace.Formats.Json;

/// <summary>Writes the values of one column, or of a part of a nested one. Bound to the column of each batch in turn.</summary>
internal abstract class ValueWriter
{
    /// <summary>The value is a JSON text, with its quotes.</summary>
    public virtual bool WritesText => false;

    /// <summary>Takes the column whose rows are written next; it stays the caller's.</summary>
    public abstract void Bind(Column column);

    public abstract bool IsNull(int row);

    /// <summary>Writes a value that is not null.</summary>
    public abstract void WriteValue(TextOutput output, int row);

    public void Write(TextOutput output, int row)
    {
        if (IsNull(row))
        {
            output.Write("null"u8);
        }
        else
        {
            WriteValue(output, row);
        }
    }
}

/// <summary>A writer of columns of one class.</summary>
internal abstract class ValueWriter<TColumn> : ValueWriter
    where TColumn : Column
{
    private Bitmap _validity;
    private bool _hasNulls;

    protected TColumn Column { get; private set; } = null!;

    public override void Bind(Column column)
    {
        Column = (TColumn)column;
        _validity = column.Validity;
        _hasNulls = !_validity.IsAbsent;
    }

    public override bool IsNull(int row) => _hasNulls && !_validity[row];
}
