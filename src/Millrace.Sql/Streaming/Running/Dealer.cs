using System.Runtime.InteropServices;
using Millrace.Columnar;

namespace Millrace.Sql.Streaming;

/// <summary>Deals rows to lanes by the hash of their keys: equal keys, nulls too, come to the same lane in every run.</summary>
internal sealed class Dealer(Exchange exchange, int lanes)
{
    private ulong[] _hashes = [];

    /// <summary>Deals what several lanes gave, which is taken over, also if it fails; the caller owns the result.</summary>
    public List<RecordBatch>[] Deal(IReadOnlyList<List<RecordBatch>> given)
    {
        List<RecordBatch>[] dealt = [.. Enumerable.Range(0, lanes).Select(_ => new List<RecordBatch>())];
        RecordBatch[] batches = [.. given.SelectMany(lane => lane)];
        if (lanes == 1 || exchange.Kind == ExchangeKind.Single)
        {
            dealt[0].AddRange(batches);
            return dealt;
        }

        try
        {
            Array.ForEach(batches, batch => Deal(batch, dealt));
        }
        catch
        {
            Dispose(dealt);
            throw;
        }
        finally
        {
            Array.ForEach(batches, batch => batch.Dispose());
        }

        return dealt;
    }

    /// <summary>Disposes what was dealt.</summary>
    public static void Dispose(List<RecordBatch>[] dealt) => Array.ForEach(dealt, lane => lane.ForEach(batch => batch.Dispose()));

    private void Deal(RecordBatch batch, List<RecordBatch>[] dealt)
    {
        if (_hashes.Length < batch.Length)
        {
            _hashes = new ulong[batch.Length];
        }

        Span<ulong> hashes = _hashes.AsSpan(0, batch.Length);
        Column[] keys = [.. exchange.Keys.Select(k => batch[k])];
        Hash.Rows(keys, hashes);
        var rows = new List<int>[lanes];
        for (int row = 0; row < hashes.Length; row++)
        {
            // The upper half, since tables take the lower bits for their slots.
            int lane = (int)(((hashes[row] >> 32) * (ulong)lanes) >> 32);
            (rows[lane] ??= []).Add(row);
        }

        for (int lane = 0; lane < lanes; lane++)
        {
            if (rows[lane] is { } chosen)
            {
                dealt[lane].Add(chosen.Count == batch.Length ? batch.Share() : Take.Rows(batch, CollectionsMarshal.AsSpan(chosen)));
            }
        }
    }
}
