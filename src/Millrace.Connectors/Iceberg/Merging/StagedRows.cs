using Millrace.Columnar;
using Millrace.Connectors.Common;
using Millrace.Sdk;

namespace Millrace.Connectors.Iceberg;

/// <summary>Rows that wait to be merged, in the order of their arrival and numbered from 0: the columns of the table and, of changes, what happened. Owns them; one thread uses it.</summary>
internal sealed class StagedRows : IDisposable
{
    private readonly List<RecordBatch> _batches = [];

    public int Count { get; private set; }

    public long Bytes { get; private set; }

    public IReadOnlyList<RecordBatch> Batches => _batches;

    /// <param name="batch">At least one row; taken over.</param>
    public void Add(RecordBatch batch)
    {
        _batches.Add(batch);
        Count += batch.Length;
        Bytes += batch.ByteSize;
    }

    public static RowOps OpsOf(RecordBatch batch)
    {
        int op = batch.Schema.IndexOf(ChangeColumns.Op);
        int unchanged = op < 0 ? -1 : batch.Schema.IndexOf(ChangeColumns.Unchanged);
        return new RowOps(op < 0 ? null : (BinaryColumn)batch[op], unchanged < 0 ? null : (ListColumn)batch[unchanged]);
    }

    /// <summary>Forgets the rows up to the last one that says that the table was emptied; false when none says so.</summary>
    public bool ForgetTruncated()
    {
        for (int i = _batches.Count - 1; i >= 0; i--)
        {
            RowOps ops = OpsOf(_batches[i]);
            for (int row = ops.Op is null ? -1 : _batches[i].Length - 1; row >= 0; row--)
            {
                if (ops.IsTruncated(row))
                {
                    Forget(i, row + 1);
                    return true;
                }
            }
        }

        return false;
    }

    public void Clear()
    {
        _batches.ForEach(b => b.Dispose());
        _batches.Clear();
        Count = 0;
        Bytes = 0;
    }

    public void Dispose() => Clear();

    // Whole batches, and the first rows of one.
    private void Forget(int batch, int rows)
    {
        List<RecordBatch> rest = [.. _batches.Skip(batch + 1).Select(b => b.Share())];
        if (rows < _batches[batch].Length)
        {
            rest.Insert(0, _batches[batch].Slice(rows, _batches[batch].Length - rows));
        }

        Clear();
        rest.ForEach(Add);
    }
}
