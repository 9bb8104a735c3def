namespace Millrace.Connectors.Postgres;

/// <summary>
/// The moment at which a slot began, as of which the first loads of all its tables are read. Behind it stands a transaction of
/// the server, which is given up when every table is read, and locks that keep the tables as they are until then.
/// </summary>
/// <param name="start">Place in the log from which changes come.</param>
/// <param name="snapshot">Shows the moment; it belongs to this.</param>
/// <param name="locks">Holds the locks; it belongs to this.</param>
/// <param name="tables">The tables.</param>
internal sealed class SharedMoment(ulong start, ExportedSnapshot snapshot, ExportedSnapshot locks, IEnumerable<string> tables) : IAsyncDisposable
{
    private readonly HashSet<string> _left = [.. tables];

    public ulong Start => start;

    public ExportedSnapshot Snapshot => snapshot;

    /// <summary>Whether a table can still be read as of it.</summary>
    public bool Has(string table) => snapshot.IsOpen && _left.Contains(table);

    /// <summary>A table is read, or will not be.</summary>
    /// <returns>Whether none is left.</returns>
    public bool Done(string table)
    {
        _left.Remove(table);
        return _left.Count == 0;
    }

    public async ValueTask DisposeAsync()
    {
        await snapshot.DisposeAsync().ConfigureAwait(false);
        await locks.DisposeAsync().ConfigureAwait(false);
    }
}
