using System.Runtime.InteropServices;
using Millrace.Columnar;

namespace Millrace.Sql.Streaming;

/// <summary>The row that was last given for each group, so that it can be taken back. One thread uses it.</summary>
internal sealed class GivenRows : IDisposable
{
    // Below this there is nothing to be won by tidying up.
    private const int FewRows = 1024;

    private readonly List<RecordBatch?> _pieces = [];
    private readonly List<int> _live = [];
    private (int Piece, int Row)[] _places = [];
    private int _rows;
    private int _given;

    public long ByteSize => _pieces.Sum(p => p?.ByteSize ?? 0) + (_places.Length * 8L);

    /// <summary>Makes rows those of groups.</summary>
    /// <param name="groups">The group of each row.</param>
    /// <param name="rows">The rows; shared.</param>
    public void Set(ReadOnlySpan<int> groups, RecordBatch rows)
    {
        int piece = _pieces.Count;
        _pieces.Add(rows.Share());
        _live.Add(groups.Length);
        _rows += groups.Length;
        _given += groups.Length;
        for (int row = 0; row < groups.Length; row++)
        {
            if (_places.Length <= groups[row])
            {
                Grow(groups[row] + 1);
            }

            _places[groups[row]] = (piece, row);
        }

        if (_rows > FewRows && _rows > 2 * _given)
        {
            Tidy();
        }
    }

    /// <summary>Takes the rows of groups out, in any order; the caller owns the batches. Groups without a row have none.</summary>
    public List<RecordBatch> Take(IReadOnlyList<int> groups)
    {
        var wanted = new SortedDictionary<int, List<int>>();
        foreach (int group in groups)
        {
            if (group < _places.Length && _places[group] is ( >= 0, _) place)
            {
                if (!wanted.TryGetValue(place.Piece, out List<int>? rows))
                {
                    wanted.Add(place.Piece, rows = []);
                }

                rows.Add(place.Row);
                _places[group] = (-1, 0);
                _given--;
            }
        }

        var taken = new List<RecordBatch>();
        foreach ((int piece, List<int> rows) in wanted)
        {
            taken.Add(Columnar.Take.Rows(_pieces[piece]!, CollectionsMarshal.AsSpan(rows)));
            _live[piece] -= rows.Count;
            if (_live[piece] == 0)
            {
                _rows -= _pieces[piece]!.Length;
                _pieces[piece]!.Dispose();
                _pieces[piece] = null;
            }
        }

        return taken;
    }

    public void Dispose()
    {
        _pieces.ForEach(p => p?.Dispose());
        _pieces.Clear();
    }

    private void Grow(int groups)
    {
        int old = _places.Length;
        Array.Resize(ref _places, Math.Max(groups, old * 2));
        _places.AsSpan(old).Fill((-1, 0));
    }

    private void Tidy()
    {
        int[] groups = [.. Enumerable.Range(0, _places.Length).Where(g => _places[g].Piece >= 0).OrderBy(g => _places[g].Piece)];
        List<RecordBatch> kept = Take(groups);
        Dispose();
        _live.Clear();
        (_rows, _given) = (0, 0);
        try
        {
            using RecordBatch all = Concat.Batches(kept);
            Set(groups, all);
        }
        finally
        {
            kept.ForEach(b => b.Dispose());
        }
    }
}
