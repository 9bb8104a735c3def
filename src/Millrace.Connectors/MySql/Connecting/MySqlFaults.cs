using System.Globalization;

namespace Millrace.Connectors.MySql;

/// <summary>What the server or the way to it said, as errors of the catalogue. Classes by error number ("Server Error Message Reference").</summary>
internal static class MySqlFaults
{
    /// <summary>What the library says where encryption does not come about.</summary>
    public const uint TlsFailed = 2026;

    /// <param name="error">What was said.</param>
    /// <param name="server">The server.</param>
    /// <param name="host">Which of its hosts; null for the one that is chosen.</param>
    public static MillraceException OnConnecting(ServerException error, MySqlServer server, string? host = null) => error.Number switch
    {
        1045 or 1698 => Of(MySqlErrors.Refused, server, error, "Look at user and password; a password can come from MYSQL_PWD or from [client] in ~/.my.cnf.", host: host),
        1044 or 1049 => Of(MySqlErrors.Refused, server, error, "Name an existing database that the user may enter after the host: mysql://host/database.", host: host),
        1130 => Of(MySqlErrors.Refused, server, error, "The server lists who may come from where: CREATE USER 'name'@'host'.", host: host),
        1820 or 1862 or 1251 or 2059 or 2061 => Of(MySqlErrors.Refused, server, error, null, host: host),
        TlsFailed => Of(MySqlErrors.Refused, server, error, "Give the authority's certificate with `sslrootcert`, or choose another `sslmode`.", host: host),
        2002 or 2003 or 2005 => Of(MySqlErrors.Unreachable, server, error, null, host: host),
        _ => OnStatement(error, server, null),
    };

    /// <param name="error">What was said.</param>
    /// <param name="server">The server.</param>
    /// <param name="place">What was read or written.</param>
    public static MillraceException OnStatement(ServerException error, MySqlServer server, ErrorPlace? place) => error.Number switch
    {
        _ when error.Unanswered is { } statement => Silent(server, error, statement, place),
        1044 or 1142 or 1143 or 1227 or 1370 => Of(MySqlErrors.NoRight, server, error, null, place),
        1146 or 1051 or 1049 or 1109 => Of(MySqlErrors.UnknownTable, server, error, null, place),
        _ when EndsConnection(error.Number) => Of(MySqlErrors.Unreachable, server, error, null, place),
        _ when IsPassing(error.Number) => Of(MySqlErrors.Passing, server, error, null, place),
        _ => Of(MySqlErrors.Failed, server, error, null, place),
    };

    /// <summary>As <see cref="OnStatement"/>, of a query whose columns stood in the catalogue a moment ago.</summary>
    public static MillraceException OnPlanned(ServerException error, MySqlServer server, ErrorPlace? place)
        => error.Number is 1054 or 1412 ? Of(MySqlErrors.Altered, server, error, null, place) : OnStatement(error, server, place);

    /// <summary>As <see cref="OnStatement"/>, where rows are written that may be at fault.</summary>
    public static MillraceException OnRows(ServerException error, MySqlServer server, ErrorPlace place)
        => IsOfRow(error) ? Of(MySqlErrors.RowRefused, server, error, null, place) : OnStatement(error, server, place);

    /// <summary>
    /// Whether the server has something against a row and not against the statement: data exceptions, integrity constraints and
    /// what triggers raise (SQLSTATE classes 22, 23, 45), and the older ones among them that have no class.
    /// </summary>
    public static bool IsOfRow(ServerException error)
        => (error.State.Length == 5 && error.State[..2] is "22" or "23" or "45")
            || error.Number is 1048 or 1062 or 1263 or 1264 or 1265 or 1292 or 1366 or 1364 or 1406 or 1411 or 1416 or 1452 or 3140 or 3819 or 4025;

    /// <summary>Whether nothing more can be said over the connection.</summary>
    public static bool EndsConnection(uint number)
        => number is 1053 or 1077 or 1079 or 1152 or 1153 or (>= 1156 and <= 1161) or 1184 or 1927 or 2006 or 2013 or 2020 or 2027 or 2055 or 3169 or 4031;

    // Deadlocks, locks not to be had, resources that ran out, a server that only reads for now; a statement that somebody ended.
    private static bool IsPassing(uint number)
        => number is 1020 or 1021 or 1040 or 1041 or 1114 or 1135 or 1203 or 1205 or 1206 or 1213 or 1226 or 1290 or 1297 or 1317 or 1612 or 1614 or 1637 or 1836 or 1969 or 3024 or 3572;

    private static MillraceException Silent(MySqlServer server, ServerException cause, string statement, ErrorPlace? place)
        => new(MySqlErrors.Silent, string.Create(CultureInfo.InvariantCulture, $"{server.Host}: not a byte came or went for {Math.Ceiling(cause.Silence.TotalSeconds)} s while an answer was waited for to: {statement}."), place, null, cause) { Remote = server.Remote };

    private static MillraceException Of(ErrorCode code, MySqlServer server, ServerException cause, string? hint, ErrorPlace? place = null, string? host = null)
        => new(code, string.Create(CultureInfo.InvariantCulture, $"{host ?? server.Host}: {cause.Message.TrimEnd('.')} [{cause.Number}]."), place, hint, cause) { Remote = server.Remote };
}
