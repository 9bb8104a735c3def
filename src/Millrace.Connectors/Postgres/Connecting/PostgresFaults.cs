using System.Globalization;
using System.Net.Sockets;
using Npgsql;

namespace Millrace.Connectors.Postgres;

/// <summary>
/// What the server or the way to it said, as errors of the catalogue. Classes by SQLSTATE (PostgreSQL documentation, appendix
/// "Error Codes").
/// </summary>
internal static class PostgresFaults
{
    // What it says of a connection that broke, and is used once more, is that it is not open.
    private const string Driver = "Npgsql";

    /// <summary>Whether an exception is one to translate here, and not the caller's own wish to stop.</summary>
    public static bool IsOfServer(Exception error, CancellationToken cancellation)
        => !cancellation.IsCancellationRequested && error is NpgsqlException or SocketException or TimeoutException or IOException or ArgumentException or InvalidOperationException { Source: Driver };

    /// <summary>Whether an exception may come of giving up what is broken, or was given up already.</summary>
    public static bool IsOfEnding(Exception error) => error is NpgsqlException or IOException or OperationCanceledException or InvalidOperationException { Source: Driver };

    public static MillraceException OnConnecting(Exception error, PostgresServer server) => error switch
    {
        PostgresException { SqlState: "28P01" or "28000" } e => Of(PostgresErrors.Refused, server, e.MessageText, e, "Look at user and password; a password can come from PGPASSWORD or ~/.pgpass."),
        PostgresException { SqlState: "3D000" } e => Of(PostgresErrors.Refused, server, e.MessageText, e, "Name an existing database after the host: postgres://host/database."),
        PostgresException e => OnStatement(e, server, null),
        NpgsqlException { InnerException: ArgumentException } e => Of(PostgresErrors.BadOption, server, e.Message, e, null),
        ArgumentException => Of(PostgresErrors.BadOption, server, error.Message, error, null),
        NpgsqlException { InnerException: System.Security.Authentication.AuthenticationException cause } => Of(PostgresErrors.Refused, server, $"TLS: {cause.Message}", error, "Give the authority's certificate with `sslrootcert`, or choose another `sslmode`."),
        NpgsqlException { IsTransient: false, InnerException: null } e when e.Message.Contains("password", StringComparison.OrdinalIgnoreCase)
            => Of(PostgresErrors.Refused, server, "The server asks for a password, and none is given.", e, "Set PGPASSWORD, write it into ~/.pgpass, or use the option `password`."),
        _ when Silence.Ended(error) => Of(PostgresErrors.Unreachable, server, Innermost(error), error, "See that it runs, and that no firewall stands between; for one that is far away raise `connect_timeout`."),
        _ => Of(PostgresErrors.Unreachable, server, Innermost(error), error, null),
    };

    /// <param name="error">What was thrown.</param>
    /// <param name="server">The server.</param>
    /// <param name="place">What was read or written.</param>
    /// <param name="doing">What was done.</param>
    public static MillraceException OnStatement(Exception error, PostgresServer server, ErrorPlace? place, string doing = "an answer was waited for")
    {
        if (error is not PostgresException e)
        {
            return Silence.Ended(error)
                ? Of(PostgresErrors.Silent, server, server.Silence.Describe(doing), error, null, place)
                : Of(PostgresErrors.Unreachable, server, Innermost(error), error, null, place);
        }

        string detail = MessageOf(e);
        return e.SqlState switch
        {
            "42501" => Of(PostgresErrors.NoRight, server, detail, e, e.Hint, place),
            "42P01" or "3F000" => Of(PostgresErrors.UnknownTable, server, detail, e, e.Hint, place),
            _ when IsPassing(e.SqlState) => Of(PostgresErrors.Passing, server, $"{detail} [{e.SqlState}]", e, e.Hint, place),
            _ => Of(PostgresErrors.Failed, server, $"{detail} [{e.SqlState}]", e, e.Hint, place),
        };
    }

    /// <summary>As <see cref="OnStatement"/>, where rows are written that may be at fault.</summary>
    public static MillraceException OnRows(Exception error, PostgresServer server, ErrorPlace place, string doing) => error is PostgresException e && IsOfRow(e)
        ? Of(PostgresErrors.RowRefused, server, $"{MessageOf(e)} [{e.SqlState}]{RowOf(e)}", e, null, place with { Field = e.ColumnName })
        : OnStatement(error, server, place, doing);

    /// <summary>Whether the server has something against a row and not against the statement: data exceptions, integrity constraints, what triggers and views raise.</summary>
    public static bool IsOfRow(PostgresException error)
        => error.SqlState.StartsWith("22", StringComparison.Ordinal) || error.SqlState.StartsWith("23", StringComparison.Ordinal) || error.SqlState is "P0001" or "44000";

    public static string MessageOf(PostgresException error) => error.Detail is { Length: > 0 } more ? $"{error.MessageText} ({more})" : error.MessageText;

    // A COPY says at which row it was: "COPY orders, line 17, column id".
    private static string RowOf(PostgresException error) => error.Where is { Length: > 0 } where ? $", {where.Split('\n')[0]}" : "";

    /// <summary>The row of a COPY that the server is at, from 1; null where it does not say.</summary>
    public static long? LineOf(PostgresException error)
    {
        const string mark = ", line ";
        string where = error.Where ?? "";
        if (!where.StartsWith("COPY ", StringComparison.Ordinal) || where.IndexOf(mark, StringComparison.Ordinal) is not (>= 0 and var at))
        {
            return null;
        }

        ReadOnlySpan<char> rest = where.AsSpan(at + mark.Length);
        int digits = rest.IndexOfAnyExceptInRange('0', '9');
        return long.TryParse(digits < 0 ? rest : rest[..digits], CultureInfo.InvariantCulture, out long line) ? line : null;
    }

    /// <summary>As <see cref="OnStatement"/>, of a query whose columns stood in the catalogue a moment ago.</summary>
    public static MillraceException OnPlanned(Exception error, PostgresServer server, ErrorPlace? place)
        => error is PostgresException { SqlState: "42703" } e ? Of(PostgresErrors.Altered, server, e.MessageText, e, null, place) : OnStatement(error, server, place);

    // Lost connections, resources that ran out, shutdowns, deadlocks and serialization failures, locks not to be had; a
    // standby that had to cancel a query counts as a serialization failure.
    private static bool IsPassing(string state)
        => state.StartsWith("08", StringComparison.Ordinal)
            || state.StartsWith("53", StringComparison.Ordinal)
            || state is "57P01" or "57P02" or "57P03" or "57P04" or "40001" or "40P01" or "55P03" or "55006" or "58000" or "58030";

    private static MillraceException Of(ErrorCode code, PostgresServer server, string message, Exception cause, string? hint, ErrorPlace? place = null)
        => new(code, $"{server.Host}: {message.TrimEnd('.')}.", place, hint, cause) { Remote = server.Remote };

    private static string Innermost(Exception error)
    {
        while (error.InnerException is { } cause)
        {
            error = cause;
        }

        return error.Message;
    }
}
