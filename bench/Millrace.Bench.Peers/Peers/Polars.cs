namespace Millrace.Bench.Peers;

/// <summary>Polars through its Node package, for formats that DuckDB reads only with an extension from the network.</summary>
internal static class Polars
{
    private static readonly string Script = Path.Combine(Folders.Root, "bench", "peers", "polars.mjs");

    /// <summary>Sums over columns of an Avro file, so many times; the time is that of the fastest turn, without the start of Node.</summary>
    public static Measurement ScanAvro(string path, int times, IEnumerable<string> columns)
        => Measurement.OfAnswer(ChildProcess.Run(["node", Script, path, $"{times}", .. columns]));
}
