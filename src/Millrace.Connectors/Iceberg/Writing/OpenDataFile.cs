using Millrace.Columnar;

namespace Millrace.Connectors.Iceberg;

/// <summary>A data file that takes rows: they are written as they come or, for a table with an order, held until the file ends. One thread uses it.</summary>
/// <param name="writer">Writes the file. Owned.</param>
/// <param name="order">The order of rows; null for the one that they come in.</param>
internal sealed class OpenDataFile(DataFileWriter writer, RowOrder? order) : IAsyncDisposable
{
    private readonly List<RecordBatch> _held = [];
    private long _heldBytes;

    /// <summary>Number of the batch that had rows for it last.</summary>
    public long LastUsed { get; set; }

    /// <summary>What it holds in memory.</summary>
    public long Buffered => _heldBytes + writer.BufferedBytes;

    /// <summary>Size of the file if it ended now, about; rows that are held count as they are.</summary>
    public long EstimatedBytes => _heldBytes + writer.EstimatedBytes;

    /// <summary>Takes rows; the batch is borrowed.</summary>
    public ValueTask WriteAsync(RecordBatch rows, CancellationToken cancellation)
    {
        if (order is null)
        {
            return writer.WriteAsync(rows, cancellation);
        }

        _held.Add(rows.Share());
        _heldBytes += rows.ByteSize;
        return ValueTask.CompletedTask;
    }

    /// <summary>Gives back memory without ending the file; false when it would not.</summary>
    public async ValueTask<bool> TryFlushAsync(CancellationToken cancellation)
    {
        if (order is not null)
        {
            return false;
        }

        await writer.FlushAsync(cancellation).ConfigureAwait(false);
        return true;
    }

    /// <summary>Ends the file, which holds no rows any more and is to be published then.</summary>
    public async ValueTask<DataFile> EndAsync(PartitionTuple partition, int specId, CancellationToken cancellation)
    {
        if (order is not null)
        {
            foreach (RecordBatch rows in order.Sort(_held))
            {
                using (rows)
                {
                    await writer.WriteAsync(rows, cancellation).ConfigureAwait(false);
                }
            }

            Drop();
        }

        return await writer.EndAsync(partition, specId, order?.Id ?? SortOrder.Unsorted.Id, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc cref="DataFileWriter.PublishAsync"/>
    public ValueTask PublishAsync(CancellationToken cancellation) => writer.PublishAsync(cancellation);

    public ValueTask DisposeAsync()
    {
        Drop();
        return writer.DisposeAsync();
    }

    private void Drop()
    {
        _held.ForEach(b => b.Dispose());
        _held.Clear();
        _heldBytes = 0;
    }
}
