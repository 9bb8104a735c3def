using System.Runtime.InteropServices;
using Millrace.Columnar;

namespace Millrace.Sql.Streaming;

/// <summary>Gathers rows of a side that a join gives by themselves.</summary>
internal sealed class AloneRows(int number, JoinSide side, KeyedRows rows, JoinOutput output)
{
    private readonly List<int> _rows = [];
    private readonly List<bool> _hasMatch = [];
    private readonly List<long> _weights = [];

    public void Add(int row, bool hasMatch, long weight)
    {
        if (weight == 0)
        {
            return;
        }

        _rows.Add(row);
        _hasMatch.Add(hasMatch);
        _weights.Add(weight);
        if (_rows.Count == RecordBatch.DefaultRows)
        {
            Give();
        }
    }

    /// <summary>Gives what was gathered.</summary>
    public void Give()
    {
        if (_rows.Count == 0)
        {
            return;
        }

        using RecordBatch taken = rows.Take(CollectionsMarshal.AsSpan(_rows), side.Output);
        output.Alone(number, taken, CollectionsMarshal.AsSpan(_hasMatch), CollectionsMarshal.AsSpan(_weights));
        _rows.Clear();
        _hasMatch.Clear();
        _weights.Clear();
    }
}
