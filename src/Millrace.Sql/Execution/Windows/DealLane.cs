using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>Deals rows to several operators by the hash of some columns, so that equal ones come to the same.</summary>
/// <param name="columns">The columns.</param>
/// <param name="outputs">The operators, taken over.</param>
internal sealed class DealLane(IReadOnlyList<int> columns, LaneOperator[] outputs) : LaneOperator
{
    // Not the seed of other tables, whose slots would else be filled unevenly.
    private const ulong Seed = 0x5851_F42D_4C95_7F2D;

    private readonly List<int>[] _rows = [.. outputs.Select(_ => new List<int>())];
    private readonly Column[] _keys = new Column[columns.Count];
    private ulong[] _hashes = [];

    public override void Push(Chunk chunk)
    {
        int rows = chunk.Rows.Length;
        if (_hashes.Length < rows)
        {
            _hashes = new ulong[rows];
        }

        for (int i = 0; i < _keys.Length; i++)
        {
            _keys[i] = chunk.Rows[columns[i]];
        }

        Hash.Rows(_keys, _hashes.AsSpan(0, rows), Seed);
        for (int row = 0; row < rows; row++)
        {
            // The upper bits, as a fraction of the number of outputs.
            _rows[(int)(((_hashes[row] >> 32) * (ulong)outputs.Length) >> 32)].Add(row);
        }

        for (int i = 0; i < outputs.Length; i++)
        {
            if (_rows[i].Count > 0)
            {
                using RecordBatch dealt = Take.Rows(chunk.Rows, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_rows[i]));
                outputs[i].Push(new Chunk(dealt, chunk.Part));
                _rows[i].Clear();
            }
        }
    }

    public override void Finish() => Array.ForEach(outputs, o => o.Finish());

    public override void Dispose() => Array.ForEach(outputs, o => o.Dispose());
}
