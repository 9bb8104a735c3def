using System.Globalization;

namespace Millrace.Connectors.MySql;

/// <summary>All that a connection is opened with; null leaves it to the option files.</summary>
internal sealed unsafe record ConnectionSettings
{
    // enum mysql_protocol_type.
    private const uint TcpProtocol = 1;

    private const int KeptOpenSeconds = 7 * 24 * 3600;

    public string? Host { get; init; }

    /// <summary>Host and port, or the socket, for messages.</summary>
    public required string Address { get; init; }

    /// <summary>0 for the default.</summary>
    public uint Port { get; init; }

    public string? Socket { get; init; }

    /// <summary>Whether the socket is not meant, whatever the host is called.</summary>
    public bool IsTcp { get; init; }

    public string? User { get; init; }

    public string? Password { get; init; }

    public string? Database { get; init; }

    public string? OptionFile { get; init; }

    public required MySqlTls Tls { get; init; }

    public string? TlsAuthority { get; init; }

    public string? TlsCertificate { get; init; }

    public string? TlsKey { get; init; }

    public bool Compress { get; init; }

    public required TimeSpan ConnectTimeout { get; init; }

    public required TimeSpan StatementTimeout { get; init; }

    /// <summary>How long not a byte may come or go while something is waited for; zero for any time.</summary>
    public required TimeSpan NetworkTimeout { get; init; }

    /// <summary>The same where a connection has a limit of its own; zero where it has none.</summary>
    public TimeSpan MostSilence { get; init; }

    /// <summary>The limit that holds.</summary>
    public TimeSpan Silence => MostSilence > TimeSpan.Zero ? MostSilence : NetworkTimeout;

    /// <summary>Silence of a connection after which the other end is asked for a sign of life; zero for never.</summary>
    public required TimeSpan KeepAlive { get; init; }

    /// <summary>Shown by <c>performance_schema.session_connect_attrs</c>.</summary>
    public required string Program { get; init; }

    /// <summary>Whether rows will be sent as local data. A server may otherwise ask its clients for any of their files.</summary>
    public bool SendsData { get; init; }

    /// <summary>Gives the options to the library.</summary>
    public void Apply(ConnectionHandle connection)
    {
        if (OptionFile is { Length: > 0 } file)
        {
            _ = Native.SetOption(connection, ClientOption.ReadDefaultFile, file);
        }

        _ = Native.SetOption(connection, ClientOption.ReadDefaultGroup, "millrace");
        _ = Native.SetOption(connection, ClientOption.CharsetName, "utf8mb4");
        _ = Native.SetOption(connection, ClientOption.AddAttribute, "program_name", Program);
        Set(connection, ClientOption.ConnectTimeout, (uint)Math.Clamp(Math.Ceiling(ConnectTimeout.TotalSeconds), 1, int.MaxValue));
        if (Silence > TimeSpan.Zero)
        {
            // The library counts in milliseconds.
            uint seconds = (uint)Math.Clamp(Math.Ceiling(Silence.TotalSeconds), 1, int.MaxValue / 1000);
            Set(connection, ClientOption.ReadTimeout, seconds);
            Set(connection, ClientOption.WriteTimeout, seconds);
        }

        if (IsTcp)
        {
            Set(connection, ClientOption.Protocol, TcpProtocol);
        }

        Set(connection, ClientOption.LocalInfile, SendsData ? 1u : 0u);
        if (Compress)
        {
            _ = Native.SetOption(connection, ClientOption.Compress, (void*)null);
        }

        if (Tls != MySqlTls.Disable)
        {
            byte yes = 1;

            // The authority is looked at where one is given; this is about the name of the server.
            byte verify = (byte)(Tls == MySqlTls.VerifyFull ? 1 : 0);
            _ = Native.SetOption(connection, ClientOption.DemandTls, &yes);
            _ = Native.SetOption(connection, ClientOption.VerifyServerCertificate, &verify);
            SetFile(connection, ClientOption.TlsAuthority, TlsAuthority);
            SetFile(connection, ClientOption.TlsCertificate, TlsCertificate);
            SetFile(connection, ClientOption.TlsKey, TlsKey);
        }
    }

    /// <summary>
    /// What every session begins with. Times are in UTC, bad values are errors, 0 is no request for a generated key, and the
    /// server waits for as long as the other end of a copy needs.
    /// </summary>
    public string SessionOf(bool isMariaDb)
    {
        string limit = StatementTimeout <= TimeSpan.Zero ? ""
            : isMariaDb ? string.Create(CultureInfo.InvariantCulture, $", max_statement_time = {StatementTimeout.TotalSeconds:0.###}")
            : string.Create(CultureInfo.InvariantCulture, $", max_execution_time = {StatementTimeout.TotalMilliseconds:0}");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            SET NAMES utf8mb4; SET SESSION time_zone = '+00:00', sql_notes = 0, sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION',
            net_write_timeout = {KeptOpenSeconds}, net_read_timeout = {KeptOpenSeconds}, wait_timeout = {KeptOpenSeconds}{limit}
            """);
    }

    private static void Set(ConnectionHandle connection, ClientOption option, uint value) => _ = Native.SetOption(connection, option, &value);

    private static void SetFile(ConnectionHandle connection, ClientOption option, string? file)
    {
        if (file is not null)
        {
            _ = Native.SetOption(connection, option, file);
        }
    }
}
