using System.Diagnostics;
using Millrace.Columnar;
using Millrace.Formats;

namespace Millrace.Bench.Peers;

/// <summary>
/// Writes rows that are in memory already as Parquet: the writer alone. Each process writes three times and counts the
/// fastest. Millrace's writer uses one thread, whatever number DuckDB has.
/// </summary>
internal static class ParquetWriteWorkload
{
    private const long DefaultRows = 3_000_000;
    private const int Turns = 3;

    public static void Run(BenchOptions options)
    {
        long rows = options.Rows ?? DefaultRows;
        string csv = Lineitem.Csv(rows);
        string ours = Path.Combine(Folders.Data, "millrace.parquet");
        string theirs = Path.Combine(Folders.Data, "duckdb.parquet");
        string load = $"CREATE TABLE lineitem AS {Lineitem.Read(csv)}";
        foreach (int threads in options.Threads)
        {
            Comparison.Print(
                $"parquet-write, 1 thread against {threads}",
                rows,
                new FileInfo(csv).Length,
                options.Pairs,
                "DuckDB",
                DuckDb.BaseBytes,
                () => Measurement.OfAnswer(ChildProcess.Run(Environment.ProcessPath!, "write", csv, ours, Lineitem.ColumnList, $"{Turns}")) with { Result = Lineitem.Fingerprint(ours) },
                () => DuckDb.Run(threads, $"COPY lineitem TO '{theirs}' (FORMAT parquet)", Turns, load) with { Result = Lineitem.Fingerprint(theirs) });
            Console.WriteLine($"  files: millrace {new FileInfo(ours).Length / 1e6:0} MB, DuckDB {new FileInfo(theirs).Length / 1e6:0} MB; CPU and memory include loading the rows, the seconds do not");
        }

        File.Delete(ours);
        File.Delete(theirs);
    }

    /// <summary>Loads a CSV file, then writes it so many times; returns the seconds of the fastest turn.</summary>
    public static async Task<double> WriteAsync(string from, string to, string columns, int turns)
    {
        Schema schema = new(ScanWorkloads.SplitColumns(columns).Select(c => c.Split(':', 2)).Select(p => new Field(p[0], DataType.Parse(p[1]))));
        List<RecordBatch> batches = await LoadAsync(from, schema);
        FileFormat format = FormatRegistry.BuiltIn.Require("parquet");
        double seconds = double.MaxValue;
        for (int turn = 0; turn < turns; turn++)
        {
            var watch = Stopwatch.StartNew();
            await using (var stream = new FileStream(to, FileMode.Create, FileAccess.Write, FileShare.None, 0))
            {
                await using IBatchWriter writer = format.OpenWriter(new StreamByteTarget(stream, to), schema, (FormatOptions)Activator.CreateInstance(format.OptionsType)!);
                foreach (RecordBatch batch in batches)
                {
                    await writer.WriteAsync(batch, default);
                }

                await writer.FinishAsync(default);
            }

            seconds = Math.Min(seconds, watch.Elapsed.TotalSeconds);
        }

        batches.ForEach(b => b.Dispose());
        return seconds;
    }

    private static async Task<List<RecordBatch>> LoadAsync(string path, Schema schema)
    {
        FileFormat format = FormatRegistry.BuiltIn.Require("csv");
        await using var source = new FileByteSource(path);
        FileInspection inspection = await format.InspectAsync(source, (FormatOptions)Activator.CreateInstance(format.OptionsType)!, default);
        await using IBatchReader reader = format.OpenReader(
            source, inspection, new FileReadRequest { Columns = schema, Declared = schema.Fields.Select(f => f.Name).ToHashSet(), Range = FileRange.Whole(source.Length) });
        var batches = new List<RecordBatch>();
        while (await reader.ReadAsync(default) is { } batch)
        {
            batches.Add(batch);
        }

        return batches;
    }
}
