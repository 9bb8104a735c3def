namespace Millrace.Connectors.MySql;

/// <summary>
/// Where a server begins to send its log, so that it goes on just behind what is read. On the server whose file was read that is a place in it, which
/// also shows a log that was reset or has lost its end; on any other, and where the file has gone, it is found by the numbers of transactions.
/// </summary>
/// <param name="From">What is read, as a place in the log of this server.</param>
/// <param name="History">What the server says of its log.</param>
/// <param name="IsFoundByServer">Whether the server looks for the place by the numbers of transactions, so that the file is not known yet.</param>
/// <param name="IsMoved">Whether the place was found by numbers.</param>
internal sealed record LogStart(LogPosition From, LogHistory History, bool IsFoundByServer, bool IsMoved)
{
    /// <param name="connection">To the server.</param>
    /// <param name="host">Its name, for messages.</param>
    /// <param name="since">What is read.</param>
    /// <param name="place">The table.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async ValueTask<LogStart> FindAsync(MySqlConnection connection, string host, LogPosition since, ErrorPlace place, CancellationToken cancellation)
    {
        LogHistory history = await LogHistory.FindAsync(connection, cancellation).ConfigureAwait(false);
        bool isSame = since.Server is null || since.Server == history.Server;
        bool isListed = history.Files.Any(f => f.Name == since.File);
        if (isSame && (isListed || since.Gtids is null))
        {
            RequireLength(history, host, since, place);
            if (isListed && !await history.IsPlaceOfAsync(connection, since, cancellation).ConfigureAwait(false))
            {
                throw LogErrors.Lost.Error($"{host}: the log is read up to {since.Describe()}, and other transactions stand before that place now. The log was reset.", place);
            }

            return new LogStart(await history.NumberedAsync(connection, since, cancellation).ConfigureAwait(false), history, IsFoundByServer: false, IsMoved: false);
        }

        if (isSame && IsBehindEnd(history, since.File))
        {
            throw LogErrors.Lost.Error($"{host}: the log is read up to {since.Describe()}, and the files of the server end with {history.Files[^1].Name}. The log was reset.", place);
        }

        if (since.Gtids is null || since.Transaction != 0 || GtidSet.Parse(since.Gtids) is not { } read)
        {
            throw LogErrors.Lost.Error($"{host}: the log is read up to {since} of another server, and no numbers of transactions (GTID) say where that is here.", place);
        }

        if (!history.HasGtids)
        {
            throw LogErrors.NotReady.Error($"{host}: transactions have no numbers on this server (gtid_mode); the log is read up to {read}, on another one.", place, "Set gtid_mode = ON on all servers that the job may be sent to.");
        }

        if (history.Obstacle(read) is { } obstacle)
        {
            throw obstacle.Code.Error($"{host}: the job has committed {read}. This server cannot go on there: {obstacle.Text}.", place);
        }

        string? file = await history.FileBehindAsync(connection, read, place, cancellation).ConfigureAwait(false);
        string first = history.Files[0].Name;
        LogPosition found = since with
        {
            File = file ?? first,
            At = LogPosition.FirstEvent,
            Created = 0,
            Server = history.Server,

            // Places here are to be greater than those on the other server.
            Shift = (long)LogPosition.Number(since.File) + since.Shift + 1 - (long)LogPosition.Number(first),
        };
        return new LogStart(found, history, IsFoundByServer: file is null, IsMoved: true);
    }

    private static void RequireLength(LogHistory history, string host, LogPosition since, ErrorPlace place)
    {
        if (history.Files.FirstOrDefault(f => f.Name == since.File) is { Name: not null, Length: var length } && length < since.At)
        {
            throw LogErrors.Lost.Error($"{host}: the log is read up to {since.Describe()}, and the file of the server ends at {length}: it lost the end of its log.", place);
        }
    }

    private static bool IsBehindEnd(LogHistory history, string file)
    {
        string last = history.Files[^1].Name;
        return Base(last) == Base(file) && LogPosition.Number(file) > LogPosition.Number(last);

        static string Base(string name) => name[..(name.LastIndexOf('.') + 1)];
    }
}
