using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>
/// Where the rows are from that a target was given since its last commit. A target knows rows by their number among these; what it
/// has against one is told with the place where the row stands.
/// </summary>
internal sealed class GivenRows
{
    // What a batch takes by itself, in runs of rows.
    private const int RunsOfBatch = 8;

    private readonly List<(long First, BatchOrigin? Origin)> _batches = [];
    private long _rows;
    private long _runs;

    public void Add(int rows, BatchOrigin? origin)
    {
        _batches.Add((_rows, origin));
        _rows += rows;
        _runs += RunsOf(origin);
        if (_runs > RowRuns.Most)
        {
            Forget();
        }
    }

    /// <summary>The place of a row in place of its number among those given; where it is not known, that of the target.</summary>
    public ErrorPlace Find(ErrorPlace place)
    {
        if (place.Row is not { } row)
        {
            return place;
        }

        return row < _rows && BatchOf(row) is (var first, { } origin)
            ? origin.PlaceOf((int)(row - first)) with { Field = place.Field, Stream = place.Stream ?? place.File }
            : place with { Row = null };
    }

    public void Clear()
    {
        _batches.Clear();
        (_rows, _runs) = (0, 0);
    }

    private static int RunsOf(BatchOrigin? origin) => RunsOfBatch + (origin?.Runs ?? 0);

    // The oldest of a long epoch; the newest stays, however much it is.
    private void Forget()
    {
        int gone = 0;
        for (; gone < _batches.Count - 1 && _runs > RowRuns.Most / 2; gone++)
        {
            _runs -= RunsOf(_batches[gone].Origin);
        }

        _batches.RemoveRange(0, gone);
    }

    private (long First, BatchOrigin? Origin) BatchOf(long row)
    {
        int low = 0;
        int high = _batches.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            (low, high) = _batches[middle].First <= row ? (middle + 1, high) : (low, middle);
        }

        return low == 0 ? default : _batches[low - 1];
    }
}
