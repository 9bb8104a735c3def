using System.Collections.Concurrent;
using System.Globalization;
using Millrace.Sdk;

namespace Millrace.Connectors.MySql;

/// <summary>The way to one server: its address, made of options, and connections to it.</summary>
internal sealed class MySqlServer : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Task, byte> _kills = new();
    private readonly bool _prefersTls;
    private ConnectionSettings _settings;

    private MySqlServer(ConnectionSettings settings, bool prefersTls)
    {
        _settings = settings;
        _prefersTls = prefersTls;
        Host = settings.Socket ?? string.Create(CultureInfo.InvariantCulture, $"{settings.Host ?? "localhost"}:{(settings.Port == 0 ? 3306 : settings.Port)}");
    }

    /// <summary>Host and port, for messages.</summary>
    public string Host { get; }

    /// <summary>What <see cref="ISource.Remote"/> and its like give.</summary>
    public string Remote => $"mysql:{Host}";

    /// <summary>Database of names that do not say theirs; null where none was given.</summary>
    public string? Database => _settings.Database;

    public static MySqlServer Of(MySqlOptions options, ConnectorContext context, bool sendsData = false)
    {
        string? host = options.Host ?? Variable("MYSQL_HOST");
        bool isLocal = options.Socket is not null || (host is null or "localhost" && options.Port is null);
        uint port = (uint?)options.Port ?? (uint.TryParse(Variable("MYSQL_TCP_PORT"), CultureInfo.InvariantCulture, out uint given) ? given : 0);
        bool prefers = options.Sslmode == MySqlTls.Prefer;
        if (options is { Sslmode: MySqlTls.VerifyCa, Sslrootcert: null })
        {
            throw MySqlErrors.BadOption.Error("sslmode is verify_ca, and no authority is named.", hint: "Name its file with `sslrootcert`.");
        }

        return new MySqlServer(
            new ConnectionSettings
            {
                Host = host,
                Port = port,

                // The library takes `localhost` for the socket, also where a port says that it is not meant.
                IsTcp = !isLocal,
                Socket = options.Socket,
                User = options.User,
                Password = options.Password ?? Variable("MYSQL_PWD"),
                Database = options.Database,
                OptionFile = options.OptionFile,
                Tls = prefers && isLocal ? MySqlTls.Disable : options.Sslmode,
                TlsAuthority = options.Sslrootcert,
                TlsCertificate = options.Sslcert,
                TlsKey = options.Sslkey,
                Compress = options.Compress,
                ConnectTimeout = options.ConnectTimeout,
                StatementTimeout = options.StatementTimeout,
                Program = $"millrace {context.Job}",
                SendsData = sendsData,
            },
            prefers);
    }

    /// <summary>A connection; the caller disposes of it.</summary>
    public ValueTask<MySqlConnection> OpenAsync(CancellationToken cancellation) => OpenAsync(TimeSpan.Zero, cancellation);

    /// <summary>As <see cref="OpenAsync(CancellationToken)"/>, of a server that says something from time to time.</summary>
    public async ValueTask<MySqlConnection> OpenAsync(TimeSpan mostSilence, CancellationToken cancellation)
    {
        ConnectionSettings settings = _settings with { MostSilence = mostSilence };
        try
        {
            try
            {
                return await MySqlConnection.OpenAsync(settings, Kill, cancellation).ConfigureAwait(false);
            }
            catch (ServerException e) when (e.Number == MySqlFaults.TlsFailed && _prefersTls && settings.Tls == MySqlTls.Prefer)
            {
                MySqlConnection plain = await MySqlConnection.OpenAsync(settings with { Tls = MySqlTls.Disable }, Kill, cancellation).ConfigureAwait(false);
                _settings = _settings with { Tls = MySqlTls.Disable };
                return plain;
            }
        }
        catch (ServerException e)
        {
            throw MySqlFaults.OnConnecting(e, this);
        }
    }

    /// <summary>Waits for statements that are being ended.</summary>
    public async ValueTask DisposeAsync() => await Task.WhenAll(_kills.Keys).ConfigureAwait(false);

    // By a connection of its own: the other one is not listened to while its statement runs.
    private void Kill(ulong thread)
    {
        Task work = Task.Run(() =>
        {
            try
            {
                using MySqlConnection other = MySqlConnection.Open(_settings, static _ => { });
                other.Send(string.Create(CultureInfo.InvariantCulture, $"KILL {thread}"));
            }
            catch (ServerException)
            {
                // It may have ended by itself, or the server with it.
            }
        });
        if (_kills.TryAdd(work, 0))
        {
            _ = work.ContinueWith(t => _kills.TryRemove(t, out _), TaskScheduler.Default);
        }
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
