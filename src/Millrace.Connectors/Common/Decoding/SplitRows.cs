using Millrace.Sdk;

namespace Millrace.Connectors.Common;

/// <summary>Batches of a split with their positions, of rows as they are found. It owns neither the rows nor the decoder.</summary>
/// <param name="rows">Rows, whose first columns are those of the decoder.</param>
/// <param name="columns">Number of those.</param>
/// <param name="decoder">Makes the batches.</param>
/// <param name="marker">Makes the positions.</param>
/// <param name="place">Where the rows are from.</param>
internal sealed class SplitRows(IFoundRows rows, int columns, BatchDecoder decoder, ProgressMarker marker, ErrorPlace place)
{
    private long _done;
    private long _bytesTold;

    /// <summary>The next rows; null at the end.</summary>
    public async ValueTask<SplitBatch?> ReadAsync(CancellationToken cancellation)
    {
        while (await rows.ReadAsync(cancellation).ConfigureAwait(false))
        {
            long first = _done;
            _done += rows.Rows;
            if (decoder.Decode(rows, first) is not { } batch)
            {
                continue;
            }

            long told = rows.BytesRead - _bytesTold;
            _bytesTold = rows.BytesRead;
            return new SplitBatch(batch, marker.Behind(rows, columns, _done), told) { Origin = place with { Row = first } };
        }

        return null;
    }
}
