using Millrace.Columnar;
using Npgsql;

namespace Millrace.Connectors.Postgres;

/// <summary>Sends batches to the server by one <c>COPY … FROM STDIN</c>, which lasts until it is completed or given up.</summary>
internal sealed class CopyIn : IAsyncDisposable
{
    private readonly NpgsqlRawCopyStream _stream;
    private readonly TargetColumns _columns;
    private readonly RowEncoder _encoder;
    private readonly string _table;
    private bool _isComplete;

    private CopyIn(NpgsqlRawCopyStream stream, TargetColumns columns, string table)
    {
        _stream = stream;
        _columns = columns;
        _encoder = columns.MakeEncoder();
        _table = table;
    }

    public long Rows { get; private set; }

    public long Bytes { get; private set; }

    public static async ValueTask<CopyIn> BeginAsync(NpgsqlConnection connection, string table, TargetColumns columns, CancellationToken cancellation)
    {
        NpgsqlRawCopyStream stream = await connection.BeginRawBinaryCopyAsync($"COPY {table} ({columns.CopiedNames}) FROM STDIN (FORMAT binary)", cancellation).ConfigureAwait(false);
        await stream.WriteAsync(RowEncoder.Header.ToArray(), cancellation).ConfigureAwait(false);
        return new CopyIn(stream, columns, table);
    }

    /// <summary>Sends rows; the batch is borrowed.</summary>
    public async ValueTask WriteAsync(RecordBatch batch, CancellationToken cancellation)
    {
        using RecordBatch rows = Convert(batch);
        using NativeBuffer buffer = _encoder.Encode(rows);
        await _stream.WriteAsync(buffer.Memory[.._encoder.Length], cancellation).ConfigureAwait(false);
        Rows += batch.Length;
        Bytes += _encoder.Length;
    }

    /// <summary>Ends the copy; the server has then taken every row.</summary>
    public async ValueTask CompleteAsync(CancellationToken cancellation)
    {
        await _stream.WriteAsync(RowEncoder.Trailer.ToArray(), cancellation).ConfigureAwait(false);
        _isComplete = true;
        await _stream.DisposeAsync().ConfigureAwait(false);
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
            await _stream.CancelAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is NpgsqlException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The transaction is given up either way.
        }
    }

    private RecordBatch Convert(RecordBatch batch)
    {
        var columns = new Column[_columns.Copied.Count];
        var fields = new Field[columns.Length];
        int made = 0;
        try
        {
            for (; made < columns.Length; made++)
            {
                TargetColumn target = _columns.Copied[made];
                CastResult cast = Cast.To(batch[target.Source], target.Write.Type);
                columns[made] = cast.Column;
                fields[made] = new Field(target.Info.Name, target.Write.Type);
                if (cast.Failures.Count > 0)
                {
                    made++;
                    throw PostgresErrors.ValueDoesNotFit.Error(
                        $"{cast.Failures[0].Message} The column is {target.Info.TypeText}.", new ErrorPlace { Stream = _table, Field = target.Info.Name });
                }
            }

            return new RecordBatch(new Schema(fields), batch.Length, columns);
        }
        catch
        {
            foreach (Column column in columns.AsSpan(0, made))
            {
                column.Dispose();
            }

            throw;
        }
    }
}
