using System.Net.Sockets;
using Millrace.Connectors.Common;
using Millrace.Sdk;
using Npgsql;

namespace Millrace.Connectors.Iceberg;

/// <summary>The way to the database of a catalog, and what it says as errors of catalogs. Any thread may call.</summary>
internal sealed class SqlCatalogDatabase : IAsyncDisposable
{
    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal) { ["dbname"] = "database" };

    private readonly NpgsqlDataSource _source;
    private readonly string _address;

    public SqlCatalogDatabase(SqlCatalogOptions options)
    {
        string text = options.Uri.StartsWith("jdbc:postgresql://", StringComparison.Ordinal) ? options.Uri["jdbc:".Length..] : options.Uri;
        Location location = Location.Parse(text);
        if (location.Scheme is not ("postgres" or "postgresql"))
        {
            throw CatalogErrors.BadOption.Error("The uri of the catalog is no address of a PostgreSQL database.", hint: "Write it as postgres://user@host/database.");
        }

        OptionMap parts = ServerLocation.ToOptions(location, Names);
        string? Part(string name) => (parts[name] as OptionScalar)?.Text;
        var connection = new NpgsqlConnectionStringBuilder
        {
            Host = Part("host") ?? Environment.GetEnvironmentVariable("PGHOST") ?? "localhost",
            Database = Part("database"),
            Timeout = (int)Math.Clamp(options.Timeout.TotalSeconds, 1, 1024),
            CommandTimeout = (int)Math.Clamp(options.Timeout.TotalSeconds, 1, int.MaxValue),
            ApplicationName = "millrace iceberg",
            IncludeErrorDetail = true,

            // Writers wait for each other at the catalog, and not for connections.
            MaxPoolSize = 8,
        };
        try
        {
            connection.Port = int.Parse(Part("port") ?? Environment.GetEnvironmentVariable("PGPORT") ?? "5432", System.Globalization.CultureInfo.InvariantCulture);
            connection.Username = options.User ?? Part("user") ?? connection.Username;
            connection.Password = options.Password ?? Part("password") ?? connection.Password;
            foreach (OptionEntry entry in parts.Entries.Where(e => e.Name is "sslmode" or "sslrootcert" or "sslcert" or "sslkey"))
            {
                connection[entry.Name switch { "sslmode" => "SSL Mode", "sslrootcert" => "Root Certificate", "sslcert" => "SSL Certificate", _ => "SSL Key" }]
                    = ((OptionScalar)entry.Value).Text is var value && entry.Name == "sslmode" ? value.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal) : value;
            }
        }
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException)
        {
            throw CatalogErrors.BadOption.Error($"The uri of the catalog is not right: {e.Message}");
        }

        string host = $"{connection.Host}:{connection.Port}";
        _address = $"postgres://{host}/{connection.Database}";
        Remote = $"iceberg:{host}";
        _source = NpgsqlDataSource.Create(connection);
    }

    public string Remote { get; }

    /// <summary>Runs what needs one connection.</summary>
    public async ValueTask<T> AskAsync<T>(Func<NpgsqlConnection, ValueTask<T>> ask, CancellationToken cancellation)
    {
        try
        {
            NpgsqlConnection connection = await _source.OpenConnectionAsync(cancellation).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                return await ask(connection).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested && e is NpgsqlException or SocketException or TimeoutException or IOException)
        {
            throw Explain(e);
        }
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    // Classes by SQLSTATE (PostgreSQL documentation, appendix "Error Codes").
    private MillraceException Explain(Exception error)
    {
        if (error is not PostgresException e)
        {
            return CatalogErrors.Down(_address, Remote, RestAnswer.Shown(RestAnswer.Innermost(error)), error);
        }

        string said = $"{e.MessageText} [{e.SqlState}]";
        return e.SqlState switch
        {
            "28P01" or "28000" => new MillraceException(CatalogErrors.Unauthorized, $"The database {_address} does not let in: {said}", null, "Check user and password; a password can come from PGPASSWORD or the password file.", e) { Remote = Remote },
            "42501" => new MillraceException(CatalogErrors.Forbidden, $"In the database {_address}: {said}", null, "Grant SELECT, INSERT, UPDATE and DELETE on iceberg_tables and iceberg_namespace_properties.", e) { Remote = Remote },
            "3D000" => new MillraceException(CatalogErrors.Refused, $"There is no such database at {_address}: {said}", null, "Make it, or name another one in uri.", e) { Remote = Remote },
            _ when e.IsTransient || e.SqlState is ['0', '8', ..] or ['5', '3', ..] or ['5', '7', ..] or "58000" or "58030" or "XX000" => CatalogErrors.Down(_address, Remote, said, e),
            _ => new MillraceException(CatalogErrors.Refused, $"The database {_address} refused a statement of the catalog: {said}", inner: e) { Remote = Remote },
        };
    }
}
