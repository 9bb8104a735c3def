using System.Collections.Concurrent;
using System.Globalization;
using Millrace.Sdk;

namespace Millrace.Connectors.MySql;

/// <summary>
/// The way to one server: its address, made of options, and connections to it. Of several hosts one is chosen by the first connection, and all later
/// ones go there: what was read from one server is not gone on with at another by chance.
/// </summary>
internal sealed class MySqlServer : IAsyncDisposable
{
    /// <summary>How long a transaction that is given up is waited for.</summary>
    public static readonly TimeSpan MostForEnding = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<Task, byte> _kills = new();
    private readonly SemaphoreSlim _choosing = new(1);
    private readonly ConnectionSettings[] _hosts;
    private readonly bool _writes;
    private int _chosen = -1;

    private MySqlServer(ConnectionSettings[] hosts, bool writes)
    {
        _hosts = hosts;
        _writes = writes;
        _chosen = hosts.Length == 1 ? 0 : -1;
        Remote = $"mysql:{Host}";
    }

    /// <summary>Host and port, for messages; several hosts with commas, until one is chosen.</summary>
    public string Host => Volatile.Read(ref _chosen) is >= 0 and int chosen ? _hosts[chosen].Address : string.Join(',', _hosts.Select(h => h.Address));

    /// <summary>What <see cref="ISource.Remote"/> and its like give.</summary>
    public string Remote { get; }

    /// <summary>Database of names that do not say theirs; null where none was given.</summary>
    public string? Database => _hosts[0].Database;

    /// <param name="options">Where to, and as whom.</param>
    /// <param name="context">The job.</param>
    /// <param name="writes">Whether rows are written: of several hosts one that takes them is chosen.</param>
    public static MySqlServer Of(MySqlOptions options, ConnectorContext context, bool writes = false)
    {
        string? host = options.Host ?? Variable("MYSQL_HOST");
        uint port = (uint?)options.Port ?? (uint.TryParse(Variable("MYSQL_TCP_PORT"), CultureInfo.InvariantCulture, out uint given) ? given : 0);
        if (options is { Sslmode: MySqlTls.VerifyCa, Sslrootcert: null })
        {
            throw MySqlErrors.BadOption.Error("sslmode is verify_ca, and no authority is named.", hint: "Name its file with `sslrootcert`.");
        }

        ServerHost[] hosts = ServerHost.Parse(host, port);
        return hosts.Length > 0
            ? new MySqlServer([.. hosts.Select(h => Settings(options, context, h, hosts.Length == 1 ? options.Port is null : h.Port == 0, writes))], writes)
            : throw MySqlErrors.BadOption.Error($"'{host}' names no host.");
    }

    /// <summary>A connection; the caller disposes of it.</summary>
    public ValueTask<MySqlConnection> OpenAsync(CancellationToken cancellation) => OpenAsync(TimeSpan.Zero, cancellation);

    /// <summary>As <see cref="OpenAsync(CancellationToken)"/>, of a server that says something from time to time.</summary>
    public async ValueTask<MySqlConnection> OpenAsync(TimeSpan mostSilence, CancellationToken cancellation)
    {
        if (Volatile.Read(ref _chosen) < 0)
        {
            await ChooseAsync((c, address) => RequireWritableAsync(c, address, cancellation), anew: false, cancellation).ConfigureAwait(false);
        }

        return await OpenAsync(_chosen, mostSilence, cancellation).ConfigureAwait(false);
    }

    /// <summary>Chooses the first host that answers and will do, before anything is read; the only one in any case. Fails with what each lacks.</summary>
    /// <param name="require">Given a connection and the address, fails for a server that will not do.</param>
    /// <param name="cancellation">Stops it.</param>
    public ValueTask ChooseAsync(Func<MySqlConnection, string, ValueTask> require, CancellationToken cancellation)
        => _hosts.Length == 1 ? ValueTask.CompletedTask : ChooseAsync(require, anew: true, cancellation);

    /// <summary>Waits for statements that are being ended.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_kills.Keys).ConfigureAwait(false);
        _choosing.Dispose();
    }

    private static ConnectionSettings Settings(MySqlOptions options, ConnectorContext context, ServerHost host, bool mayBeSocket, bool writes)
    {
        bool isLocal = options.Socket is not null || (host.Name is null or "localhost" && mayBeSocket);
        bool prefers = options.Sslmode == MySqlTls.Prefer;
        return new ConnectionSettings
        {
            Host = host.Name,
            Port = host.Port,
            Address = options.Socket ?? host.ToString(),

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
            NetworkTimeout = options.NetworkTimeout,
            KeepAlive = options.KeepAlive,
            StatementTimeout = options.StatementTimeout,
            Program = $"millrace {context.Job}",
            SendsData = writes,
        };
    }

    private async ValueTask ChooseAsync(Func<MySqlConnection, string, ValueTask> require, bool anew, CancellationToken cancellation)
    {
        await _choosing.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_chosen < 0 || anew)
            {
                Volatile.Write(ref _chosen, await FindAsync(require, cancellation).ConfigureAwait(false));
            }
        }
        finally
        {
            _choosing.Release();
        }
    }

    private async ValueTask<int> FindAsync(Func<MySqlConnection, string, ValueTask> require, CancellationToken cancellation)
    {
        var refusals = new List<MillraceException>();
        for (int host = 0; host < _hosts.Length; host++)
        {
            try
            {
                using MySqlConnection connection = await OpenAsync(host, TimeSpan.Zero, cancellation).ConfigureAwait(false);
                await require(connection, _hosts[host].Address).ConfigureAwait(false);
                return host;
            }
            catch (MillraceException e) when (e.Code != MySqlErrors.Refused)
            {
                refusals.Add(e);
            }
            catch (ServerException e)
            {
                refusals.Add(MySqlFaults.OnConnecting(e, this, _hosts[host].Address));
            }
        }

        throw Refusal(refusals);
    }

    private async ValueTask<MySqlConnection> OpenAsync(int host, TimeSpan mostSilence, CancellationToken cancellation)
    {
        ConnectionSettings settings = _hosts[host] with { MostSilence = mostSilence };
        try
        {
            try
            {
                return await MySqlConnection.OpenAsync(settings, Kill, cancellation).ConfigureAwait(false);
            }
            catch (ServerException e) when (e.Number == MySqlFaults.TlsFailed && settings.Tls == MySqlTls.Prefer)
            {
                MySqlConnection plain = await MySqlConnection.OpenAsync(settings with { Tls = MySqlTls.Disable }, Kill, cancellation).ConfigureAwait(false);
                _hosts[host] = _hosts[host] with { Tls = MySqlTls.Disable };
                return plain;
            }
        }
        catch (ServerException e)
        {
            throw MySqlFaults.OnConnecting(e, this, settings.Address);
        }

        void Kill(ulong thread) => this.Kill(settings, thread);
    }

    // A replica takes no rows of others, or should not.
    private async ValueTask RequireWritableAsync(MySqlConnection connection, string address, CancellationToken cancellation)
    {
        if (_writes && await connection.ScalarAsync("SELECT @@global.read_only", cancellation).ConfigureAwait(false) is "1" or "ON")
        {
            throw MySqlErrors.Passing.Error($"{address}: `read_only` is on: the server takes no rows.");
        }
    }

    // What a server has to say is worth more than that another one is not there; but where that one may come back, it is worth trying again.
    private static MillraceException Refusal(List<MillraceException> refusals)
    {
        MillraceException said = refusals.Find(r => r.Code != MySqlErrors.Unreachable) ?? refusals[0];
        MillraceException? passing = said.Code.Class == ErrorClass.Retryable ? said : refusals.Find(r => r.Code.Class == ErrorClass.Retryable);
        return new MillraceException((passing ?? said).Code, string.Join(' ', refusals.Select(r => r.Message)), said.Place, said.Hint, said) { Remote = said.Remote, Related = refusals };
    }

    // By a connection of its own: the other one is not listened to while its statement runs.
    private void Kill(ConnectionSettings settings, ulong thread)
    {
        Task work = Task.Run(() =>
        {
            try
            {
                using MySqlConnection other = MySqlConnection.Open(settings with { MostSilence = settings.ConnectTimeout }, static _ => { });
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
