using Millrace.Columnar;

namespace Millrace.Connectors.Files;

/// <summary>
/// Holds rows back whose partition has no open file while no more may be opened, so that each file that is opened
/// gets many rows. Without it, rows in random order over more partitions than open files would make a file of every few
/// rows. One thread uses it.
/// </summary>
/// <param name="files">Where rows go.</param>
/// <param name="budget">Bytes that may be held back.</param>
internal sealed class PartitionBuffer(EpochFiles files, long budget) : IDisposable
{
    // Rows are handed on in pieces that are worth a call.
    private const long WorthWriting = 64 << 10;

    // What a column of a small batch takes beside its values.
    private const long OverheadPerColumn = 512;

    // So many small batches of a partition become one, which takes a fraction of their memory; so many of these another.
    private const int Merged = 4;

    private readonly Dictionary<string, Pending> _pending = new(StringComparer.Ordinal);
    private long _bytes;

    /// <param name="folder">Partition of the rows.</param>
    /// <param name="batch">The rows, which the buffer takes over.</param>
    /// <param name="cancellation">Stops the writing.</param>
    public async ValueTask AddAsync(string folder, RecordBatch batch, CancellationToken cancellation)
    {
        if (!_pending.TryGetValue(folder, out Pending? pending))
        {
            _pending.Add(folder, pending = new Pending());
        }

        _bytes -= pending.Bytes;
        pending.Add(batch);
        _bytes += pending.Bytes;
        if (pending.Bytes >= WorthWriting && files.IsOpenOrMayBe(folder))
        {
            await FlushAsync(folder, pending, cancellation).ConfigureAwait(false);
        }

        while (_bytes > budget)
        {
            (string largest, Pending rows) = _pending.MaxBy(p => p.Value.Bytes);
            await FlushAsync(largest, rows, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Hands all rows on; those whose files are open go first.</summary>
    public async ValueTask FlushAllAsync(CancellationToken cancellation)
    {
        foreach ((string folder, Pending pending) in _pending.OrderBy(p => !files.IsOpen(p.Key)).ThenBy(p => p.Key, StringComparer.Ordinal).ToList())
        {
            await FlushAsync(folder, pending, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Forgets the rows that are held back.</summary>
    public void Dispose()
    {
        foreach (Pending pending in _pending.Values)
        {
            pending.Batches.ForEach(b => b.Dispose());
        }

        _pending.Clear();
        _bytes = 0;
    }

    private async ValueTask FlushAsync(string folder, Pending pending, CancellationToken cancellation)
    {
        foreach (RecordBatch batch in pending.Batches)
        {
            await files.WriteAsync(folder, batch, cancellation).ConfigureAwait(false);
        }

        _pending.Remove(folder);
        _bytes -= pending.Bytes;
        pending.Batches.ForEach(b => b.Dispose());
    }

    private sealed class Pending
    {
        // How often the rows of each batch were merged; falls from the first to the last.
        private readonly List<int> _levels = [];

        public List<RecordBatch> Batches { get; } = [];

        public long Bytes { get; private set; }

        public void Add(RecordBatch batch)
        {
            Batches.Add(batch);
            _levels.Add(0);
            Bytes += SizeOf(batch);
            while (_levels.Count >= Merged && _levels[^Merged] == _levels[^1])
            {
                MergeLast(Merged);
            }
        }

        private void MergeLast(int count)
        {
            int level = _levels[^1];
            List<RecordBatch> parts = Batches.GetRange(Batches.Count - count, count);
            RecordBatch whole = Concat.Batches(parts);
            Batches.RemoveRange(Batches.Count - count, count);
            Batches.Add(whole);
            _levels.RemoveRange(_levels.Count - count, count);
            _levels.Add(level + 1);
            Bytes += SizeOf(whole) - parts.Sum(SizeOf);
            parts.ForEach(p => p.Dispose());
        }

        private static long SizeOf(RecordBatch batch) => batch.ByteSize + (batch.Columns.Count * OverheadPerColumn);
    }
}
