using Millrace.Sdk;
using Npgsql;

namespace Millrace.Connectors.Postgres;

/// <summary>The way to one server: its address, made of options, and connections to it.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>How long a connection that is given up is waited for.</summary>
    public static readonly TimeSpan MostForEnding = TimeSpan.FromSeconds(5);

    private readonly NpgsqlDataSource _source;
    private readonly Func<NpgsqlDataSource> _make;

    private PostgresServer(Func<NpgsqlDataSource> make, string host, string connection, bool mayGoBack, Silence silence)
    {
        Silence = silence;
        MayGoBack = mayGoBack;
        _make = make;
        _source = make();
        Host = host;
        ConnectionString = connection;
    }

    /// <summary>Host and port, for messages; several hosts with commas.</summary>
    public string Host { get; }

    /// <summary>What <see cref="ISource.Remote"/> and its like give.</summary>
    public string Remote => $"postgres:{Host}";

    /// <summary>How long it may be silent.</summary>
    public Silence Silence { get; }

    /// <summary>Whether a later connection may be one to a server that has not seen all that an earlier one has shown.</summary>
    public bool MayGoBack { get; }

    /// <summary>For connections of another kind, such as those of replication.</summary>
    public string ConnectionString { get; }

    /// <summary>The same for all that connect alike, whatever job they work for. A password may be in it.</summary>
    public string Identity => new NpgsqlConnectionStringBuilder(ConnectionString) { ApplicationName = null }.ConnectionString;

    public static PostgresServer Of(PostgresOptions options, ConnectorContext context)
    {
        NpgsqlConnectionStringBuilder text = ConnectionText.Make(options, context);
        string host = text.Host!.Contains(':', StringComparison.Ordinal) || text.Host.Contains(',', StringComparison.Ordinal)
            ? text.Host
            : $"{text.Host}:{text.Port}";
        bool isOneOfSeveral = text.Host.Contains(',', StringComparison.Ordinal);
        return new PostgresServer(Make, host, text.ConnectionString, isOneOfSeveral && options.Role != PostgresRole.Primary, Silence.Of(options));

        NpgsqlDataSource Make()
        {
            // Values that the client library decodes are of types that every server has, and simple: it need not ask for all
            // types of the server, nor hold what reads JSON, ranges and the like.
            var builder = new NpgsqlSlimDataSourceBuilder(text.ConnectionString);
            builder.ConfigureTypeLoading(t => t.EnableTypeLoading(false));
            builder.EnableArrays();
            builder.EnableTransportSecurity();
            builder.EnableIntegratedSecurity();
            return isOneOfSeveral
                ? builder.BuildMultiHost().WithTargetSession(Session(options.Role))
                : builder.Build();
        }
    }

    /// <summary>The same server with connections of its own.</summary>
    public PostgresServer Again() => new(_make, Host, ConnectionString, MayGoBack, Silence);

    /// <summary>A connection; the caller disposes of it.</summary>
    public async ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellation)
    {
        try
        {
            return await _source.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (PostgresFaults.IsOfServer(e, cancellation))
        {
            throw PostgresFaults.OnConnecting(e, this);
        }
    }

    /// <summary>What a connection of its own is asked for; what the server has against it is an error of the catalogue.</summary>
    /// <param name="ask">Uses the connection.</param>
    /// <param name="place">What is read or written, for messages.</param>
    /// <param name="cancellation">Stops it.</param>
    public async ValueTask<T> AskAsync<T>(Func<NpgsqlConnection, ValueTask<T>> ask, ErrorPlace? place, CancellationToken cancellation)
    {
        NpgsqlConnection connection = await OpenAsync(cancellation).ConfigureAwait(false);
        int process = connection.ProcessID;
        bool wentSilent = false;
        try
        {
            return await ask(connection).ConfigureAwait(false);
        }
        catch (Exception e) when (PostgresFaults.IsOfServer(e, cancellation))
        {
            wentSilent = Silence.Ended(e);
            throw PostgresFaults.OnStatement(e, this, place);
        }
        finally
        {
            await CloseAsync(connection, process, wentSilent).ConfigureAwait(false);
        }
    }

    /// <summary>Gives up a connection that may have gone silent.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="process">Number of its session.</param>
    /// <param name="wentSilent">Whether it did.</param>
    public async ValueTask CloseAsync(NpgsqlConnection connection, int process, bool wentSilent)
    {
        await CloseAsync(connection).ConfigureAwait(false);
        if (wentSilent)
        {
            await EndSessionAsync(process).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Ends what the server may still have of a connection that went silent: it would keep its locks, which the next attempt
    /// waits for. Does what it can; a server that cannot be reached either ends it when it notices.
    /// </summary>
    /// <param name="process">Number of the session.</param>
    public async ValueTask EndSessionAsync(int process)
    {
        using var patience = new CancellationTokenSource(MostForEnding);
        try
        {
            NpgsqlConnection connection = await OpenAsync(patience.Token).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                // A number may be another session's by now, or a proxy's own.
                using var command = new NpgsqlCommand("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = $1 AND usename = current_user AND application_name = current_setting('application_name')", connection);
                command.Parameters.AddWithValue(process);
                await command.ExecuteScalarAsync(patience.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is MillraceException or OperationCanceledException or NpgsqlException)
        {
            // Why there is silence has been said.
        }
    }

    /// <summary>Gives up a connection, in whatever state it is. One that broke has been reported by who used it.</summary>
    public static async ValueTask CloseAsync(NpgsqlConnection connection)
    {
        try
        {
            // A transaction that is open is rolled back, which takes its time where the server is silent.
            await connection.DisposeAsync().AsTask().WaitAsync(MostForEnding).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException || PostgresFaults.IsOfEnding(e))
        {
            // A transaction that cannot be rolled back ends with its connection.
        }
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private static TargetSessionAttributes Session(PostgresRole role) => role switch
    {
        PostgresRole.Primary => TargetSessionAttributes.Primary,
        PostgresRole.Standby => TargetSessionAttributes.Standby,
        PostgresRole.PreferPrimary => TargetSessionAttributes.PreferPrimary,
        PostgresRole.PreferStandby => TargetSessionAttributes.PreferStandby,
        _ => TargetSessionAttributes.Any,
    };
}
