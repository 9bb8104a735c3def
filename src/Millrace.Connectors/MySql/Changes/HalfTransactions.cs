using System.Collections.Concurrent;

namespace Millrace.Connectors.MySql;

/// <summary>
/// Transactions that a server died in while it wrote them to its binary log, and then rolled back: those of which rows were handed over before the
/// end of the file told. An attempt that meets one fails, and the next of the same process leaves its rows out from the beginning. Any thread may call.
/// </summary>
internal sealed class HalfTransactions
{
    private static readonly ConcurrentDictionary<string, HalfTransactions> ByServer = new(StringComparer.Ordinal);

    private readonly ConcurrentDictionary<HalfTransaction, bool> _known = new();

    /// <param name="server">What tells the server from all others.</param>
    public static HalfTransactions Of(string server) => ByServer.GetOrAdd(server, static _ => new HalfTransactions());

    public void Add(HalfTransaction transaction) => _known.TryAdd(transaction, true);

    public bool Contains(HalfTransaction transaction) => !_known.IsEmpty && _known.ContainsKey(transaction);
}

/// <summary>A transaction that is the last of a file, and has no end.</summary>
/// <param name="File">Name of the file.</param>
/// <param name="Created">When it was begun, in seconds since 1970.</param>
/// <param name="At">Where the transaction begins in it.</param>
internal readonly record struct HalfTransaction(string File, uint Created, long At);
