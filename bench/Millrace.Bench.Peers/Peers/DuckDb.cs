namespace Millrace.Bench.Peers;

/// <summary>DuckDB through its Node package.</summary>
internal static class DuckDb
{
    private static long _baseBytes;

    /// <summary>What Node and an idle DuckDB take, which is not the workload's.</summary>
    public static long BaseBytes => _baseBytes != 0 ? _baseBytes : _baseBytes = Run(1, "SELECT 1").Run.PeakBytes;

    /// <summary>Runs a statement so many times; the time is that of the fastest turn, without the start of Node. The result is its rows.</summary>
    /// <param name="threads">Threads that DuckDB may use.</param>
    /// <param name="sql">The statement.</param>
    /// <param name="times">Turns.</param>
    /// <param name="before">A statement that runs once before, which does not count.</param>
    public static Measurement Run(int threads, string sql, int times = 1, string? before = null)
    {
        ChildRun run = ChildProcess.Run(["node", Path.Combine(Folders.Root, "bench", "peers", "duckdb.mjs"), $"{threads}", $"{times}", .. before is null ? Array.Empty<string>() : ["once:" + before], sql]);
        return Measurement.OfAnswer(run);
    }

    /// <summary>The rows of a query, as JSON.</summary>
    public static string Query(string sql) => Run(2, sql).Result;
}
