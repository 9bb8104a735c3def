using System.Globalization;
using System.Text.Json;

namespace Millrace.Bench.Peers;

/// <summary>The 22 queries of TPC-H over the same Parquet files, by the engine inside this program and by DuckDB.</summary>
internal static class TpchWorkload
{
    // The queries are short: code is compiled for speed only after some turns.
    private const int Turns = 10;

    // A quotient of decimals has six digits here and is a floating-point number in DuckDB.
    private const double Rounding = 1e-6;

    public static void Run(BenchOptions options)
    {
        string folder = TpchParquet.Folder();
        string ours = TpchParquet.Views(folder, path => $"'{path}'");
        string theirs = TpchParquet.Views(folder, path => $"read_parquet('{path}')");
        string[] queries = [.. Directory.EnumerateFiles(Path.Combine(Folders.Root, "tests", "sql", "tpch"), "*.sql").Order(StringComparer.Ordinal)];
        foreach (int threads in options.Threads)
        {
            Console.WriteLine($"tpch at scale {TpchParquet.Scale}, {threads} thread(s), {options.Pairs} pairs, fastest of {Turns} turns each, results equal");
            double logarithms = 0;
            foreach (string path in queries)
            {
                string query = File.ReadAllText(path);
                double ratio = Compare(
                    Path.GetFileNameWithoutExtension(path),
                    options.Pairs,
                    () => Measurement.OfAnswer(ChildProcess.Run(Environment.ProcessPath!, "sql", $"{threads}", $"{Turns}", $"{ours}; {query}")),
                    () => DuckDb.Run(threads, query, Turns, theirs));
                logarithms += Math.Log(ratio);
            }

            Console.WriteLine($"  geometric mean of the ratios: {Math.Exp(logarithms / queries.Length):0.00}x its speed");
        }
    }

    private static double Compare(string name, int pairs, Func<Measurement> millrace, Func<Measurement> other)
    {
        var ours = new List<Measurement>();
        var theirs = new List<Measurement>();
        for (int i = 0; i < pairs; i++)
        {
            ours.Add(millrace());
            theirs.Add(other());
            if (!Same(ours[^1].Result, theirs[^1].Result))
            {
                throw new InvalidOperationException($"{name}: the results differ.\nmillrace: {ours[^1].Result}\nDuckDB: {theirs[^1].Result}");
            }
        }

        double seconds = Median(ours, m => m.Seconds);
        double peer = Median(theirs, m => m.Seconds);
        Console.WriteLine($"  {name}  millrace {seconds * 1e3,7:0.0} ms {Median(ours, m => m.Run.PeakBytes) / 1e6,5:0} MB  DuckDB {peer * 1e3,7:0.0} ms {Median(theirs, m => m.Run.PeakBytes) / 1e6,5:0} MB  ratio {peer / seconds:0.00}x");
        return peer / seconds;
    }

    private static bool Same(string a, string b)
    {
        using JsonDocument left = JsonDocument.Parse(a);
        using JsonDocument right = JsonDocument.Parse(b);
        return left.RootElement.GetArrayLength() == right.RootElement.GetArrayLength()
            && left.RootElement.EnumerateArray().Zip(right.RootElement.EnumerateArray()).All(p => p.First.EnumerateArray().Zip(p.Second.EnumerateArray()).All(c => SameCell(c.First.ToString(), c.Second.ToString())));
    }

    private static bool SameCell(string a, string b)
        => a == b || (double.TryParse(a, NumberStyles.Float, CultureInfo.InvariantCulture, out double x)
            && double.TryParse(b, NumberStyles.Float, CultureInfo.InvariantCulture, out double y)
            && Math.Abs(x - y) <= Rounding * Math.Max(1, Math.Abs(x)));

    private static double Median(List<Measurement> runs, Func<Measurement, double> figure)
    {
        double[] sorted = [.. runs.Select(figure).Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
