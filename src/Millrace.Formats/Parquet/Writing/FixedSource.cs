using System.Runtime.InteropServices;
using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>Fetches the values of a column in the form in which a leaf stores them.</summary>
internal abstract class FixedSource<T>
    where T : unmanaged
{
    /// <summary>The selected values; in <paramref name="scratch"/>, or in the column's own memory where they lie there as they are.</summary>
    public abstract ReadOnlySpan<T> Read(Column column, RowSelection rows, ByteBuffer scratch);
}

/// <summary>How a value of a column becomes one of a file.</summary>
internal interface IStoredForm<TColumn, TStored>
{
    static abstract TStored Store(TColumn value);
}

internal sealed unsafe class FixedSource<TColumn, TStored, TForm> : FixedSource<TStored>
    where TColumn : unmanaged
    where TStored : unmanaged
    where TForm : struct, IStoredForm<TColumn, TStored>
{
    public override ReadOnlySpan<TStored> Read(Column column, RowSelection rows, ByteBuffer scratch)
    {
        ReadOnlySpan<TColumn> values = ((FixedColumn<TColumn>)column).Values;
        if (typeof(TForm) == typeof(AsIs<TColumn>) && rows.IsRun)
        {
            return MemoryMarshal.Cast<TColumn, TStored>(values.Slice(rows.Start, rows.Count));
        }

        scratch.Truncate();
        var target = new Span<TStored>(scratch.Reserve(rows.Count * sizeof(TStored)), rows.Count);
        if (rows.IsRun)
        {
            values = values.Slice(rows.Start, target.Length);
            for (int i = 0; i < target.Length; i++)
            {
                target[i] = TForm.Store(values[i]);
            }
        }
        else
        {
            int* row = rows.Rows;
            for (int i = 0; i < target.Length; i++)
            {
                target[i] = TForm.Store(values[row[i]]);
            }
        }

        return target;
    }
}
