using Millrace.Columnar;

namespace Millrace.Connectors.Iceberg;

/// <summary>
/// Rows of partitions for which no file may be open yet, kept on disk by groups of partitions: rows of one partition are in one group, in
/// their order. A group that is read back has a fraction of the partitions. One thread uses it.
/// </summary>
internal sealed class PartitionSpill(Schema columns, int depth) : IDisposable
{
    private const int Groups = 32;

    private readonly SpillFile?[] _files = new SpillFile?[Groups];
    private readonly List<int>[] _waiting = [.. Enumerable.Range(0, Groups).Select(_ => new List<int>())];

    /// <summary>How often rows were put aside before: each time they are dealt out otherwise.</summary>
    public int Depth => depth;

    /// <summary>Notes rows of the current batch, by their numbers.</summary>
    public void Add(PartitionTuple partition, ReadOnlySpan<int> rows)
        => _waiting[(uint)HashCode.Combine(depth, partition) % Groups].AddRange(rows);

    /// <summary>Writes the rows that were noted; the batch is borrowed.</summary>
    public void Write(RecordBatch batch)
    {
        for (int group = 0; group < Groups; group++)
        {
            List<int> rows = _waiting[group];
            if (rows.Count == 0)
            {
                continue;
            }

            using RecordBatch taken = Take.Rows(batch, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(rows));
            (_files[group] ??= new SpillFile(Path.GetTempPath(), columns)).Write(taken);
            rows.Clear();
        }
    }

    /// <summary>The groups with rows, one after the other; each is gone from the disk when the next is asked for.</summary>
    public IEnumerable<SpillReader> Read()
    {
        for (int group = 0; group < Groups; group++)
        {
            if (_files[group] is { } file)
            {
                yield return file.Read();
                file.Dispose();
                _files[group] = null;
            }
        }
    }

    public void Dispose()
    {
        foreach (SpillFile? file in _files)
        {
            file?.Dispose();
        }
    }
}
