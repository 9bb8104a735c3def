using System.Buffers;
using System.Globalization;
using System.Text;
using Millrace.Columnar;

namespace Millrace.Connectors.MySql;

/// <summary>
/// Sends rows into a table: by LOAD DATA, whose data the server asks its client for, or by INSERT with many rows where the server
/// does not allow that. LOAD DATA only warns of what it mended or left out, so a warning counts as a failure: its rows are taken
/// back, and INSERT, which is strict, finds the bad ones by halves.
/// </summary>
internal sealed class RowLoader : IDisposable
{
    // Local data is not allowed: by the server, by both, by a rule of the session.
    private static readonly uint[] NotAllowed = [1148, 2000, 2068, 3948, 4166];

    private readonly MySqlServer _server;
    private readonly MySqlConnection _connection;
    private readonly TargetColumns _columns;
    private readonly string _table;
    private readonly bool _replaces;
    private readonly IRowErrorHandler? _errors;
    private readonly ErrorPlace _place;
    private readonly LocalData _local;
    private readonly RowText _text;
    private readonly int _mostBytes;
    private bool _isLoading;

    /// <param name="server">The server, for messages.</param>
    /// <param name="connection">Connection of the writer.</param>
    /// <param name="columns">Columns of the rows.</param>
    /// <param name="table">Table to send to, in SQL.</param>
    /// <param name="replaces">Whether a later row replaces one of the same key.</param>
    /// <param name="abilities">What the server allows.</param>
    /// <param name="errors">Takes rows that the server refuses; null where the first one ends the run.</param>
    /// <param name="place">For messages.</param>
    public RowLoader(MySqlServer server, MySqlConnection connection, TargetColumns columns, string table, bool replaces, LoadAbilities abilities, IRowErrorHandler? errors, ErrorPlace place)
    {
        _server = server;
        _connection = connection;
        _columns = columns;
        _table = table;
        _replaces = replaces;
        _errors = errors;
        _place = place;
        _isLoading = abilities.AllowsLocalData;
        _mostBytes = abilities.MostBytes;
        _local = new LocalData(connection);
        _text = new RowText(columns);
    }

    /// <summary>Batches that went by LOAD DATA as a whole.</summary>
    public int Loads { get; private set; }

    /// <summary>Bytes sent.</summary>
    public long Bytes { get; private set; }

    /// <summary>Inside a transaction: sends rows; how many the server took.</summary>
    /// <param name="batch">A column for each that is sent, of the type that its encoder takes.</param>
    /// <param name="given">The number of a row among all that the writer was given; for messages.</param>
    /// <param name="cancellation">Stops it.</param>
    public async ValueTask<int> SendAsync(RecordBatch batch, Func<int, long?> given, CancellationToken cancellation)
    {
        if (_isLoading && await _connection.RunAsync(() => TryLoad(batch), cancellation).ConfigureAwait(false))
        {
            return batch.Length;
        }

        return await _connection.RunAsync(() => Insert(batch, given), cancellation).ConfigureAwait(false);
    }

    public void Dispose()
    {
        _text.Dispose();
        _local.Dispose();
    }

    // False where INSERT has to do it.
    private bool TryLoad(RecordBatch batch)
    {
        _text.EncodeLines(batch);
        ReadOnlyMemory<byte> lines = _text[0, batch.Length];
        try
        {
            _connection.Send("SAVEPOINT millrace");
            _connection.Finish();
            _local.Send(_connection, $"LOAD DATA LOCAL INFILE 'millrace' {(_replaces ? "REPLACE " : "")}INTO TABLE {_table} CHARACTER SET utf8mb4 FIELDS TERMINATED BY '\\t' ESCAPED BY '\\\\' LINES TERMINATED BY '\\n' {_columns.Fields}", lines);
            if (_connection.Warnings == 0 && _connection.AffectedRows >= batch.Length)
            {
                Bytes += lines.Length;
                Loads++;
                return true;
            }
        }
        catch (ServerException e) when (NotAllowed.Contains(e.Number) && !_connection.IsBroken)
        {
            _isLoading = false;
            return false;
        }
        catch (ServerException e) when (MySqlFaults.IsOfRow(e))
        {
            // INSERT tells which row it is.
        }

        _connection.Send("ROLLBACK TO SAVEPOINT millrace");
        _connection.Finish();
        return false;
    }

    private int Insert(RecordBatch batch, Func<int, long?> given)
    {
        _text.EncodeValues(batch);
        int taken = 0;
        for (int first = 0; first < batch.Length;)
        {
            int end = first + 1;
            while (end < batch.Length && _text[first, end + 1].Length <= _mostBytes)
            {
                end++;
            }

            taken += Insert(batch, first, end, given);
            first = end;
        }

        return taken;
    }

    // A statement that fails has no effect, so its rows can be tried again by halves.
    private int Insert(RecordBatch batch, int first, int end, Func<int, long?> given)
    {
        try
        {
            ReadOnlyMemory<byte> values = _text[first, end];
            byte[] head = Encoding.UTF8.GetBytes($"{(_replaces ? "REPLACE" : "INSERT")} INTO {_table} ({_columns.SentNames}) VALUES ");
            byte[] sql = ArrayPool<byte>.Shared.Rent(head.Length + values.Length);
            try
            {
                head.CopyTo(sql, 0);

                // Every row stands behind a comma.
                values.Span[1..].CopyTo(sql.AsSpan(head.Length));
                _connection.Send(sql.AsSpan(0, head.Length + values.Length - 1));
                _connection.Finish();
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(sql);
            }

            Bytes += values.Length;
            return end - first;
        }
        catch (ServerException e) when (MySqlFaults.IsOfRow(e) && !_connection.IsBroken)
        {
            if (end - first > 1)
            {
                int middle = first + ((end - first) / 2);
                return Insert(batch, first, middle, given) + Insert(batch, middle, end, given);
            }

            ErrorPlace place = _place with { Row = given(first) };
            if (_errors is null)
            {
                throw MySqlFaults.OnRows(e, _server, place);
            }

            _errors.OnRowError(new RowError(
                MySqlErrors.RowRefused, string.Create(CultureInfo.InvariantCulture, $"{e.Message} [{e.Number}]"), place, JsonRow.Of(batch.Schema, [.. batch.Columns], first))
            {
                Stage = RowStage.Convert,
                Form = RawForm.Json,
            });
            return 0;
        }
    }
}

/// <summary>How rows can be sent to a server.</summary>
/// <param name="AllowsLocalData">Whether it asks for local data.</param>
/// <param name="MostBytes">Bytes of a statement that it takes in any case.</param>
internal sealed record LoadAbilities(bool AllowsLocalData, int MostBytes)
{
    private const int Usual = 1 << 20;

    public static async ValueTask<LoadAbilities> FindAsync(MySqlConnection connection, CancellationToken cancellation)
        => await connection.QueryAsync("SELECT @@local_infile, @@max_allowed_packet", cancellation).ConfigureAwait(false) is [[var local, { } most]]
            ? new LoadAbilities(local == "1", (int)Math.Clamp(long.Parse(most, CultureInfo.InvariantCulture) - 4096, 1024, Usual))
            : new LoadAbilities(false, Usual);
}
