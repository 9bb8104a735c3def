using System.Diagnostics;
using System.Globalization;
using Millrace.Columnar;
using Millrace.Connectors.Common;
using Millrace.Connectors.Iceberg;
using Millrace.Formats;
using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Bench.Peers;

/// <summary>Iceberg tables: what a commit costs beside its files and as the table grows older, plans over many files, and compaction.</summary>
internal static class IcebergWorkloads
{
    private const int FilesPerCommit = 100;
    private const int RowsPerFile = 200;

    /// <summary>Commits of 100 files each, against the same files written alone, both made durable.</summary>
    public static void Append(BenchOptions options) => AppendAsync((int)(options.Rows ?? 1_000)).GetAwaiter().GetResult();

    /// <summary>The plan of a table of 10 000 files, with and without a condition.</summary>
    public static void Plan(BenchOptions options) => PlanAsync(options).GetAwaiter().GetResult();

    /// <summary>10 000 small files written anew as one, against DuckDB's COPY of the same files.</summary>
    public static void Compact(BenchOptions options)
    {
        long files = options.Rows ?? 10_000;
        string folder = TableAsync(files).GetAwaiter().GetResult();
        string copy = Path.Combine(Folders.Data, "lake-compact");
        string theirs = Path.Combine(Folders.Data, "lake-duckdb.parquet");
        long bytes = Directory.EnumerateFiles(Path.Combine(folder, "data"), "*.parquet", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length);
        foreach (int threads in options.Threads)
        {
            Comparison.Print(
                $"iceberg-compact, {files:N0} files, {threads} thread(s)", files * RowsPerFile, bytes, options.Pairs, "DuckDB", DuckDb.BaseBytes,
                () =>
                {
                    Remove(copy);
                    ChildProcess.Run("cp", "-r", folder, copy);
                    ChildRun run = MillraceProgram.Run("iceberg", "compact", copy, "--threads", $"{threads}");
                    MillraceProgram.Run("iceberg", "expire", copy, "--older-than", "0s");
                    return new Measurement(run.Seconds, run, Sums($"{copy}/data/**/*.parquet"));
                },
                () => DuckDb.Run(threads, $"COPY (SELECT * FROM read_parquet('{folder}/data/**/*.parquet', hive_partitioning = false)) TO '{theirs}' (FORMAT parquet, COMPRESSION zstd)") with { Result = Sums(theirs) });
        }

        Remove(copy);
        File.Delete(theirs);
    }

    private static async Task AppendAsync(int commits)
    {
        string table = Path.Combine(Folders.Data, "lake-append");
        string plain = Path.Combine(Folders.Data, "plain-append");
        Remove(table);
        Remove(plain);
        var store = new LocalStore(plain);
        FileFormat format = FormatRegistry.BuiltIn.Require("parquet");
        using RecordBatch rows = Rows(0);
        await using ISink sink = Sink(table, ["part"], ByteSize.MiB(256));
        await sink.EnsureSchemaAsync(rows.Schema, SchemaEvolution.Evolve, default);
        await using ISinkWriter writer = await sink.OpenWriterAsync(new SinkRequest { Schema = rows.Schema, Mode = WriteMode.Append, RunId = "bench", FencingToken = 1 }, default);
        var ours = new List<double>();
        var theirs = new List<double>();
        for (int commit = 0; commit < commits; commit++)
        {
            var watch = Stopwatch.StartNew();
            await writer.WriteAsync(rows, default);
            await writer.CommitAsync(new Checkpoint { Job = "bench", Epoch = commit + 1, CreatedAt = DateTimeOffset.UnixEpoch, FencingToken = 1 }, default);
            ours.Add(watch.Elapsed.TotalMilliseconds);

            watch.Restart();
            await WriteAloneAsync(store, format, rows, commit);
            theirs.Add(watch.Elapsed.TotalMilliseconds);
        }

        string sums = Sums($"{table}/data/**/*.parquet");
        if (sums != Sums($"{plain}/**/*.parquet"))
        {
            throw new InvalidOperationException("The table and the plain files hold different rows.");
        }

        int tenth = Math.Max(1, commits / 10);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"iceberg-append: {commits:N0} commits of {FilesPerCommit} files, rows equal"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  table {ours.Sum() / 1000:0.0} s, files alone {theirs.Sum() / 1000:0.0} s: {ours.Sum() / theirs.Sum():0.00}x; medians {Median(ours):0.0} and {Median(theirs):0.0} ms a commit: {Median(ours) / Median(theirs):0.00}x"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  table: first tenth {Median(ours[..tenth]):0.0} ms a commit, last tenth {Median(ours[^tenth..]):0.0} ms; the slowest {ours.Max():0} ms"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  files alone: first tenth {Median(theirs[..tenth]):0.0} ms, last tenth {Median(theirs[^tenth..]):0.0} ms"));
        Remove(table);
        Remove(plain);
    }

    // As the table's own files: encoded one after the other, made durable a few at once.
    private static async Task WriteAloneAsync(LocalStore store, FileFormat format, RecordBatch rows, int commit)
    {
        var files = new List<IStagedObject>();
        for (int part = 0; part < FilesPerCommit; part++)
        {
            using RecordBatch slice = rows.Slice(part * RowsPerFile, RowsPerFile);
            string name = string.Create(CultureInfo.InvariantCulture, $"part={part}/{commit:D5}.parquet");
            IStagedObject staged = await store.StageAsync(name, default);
            files.Add(staged);
            await using IBatchWriter file = format.OpenWriter(new StagedTarget(staged, name), rows.Schema, new Formats.Parquet.ParquetOptions { Compression = Formats.Parquet.ParquetCompression.Zstd });
            await file.WriteAsync(slice, default);
            await file.FinishAsync(default);
        }

        await Parallel.ForEachAsync(files, new ParallelOptions { MaxDegreeOfParallelism = 8 }, static async (file, cancellation) =>
        {
            await using (file)
            {
                await file.PublishAsync(PutCondition.IfAbsent, cancellation);
            }
        });
    }

    private static async Task PlanAsync(BenchOptions options)
    {
        string folder = await TableAsync(options.Rows ?? 10_000);
        foreach ((string title, string? where) in new (string, string?)[] { ("no condition", null), ("part = 7", "part = 7"), ("id < 1000", "id < 1000") })
        {
            double best = double.MaxValue;
            int splits = 0;
            for (int turn = 0; turn < options.Pairs * 3; turn++)
            {
                var watch = Stopwatch.StartNew();
                splits = await PlanOnceAsync(folder, where);
                best = Math.Min(best, watch.Elapsed.TotalMilliseconds);
            }

            double list = DuckDb.Run(2, $"SELECT count(*) FROM glob('{folder}/data/**/*.parquet')", options.Pairs).Seconds * 1000;
            double scan = DuckDb.Run(2, $"SELECT count(*) FROM read_parquet('{folder}/data/**/*.parquet', hive_partitioning = false) WHERE {where ?? "true"}", options.Pairs).Seconds * 1000;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"iceberg-plan, {title}: {splits:N0} files planned in {best:0.0} ms; DuckDB lists the folder in {list:0.0} ms and counts the rows in {scan:0} ms"));
        }
    }

    private static async Task<int> PlanOnceAsync(string folder, string? where)
    {
        await using ISource source = new IcebergConnector().OpenSource(new IcebergSourceOptions { Path = folder }, new ConnectorContext { Job = "bench" });
        var predicates = new List<ColumnPredicate>();
        if (where is not null)
        {
            string[] words = where.Split(' ');
            using ColumnBuilder builder = ColumnBuilder.Create(words[0] == "part" ? DataType.Int32 : DataType.Int64);
            ColumnValue.Append(builder, words[0] == "part" ? (object)int.Parse(words[2], CultureInfo.InvariantCulture) : long.Parse(words[2], CultureInfo.InvariantCulture));
            predicates.Add(new ColumnPredicate(words[0], words[1] == "=" ? PredicateOperator.Equal : PredicateOperator.Less, builder.Build()));
        }

        await using IReadPlan plan = await source.PlanAsync(new ReadRequest { Predicates = predicates }, default);
        int splits = 0;
        await foreach (Split _ in plan.SplitsAsync(default))
        {
            splits++;
        }

        predicates.ForEach(p => p.Value?.Dispose());
        return splits;
    }

    // A file for each 200 rows. Kept for the next run, as all data of benchmarks.
    private static async Task<string> TableAsync(long files)
    {
        string folder = Path.Combine(Folders.Data, string.Create(CultureInfo.InvariantCulture, $"lake-{files}"));
        if (File.Exists(Path.Combine(folder, "metadata", "made")))
        {
            return folder;
        }

        Remove(folder);
        await using ISink sink = Sink(folder, [], new ByteSize(1));
        using RecordBatch shape = Rows(0);
        await sink.EnsureSchemaAsync(shape.Schema, SchemaEvolution.Evolve, default);
        await using ISinkWriter writer = await sink.OpenWriterAsync(new SinkRequest { Schema = shape.Schema, Mode = WriteMode.Append, RunId = "bench", FencingToken = 1 }, default);
        for (int file = 0; file < files; file += FilesPerCommit)
        {
            using RecordBatch rows = Rows((long)file * RowsPerFile);
            for (int part = 0; part < Math.Min(FilesPerCommit, files - file); part++)
            {
                using RecordBatch slice = rows.Slice(part * RowsPerFile, RowsPerFile);
                await writer.WriteAsync(slice, default);
            }

            await writer.CommitAsync(new Checkpoint { Job = "bench", Epoch = file + 1, CreatedAt = DateTimeOffset.UnixEpoch, FencingToken = 1 }, default);
        }

        await File.WriteAllTextAsync(Path.Combine(folder, "metadata", "made"), "");
        return folder;
    }

    private static ISink Sink(string path, IReadOnlyList<string> partition, ByteSize fileSize)
        => new IcebergConnector().OpenSink(new IcebergTargetOptions { Path = path, Partition = partition, MaxOpenFiles = FilesPerCommit, TargetFileSize = fileSize }, new ConnectorContext { Job = "bench" });

    // A hundred parts, one after the other.
    private static RecordBatch Rows(long first)
    {
        using var part = ColumnBuilder.Create(DataType.Int32);
        using var id = ColumnBuilder.Create(DataType.Int64);
        using var price = ColumnBuilder.Create(DataType.Float64);
        using var name = ColumnBuilder.Create(DataType.Utf8);
        const int rows = FilesPerCommit * RowsPerFile;
        for (int i = 0; i < rows; i++)
        {
            ColumnValue.Append(part, i / RowsPerFile);
            ColumnValue.Append(id, first + i);
            ColumnValue.Append(price, (first + i) % 997 / 8.0);
            ColumnValue.Append(name, $"name {(first + i) % 5000}");
        }

        var schema = new Schema(new Field("part", DataType.Int32), new Field("id", DataType.Int64), new Field("price", DataType.Float64), new Field("name", DataType.Utf8));
        return new RecordBatch(schema, rows, part.Build(), id.Build(), price.Build(), name.Build());
    }

    private static string Sums(string files) => DuckDb.Query($"SELECT count(*), sum(id), sum(part), sum(price), count(DISTINCT name) FROM read_parquet('{files}', hive_partitioning = false)");

    private static double Median(IReadOnlyList<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
