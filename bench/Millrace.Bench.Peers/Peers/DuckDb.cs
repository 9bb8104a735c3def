namespace Millrace.Bench.Peers;

/// <summary>DuckDB through its Node package.</summary>
internal static class DuckDb
{
    private static long _baseBytes;

    /// <summary>What Node and an idle DuckDB take, which is not the workload's.</summary>
    public static long BaseBytes => _baseBytes != 0 ? _baseBytes : _baseBytes = Run(1, "SELECT 1").Run.PeakBytes;

    /// <summary>Runs statements; the time is that of the statements alone, without the start of Node. The result is the last one's rows.</summary>
    public static Measurement Run(int threads, params string[] statements)
    {
        ChildRun run = ChildProcess.Run(["node", Path.Combine(Folders.Root, "bench", "peers", "duckdb.mjs"), $"{threads}", .. statements]);
        return Measurement.OfAnswer(run);
    }

    /// <summary>The rows of a query, as JSON.</summary>
    public static string Query(string sql) => Run(2, sql).Result;
}
