using Millrace.Columnar;

namespace Millrace.Formats;

/// <summary>Reads one range of a file as batches. One thread at a time uses it.</summary>
public interface IBatchReader : IAsyncDisposable
{
    /// <summary>Schema of the batches.</summary>
    Schema Schema { get; }

    /// <summary>Where reading would go on after the last batch returned: a range that starts here holds the remaining rows.</summary>
    FilePosition Position { get; }

    /// <summary>Where the rows of the last batch stand in the file; null if that is not known.</summary>
    RowPlaces? Places => null;

    /// <summary>The next rows, at least one, which the caller owns; null at the end.</summary>
    ValueTask<RecordBatch?> ReadAsync(CancellationToken cancellation);
}

/// <summary>A place between two rows of a file.</summary>
/// <param name="Offset">Byte from which the next row can be read; for formats with blocks, the start of its block.</param>
/// <param name="Row">Rows of the range before this place, bad rows included.</param>
public readonly record struct FilePosition(long Offset, long Row);
