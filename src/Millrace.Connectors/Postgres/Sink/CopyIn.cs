using Millrace.Columnar;
using Npgsql;

namespace Millrace.Connectors.Postgres;

/// <summary>Sends batches to the server by one <c>COPY … FROM STDIN</c>, which lasts until it is completed or given up.</summary>
internal sealed class CopyIn : IAsyncDisposable
{
    // So much at once fits the client library's buffer. Each piece has the time that silence is allowed for, so that a slow
    // network is not taken for a silent one.
    private const int PieceBytes = 60 << 10;

    private readonly NpgsqlRawCopyStream _stream;
    private readonly RowEncoder _encoder;
    private bool _isComplete;

    private CopyIn(NpgsqlRawCopyStream stream, TargetColumns columns)
    {
        _stream = stream;
        _encoder = columns.MakeEncoder();
    }

    public long Rows { get; private set; }

    public long Bytes { get; private set; }

    public static async ValueTask<CopyIn> BeginAsync(PostgresServer server, NpgsqlConnection connection, string table, TargetColumns columns, CancellationToken cancellation)
    {
        NpgsqlRawCopyStream stream = await connection.BeginRawBinaryCopyAsync($"COPY {table} ({columns.CopiedNames}) FROM STDIN (FORMAT binary)", cancellation).ConfigureAwait(false);
        server.Silence.Limit(stream);
        await stream.WriteAsync(RowEncoder.Header.ToArray(), cancellation).ConfigureAwait(false);
        return new CopyIn(stream, columns);
    }

    /// <summary>Sends rows as the columns take them; they are borrowed.</summary>
    public async ValueTask WriteAsync(RecordBatch rows, CancellationToken cancellation)
    {
        using NativeBuffer buffer = _encoder.Encode(rows);
        for (int sent = 0; sent < _encoder.Length; sent += PieceBytes)
        {
            await _stream.WriteAsync(buffer.Memory[sent..Math.Min(sent + PieceBytes, _encoder.Length)], cancellation).ConfigureAwait(false);
        }

        Rows += rows.Length;
        Bytes += _encoder.Length;
    }

    /// <summary>Ends the copy; the server has then taken every row.</summary>
    public async ValueTask CompleteAsync(CancellationToken cancellation)
    {
        await _stream.WriteAsync(RowEncoder.Trailer.ToArray(), cancellation).ConfigureAwait(false);
        _isComplete = true;

        // The client library's own wait does not end when it is cancelled.
        await _stream.DisposeAsync().AsTask().WaitAsync(cancellation).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (_isComplete)
        {
            return;
        }

        _isComplete = true;
        try
        {
            Silence.LimitEnd(_stream);
            await _stream.CancelAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (PostgresFaults.IsOfEnding(e))
        {
            // The transaction is given up either way.
        }
    }
}
