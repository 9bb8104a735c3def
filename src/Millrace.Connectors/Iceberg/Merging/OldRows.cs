using Millrace.Columnar;
using Millrace.Connectors.Common;

namespace Millrace.Connectors.Iceberg;

/// <summary>Rows of a table that keys were found for, with the columns of the table that were read. Owns them; one thread uses it.</summary>
/// <param name="keys">How many keys there are.</param>
internal sealed class OldRows(int keys) : IDisposable
{
    private readonly List<RecordBatch> _batches = [];
    private readonly (int Batch, int Row)[] _of = Filled(keys);

    public IReadOnlyList<RecordBatch> Batches => _batches;

    /// <summary>Where each row is from, batch by batch.</summary>
    public List<(MergedFile File, long[] Rows, int[] Groups)> Places { get; } = [];

    /// <param name="batch">Taken over.</param>
    /// <param name="file">Where the rows are from.</param>
    /// <param name="rows">Their numbers in the file.</param>
    /// <param name="groups">Their keys.</param>
    public void Add(RecordBatch batch, MergedFile file, long[] rows, int[] groups)
    {
        for (int row = 0; row < groups.Length; row++)
        {
            _of[groups[row]] = (_batches.Count, row);
        }

        _batches.Add(batch);
        Places.Add((file, rows, groups));
    }

    /// <summary>The row of a key: of several the last that was found; null for none.</summary>
    public (int Batch, int Row)? Find(int group) => _of[group].Batch < 0 ? null : _of[group];

    public void Dispose() => _batches.ForEach(b => b.Dispose());

    private static (int, int)[] Filled(int keys)
    {
        var of = new (int, int)[keys];
        of.AsSpan().Fill((KeyTable.None, 0));
        return of;
    }
}
