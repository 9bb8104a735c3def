using Millrace.Columnar;

namespace Millrace.Runtime.Streaming;

/// <summary>Late rows of a round, on their way to their table. Lanes add at once.</summary>
internal sealed class LateRowBuffer(LateColumns columns) : IDisposable
{
    private readonly Lock _lock = new();
    private List<RecordBatch> _rows = [];

    /// <summary>Takes rows of a stage, which are borrowed.</summary>
    public void Add(RecordBatch rows)
    {
        lock (_lock)
        {
            _rows.Add(columns.Shape(rows));
        }
    }

    /// <summary>What has come together since the last call; the caller owns it.</summary>
    public IReadOnlyList<RecordBatch> Take()
    {
        lock (_lock)
        {
            List<RecordBatch> rows = _rows;
            _rows = [];
            return rows;
        }
    }

    public void Dispose()
    {
        foreach (RecordBatch rows in Take())
        {
            rows.Dispose();
        }
    }
}
