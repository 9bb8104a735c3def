using System.Globalization;
using Millrace.Sdk;
using Npgsql;

namespace Millrace.Connectors.Postgres;

/// <summary>Puts together what options, a connection text, a service and the environment say, in this order of weight.</summary>
internal static class ConnectionText
{
    public static NpgsqlConnectionStringBuilder Make(PostgresOptions options, ConnectorContext context)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        Add(values, Environment());
        string? service = options.Service ?? System.Environment.GetEnvironmentVariable("PGSERVICE");
        Dictionary<string, string> connection = options.Connection is { } text ? Parse(text) : [];
        if ((options.Service ?? connection.GetValueOrDefault("service") ?? service) is { Length: > 0 } section)
        {
            Add(values, ServiceFile.Read(section));
        }

        Add(values, connection);
        Add(values, Own(options));
        var made = new NpgsqlConnectionStringBuilder
        {
            Host = Hosts(values),
            Username = values.GetValueOrDefault("user") ?? System.Environment.UserName,
            Timeout = (int)Math.Clamp(options.ConnectTimeout.TotalSeconds, 1, 1024),
            CommandTimeout = Silence.Seconds(Silence.Of(options).Answering),
            KeepAlive = Silence.Seconds(options.KeepAlive),

            // Otherwise the system asks after its own time only, which is hours.
            TcpKeepAlive = options.KeepAlive > TimeSpan.Zero,
            TcpKeepAliveTime = Silence.Seconds(options.KeepAlive),
            TcpKeepAliveInterval = Silence.Seconds(options.KeepAlive / 3),
            ApplicationName = options.ApplicationName is { } name ? $"millrace {name}" : $"millrace {context.Job}",
            Options = "-c DateStyle=ISO -c IntervalStyle=postgres -c extra_float_digits=1 -c TimeZone=UTC",

            // What a run opens it keeps, and closes at its end.
            MaxPoolSize = 100,
            IncludeErrorDetail = true,
            ReadBufferSize = 64 << 10,
            WriteBufferSize = 64 << 10,
            GssEncryptionMode = KnowsKerberos() ? GssEncryptionMode.Prefer : GssEncryptionMode.Disable,
            SslMode = Tls(values.GetValueOrDefault("sslmode")),
        };
        made.Database = values.GetValueOrDefault("database") ?? made.Username;
        made.Password = values.GetValueOrDefault("password");
        made.Passfile = values.GetValueOrDefault("passfile");
        made.RootCertificate = values.GetValueOrDefault("sslrootcert");
        made.SslCertificate = values.GetValueOrDefault("sslcert");
        made.SslKey = values.GetValueOrDefault("sslkey");
        if (values.TryGetValue("port", out string? port))
        {
            made.Port = int.TryParse(port, CultureInfo.InvariantCulture, out int number) && number is > 0 and <= 65_535
                ? number
                : throw PostgresErrors.BadOption.Error($"The port is '{port}', and ports are numbers from 1 to 65535.");
        }

        return made;
    }

    // Asking for tickets loads the libraries of Kerberos, for nothing where it is not set up (MIT Kerberos documentation,
    // "Environment variables").
    private static bool KnowsKerberos()
        => File.Exists("/etc/krb5.conf") || new[] { "KRB5_CONFIG", "KRB5CCNAME", "KRB5_CLIENT_KTNAME" }.Any(v => System.Environment.GetEnvironmentVariable(v) is { Length: > 0 });

    // Several hosts may each have a port; one that lacks it has the common one.
    private static string Hosts(Dictionary<string, string> values)
        => values.TryGetValue("host", out string? host) && host.Length > 0 ? host : "localhost";

    private static void Add(Dictionary<string, string> values, IReadOnlyDictionary<string, string> more)
    {
        foreach ((string name, string value) in more)
        {
            values[name == "dbname" ? "database" : name] = value;
        }
    }

    private static Dictionary<string, string> Environment()
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string variable, string name) in new[]
        {
            ("PGHOST", "host"), ("PGPORT", "port"), ("PGDATABASE", "database"), ("PGUSER", "user"), ("PGPASSWORD", "password"), ("PGPASSFILE", "passfile"),
            ("PGSSLMODE", "sslmode"), ("PGSSLROOTCERT", "sslrootcert"), ("PGSSLCERT", "sslcert"), ("PGSSLKEY", "sslkey"),
        })
        {
            if (System.Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value)
            {
                values[name] = value;
            }
        }

        return values;
    }

    private static Dictionary<string, string> Own(PostgresOptions options)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        Set("host", options.Host);
        Set("port", options.Port?.ToString(CultureInfo.InvariantCulture));
        Set("database", options.Database);
        Set("user", options.User);
        Set("password", options.Password);
        Set("passfile", options.Passfile);
        Set("sslmode", options.Sslmode == PostgresTls.Prefer ? null : OptionInfo.SnakeCase(options.Sslmode.ToString()));
        Set("sslrootcert", options.Sslrootcert);
        Set("sslcert", options.Sslcert);
        Set("sslkey", options.Sslkey);
        return values;

        void Set(string name, string? value)
        {
            if (value is { Length: > 0 })
            {
                values[name] = value;
            }
        }
    }

    // A URL, or libpq's `name=value name='quoted value'`.
    private static Dictionary<string, string> Parse(string text)
    {
        if (text.Contains("://", StringComparison.Ordinal))
        {
            OptionMap map = PostgresAddress.ToOptions(Location.Parse(text));
            return map.Entries.Where(e => e.Value is OptionScalar).ToDictionary(e => e.Name, e => ((OptionScalar)e.Value).Text, StringComparer.Ordinal);
        }

        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (int at = 0; at < text.Length;)
        {
            if (char.IsWhiteSpace(text[at]))
            {
                at++;
                continue;
            }

            int equals = text.IndexOf('=', at);
            if (equals < 0)
            {
                throw PostgresErrors.BadLocation.Error($"In the connection, '{text[at..]}' is not name=value.");
            }

            string name = text[at..equals].Trim();
            at = equals + 1;
            var value = new System.Text.StringBuilder();
            bool quoted = at < text.Length && text[at] == '\'';
            for (at += quoted ? 1 : 0; at < text.Length && (quoted ? text[at] != '\'' : !char.IsWhiteSpace(text[at])); at++)
            {
                if (text[at] == '\\' && at + 1 < text.Length)
                {
                    at++;
                }

                value.Append(text[at]);
            }

            at += quoted ? 1 : 0;
            values[name] = value.ToString();
        }

        return values;
    }

    private static SslMode Tls(string? mode) => mode?.Replace("-", "_", StringComparison.Ordinal) switch
    {
        null or "prefer" => SslMode.Prefer,
        "disable" => SslMode.Disable,
        "allow" => SslMode.Allow,
        "require" => SslMode.Require,
        "verify_ca" => SslMode.VerifyCA,
        "verify_full" => SslMode.VerifyFull,
        _ => throw PostgresErrors.BadOption.Error($"sslmode is '{mode}'{NearestName.Suggest(mode, ["disable", "allow", "prefer", "require", "verify_ca", "verify_full"])}."),
    };
}
