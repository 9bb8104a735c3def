using Millrace.Columnar;

namespace Millrace.Formats;

/// <summary>Writes batches as one file. One thread at a time uses it.</summary>
public interface IBatchWriter : IAsyncDisposable
{
    /// <summary>Rows written so far.</summary>
    long Rows { get; }

    /// <summary>Bytes the file would have if it were finished now, about; rotation by size looks at it.</summary>
    long EstimatedBytes { get; }

    /// <summary>Bytes that wait in memory until they can be written, such as those of a row group.</summary>
    long BufferedBytes => 0;

    /// <summary>Writes what waits in memory as far as the format can, for instance by ending a row group early.</summary>
    ValueTask FlushAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

    /// <summary>Appends rows. The batch is borrowed for the call and has the schema the writer was opened with.</summary>
    ValueTask WriteAsync(RecordBatch batch, CancellationToken cancellation);

    /// <summary>Writes what is buffered and the end of the file. Disposing without it leaves the file incomplete, which its owner throws away.</summary>
    ValueTask FinishAsync(CancellationToken cancellation);
}
