using System.Globalization;

namespace Millrace.Connectors.MySql;

/// <summary>What the server says when its binary log is asked for, as errors of the catalogue.</summary>
internal static class LogFaults
{
    // The server names what is wrong with a log in words only.
    private const uint OfLog = 1236;

    // What MariaDB has for it instead.
    private const uint SameNumber = 4052;

    /// <param name="error">What was said.</param>
    /// <param name="server">The server.</param>
    /// <param name="from">Where the job is.</param>
    /// <param name="number">Its number as a reader.</param>
    /// <param name="place">The table.</param>
    public static MillraceException OnLog(ServerException error, MySqlServer server, LogPosition from, uint number, ErrorPlace place)
    {
        string text = $"{server.Host}: {error.Message.TrimEnd('.')}";
        return error.Number switch
        {
            _ when error.Unanswered is not null => MySqlErrors.Silent.Error(
                string.Create(CultureInfo.InvariantCulture, $"{server.Host}: nothing came for {Math.Ceiling(error.Silence.TotalSeconds)} s while changes were waited for, though the server says every few seconds that it is there."),
                place,
                "The next attempt connects anew. Look for a proxy or firewall that drops connections; `heartbeat` says how often the server gives a sign of life, three of which may be missed.",
                error),
            SameNumber => Taken(),
            OfLog when Says("same server_uuid") || Says("same server_id") => Taken(),
            OfLog when Says("not in the master's binlog") && Says("diverged") || Says("missing the GTID")
                => LogErrors.Diverged.Error($"The job has committed {from.Describe()}. {text}.", place, inner: error),
            OfLog when Says("not in the master's binlog") => LogErrors.Behind.Error($"The job has committed {from.Describe()}. {text}.", place, inner: error),
            OfLog when Says("Could not find") || Says("impossible position") || Says("purged") || Says("not found") || Says("could not open") || Says("past EOF")
                => LogErrors.Lost.Error($"The log is read up to {from.Describe()}, and the server cannot go on there. {text}.", place, inner: error),
            OfLog when Says("not open") => LogErrors.NotReady.Error($"{text}.", place, "Set `log_bin` in the server's configuration, and restart it.", error),
            OfLog => LogErrors.Broken.Error($"{text}.", place, inner: error),
            1227 or 1045 => MySqlErrors.NoRight.Error($"{text}.", place, "GRANT REPLICATION SLAVE ON *.* TO the user of the job; `millrace check` names it.", error),
            _ => MySqlFaults.OnStatement(error, server, place),
        };

        bool Says(string words) => error.Message.Contains(words, StringComparison.OrdinalIgnoreCase);

        MillraceException Taken()
            => LogErrors.Taken.Error($"Another reader has come that is number {number} too, and the server has dropped this one. {text}.", place, inner: error);
    }
}
