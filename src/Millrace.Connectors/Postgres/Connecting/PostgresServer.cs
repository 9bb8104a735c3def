using Millrace.Sdk;
using Npgsql;

namespace Millrace.Connectors.Postgres;

/// <summary>The way to one server: its address, made of options, and connections to it.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;

    private readonly Func<NpgsqlDataSource> _make;

    private PostgresServer(Func<NpgsqlDataSource> make, string host, string connection, bool mayGoBack)
    {
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
        return new PostgresServer(Make, host, text.ConnectionString, isOneOfSeveral && options.Role != PostgresRole.Primary);

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
    public PostgresServer Again() => new(_make, Host, ConnectionString, MayGoBack);

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
        try
        {
            return await ask(connection).ConfigureAwait(false);
        }
        catch (Exception e) when (PostgresFaults.IsOfServer(e, cancellation))
        {
            throw PostgresFaults.OnStatement(e, this, place);
        }
        finally
        {
            await CloseAsync(connection).ConfigureAwait(false);
        }
    }

    /// <summary>Gives up a connection, in whatever state it is. One that broke has been reported by who used it.</summary>
    public static async ValueTask CloseAsync(NpgsqlConnection connection)
    {
        try
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (PostgresFaults.IsOfEnding(e))
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
