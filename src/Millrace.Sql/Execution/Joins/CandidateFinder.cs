using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>Finds the first candidates of the rows of a batch: hashes its keys once. One lane uses it.</summary>
internal sealed class CandidateFinder(IReadOnlyList<JoinKey> keys, JoinTable table)
{
    private readonly Column[] _keys = new Column[keys.Count];
    private ulong[] _hashes = [];
    private int[] _first = [];

    /// <summary>Key columns of the batch at hand. Borrowed.</summary>
    public ReadOnlySpan<Column> Keys => _keys;

    /// <summary>For each row the first candidate, or <see cref="JoinTable.None"/>. Dead after the next call.</summary>
    public ReadOnlySpan<int> Find(RecordBatch rows)
    {
        if (_first.Length < rows.Length)
        {
            _hashes = new ulong[rows.Length];
            _first = new int[rows.Length];
        }

        Span<int> first = _first.AsSpan(0, rows.Length);
        for (int i = 0; i < _keys.Length; i++)
        {
            _keys[i] = rows[keys[i].Left];
        }

        if (table.Count == 0)
        {
            first.Fill(JoinTable.None);
            return first;
        }

        Span<ulong> hashes = _hashes.AsSpan(0, rows.Length);
        if (_keys.Length > 0)
        {
            Hash.Rows(_keys, hashes, table.Seed);
        }

        table.Find(hashes, first);
        SkipNulls(first);
        return first;
    }

    private void SkipNulls(Span<int> first)
    {
        for (int i = 0; i < _keys.Length; i++)
        {
            if (keys[i].NullsMatch || !_keys[i].HasNulls)
            {
                continue;
            }

            Bitmap valid = _keys[i].Validity;
            for (int row = 0; row < first.Length; row++)
            {
                first[row] = valid[row] ? first[row] : JoinTable.None;
            }
        }
    }
}
