using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Millrace.Connectors.MySql;

/// <summary>
/// A connection. The library blocks, so what may wait runs on a thread of the pool, once a statement or a batch of rows. One
/// caller at a time uses it. A call that is cancelled ends the connection and its statement on the server.
/// </summary>
internal sealed class MySqlConnection : IDisposable
{
    private readonly Action<ulong> _kill;
    private readonly ConnectionHandle _handle;
    private readonly AnswerWatch _watch;

    private unsafe MySqlConnection(ConnectionHandle handle, AnswerWatch watch, Action<ulong> kill)
    {
        _watch = watch;
        _handle = handle;
        _kill = kill;
        ServerVersion = Text(Native.ServerInfo(handle)) ?? "";
        ThreadId = Native.ThreadId(handle).Value;
    }

    /// <summary>As the server gives it: <c>10.11.6-MariaDB</c>, <c>8.0.36</c>.</summary>
    public string ServerVersion { get; }

    public bool IsMariaDb => ServerVersion.Contains("MariaDB", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether there is a type for identifiers.</summary>
    public bool HasUuid => IsMariaDb && Version >= new Version(10, 7);

    /// <summary>The collation that tells apart whatever differs in a byte.</summary>
    public string ExactCollation => IsMariaDb ? "utf8mb4_nopad_bin" : Version >= new Version(8, 0, 17) ? "utf8mb4_0900_bin" : "utf8mb4_bin";

    // What stands before the first dash; MariaDB may say 5.5.5 first, for old clients.
    private Version Version
        => Version.TryParse(ServerVersion.Replace("5.5.5-", "", StringComparison.Ordinal).Split('-')[0], out Version? version) ? version : new Version(0, 0);

    /// <summary>What KILL takes.</summary>
    public ulong ThreadId { get; }

    /// <summary>Whether a call failed in a way that leaves nothing to go on with.</summary>
    public bool IsBroken { get; private set; }

    public ConnectionHandle Handle => _handle;

    /// <summary>Warnings of the last statement.</summary>
    public uint Warnings => Native.WarningCount(_handle);

    /// <summary>Rows that the last statement changed, the first one of several. The library forgets it when it is asked for more answers.</summary>
    public long AffectedRows { get; private set; }

    /// <summary>Connects, on a thread of the pool.</summary>
    /// <param name="settings">Where to, and as whom.</param>
    /// <param name="kill">Ends a connection of the server by its number, without being waited for.</param>
    /// <param name="cancellation">Not seen before the connection has come about or timed out.</param>
    public static async ValueTask<MySqlConnection> OpenAsync(ConnectionSettings settings, Action<ulong> kill, CancellationToken cancellation)
    {
        MySqlConnection connection = await Task.Run(() => Open(settings, kill), cancellation).ConfigureAwait(false);
        if (cancellation.IsCancellationRequested)
        {
            connection.Dispose();
            cancellation.ThrowIfCancellationRequested();
        }

        return connection;
    }

    /// <summary>Runs one or several statements and drops what they return.</summary>
    public async ValueTask ExecuteAsync(string sql, CancellationToken cancellation)
        => await RunAsync(() => Execute(sql), cancellation).ConfigureAwait(false);

    /// <summary>The rows of a query as texts, for questions with small answers.</summary>
    public async ValueTask<List<string?[]>> QueryAsync(string sql, CancellationToken cancellation)
        => await RunAsync(() => Query(sql), cancellation).ConfigureAwait(false);

    /// <summary>The first value of the first row; null for NULL and for no row.</summary>
    public async ValueTask<string?> ScalarAsync(string sql, CancellationToken cancellation)
        => (await QueryAsync(sql, cancellation).ConfigureAwait(false)) is [[var value, ..], ..] ? value : null;

    /// <summary>Work that waits for the server, on a thread of the pool.</summary>
    public async ValueTask<T> RunAsync<T>(Func<T> work, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        CancellationTokenRegistration stop = cancellation.UnsafeRegister(static c => ((MySqlConnection)c!).Stop(), this);
        try
        {
            return await Task.Run(work, CancellationToken.None).ConfigureAwait(false);
        }
        catch (ServerException) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
        finally
        {
            await stop.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Sends statements; the caller's thread waits for the first answer.</summary>
    public void Send(string sql)
    {
        byte[] text = Encoding.UTF8.GetBytes(sql);
        Send(text);
    }

    /// <summary>As <see cref="Send(string)"/>, of a text that is encoded.</summary>
    public unsafe void Send(ReadOnlySpan<byte> sql)
    {
        _watch.Begin(sql);
        fixed (byte* pointer = sql)
        {
            if (Native.Query(_handle, pointer, new CULong((nuint)sql.Length)) != 0)
            {
                throw Fault();
            }

            AffectedRows = (long)Native.AffectedRows(_handle);
        }
    }

    /// <summary>Drops what is left of the answers to <see cref="Send(string)"/>.</summary>
    public void Finish()
    {
        for (bool isFirst = true; isFirst || MoveNext(); isFirst = false)
        {
            nint result = Native.UseResult(_handle);
            if (result != 0)
            {
                Native.FreeResult(result);
            }

            ThrowIfFailed();
        }
    }

    /// <summary>Moves to the answer to the next of several statements.</summary>
    public bool MoveNext()
    {
        Heard();
        return Native.NextResult(_handle) switch
        {
            0 => true,
            -1 => false,
            _ => throw Fault(),
        };
    }

    /// <summary>Something came from the server, or went to it.</summary>
    public void Heard() => _watch.Heard();

    public void ThrowIfFailed()
    {
        if (Native.ErrorNumber(_handle) != 0)
        {
            throw Fault();
        }
    }

    /// <summary>The last error.</summary>
    public ServerException Fault()
    {
        ServerException fault = _watch.Judge(FaultOf(_handle));
        IsBroken |= MySqlFaults.EndsConnection(fault.Number);
        if (fault.Unanswered is not null)
        {
            // The server may not know that nobody listens, and would keep the session's locks.
            _kill(ThreadId);
        }

        return fault;
    }

    /// <summary>Makes whoever waits for the server stop, and the server stop what it does. Returns at once.</summary>
    public void Stop()
    {
        Abandon();
        _kill(ThreadId);
    }

    /// <summary>Gives up rows that are on their way; the server notices when it sends the next.</summary>
    public void Abandon()
    {
        IsBroken = true;
        _ = Native.Cancel(_handle);
    }

    public void Dispose() => _handle.Dispose();

    internal static unsafe string? Text(byte* text) => text == null ? null : Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));

    internal static unsafe MySqlConnection Open(ConnectionSettings settings, Action<ulong> kill)
    {
        var handle = new ConnectionHandle();
        try
        {
            settings.Apply(handle);
            if (Native.Connect(handle, settings.Host, settings.User, settings.Password, settings.Database, settings.Port, settings.Socket, new CULong(Native.MultiStatements)) == 0)
            {
                throw FaultOf(handle);
            }

            // The library goes on without where the server offers none.
            if (settings.Tls is MySqlTls.Require or MySqlTls.VerifyCa or MySqlTls.VerifyFull && Text(Native.TlsCipher(handle)) is not { Length: > 0 })
            {
                throw new ServerException(MySqlFaults.TlsFailed, "HY000", "The server offers no encryption.");
            }

            if (settings.KeepAlive > TimeSpan.Zero && settings.Socket is null && Native.Socket(handle) is var socket && socket >= 0)
            {
                SignsOfLife.Ask(socket, settings.KeepAlive);
            }

            var connection = new MySqlConnection(handle, new AnswerWatch(settings.Silence), kill);
            connection.Execute(settings.SessionOf(connection.IsMariaDb));
            return connection;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private bool Execute(string sql)
    {
        Send(sql);
        Finish();
        return true;
    }

    private unsafe List<string?[]> Query(string sql)
    {
        Send(sql);
        var rows = new List<string?[]>();
        nint result = Native.UseResult(_handle);
        try
        {
            ThrowIfFailed();
            int fields = result == 0 ? 0 : (int)Native.NumFields(result);
            for (byte** row; result != 0 && (row = Native.FetchRow(result)) != null;)
            {
                CULong* lengths = Native.FetchLengths(result);
                string?[] values = new string?[fields];
                for (int i = 0; i < fields; i++)
                {
                    values[i] = row[i] == null ? null : Encoding.UTF8.GetString(row[i], checked((int)lengths[i].Value));
                }

                rows.Add(values);
            }

            ThrowIfFailed();
        }
        finally
        {
            if (result != 0)
            {
                Native.FreeResult(result);
            }
        }

        while (MoveNext())
        {
            Finish();
        }

        return rows;
    }

    private static unsafe ServerException FaultOf(ConnectionHandle handle) => new(
        Native.ErrorNumber(handle),
        Text(Native.SqlState(handle)) ?? "",
        Text(Native.ErrorText(handle)) is { Length: > 0 } text ? text : string.Create(CultureInfo.InvariantCulture, $"error {Native.ErrorNumber(handle)}"));
}
