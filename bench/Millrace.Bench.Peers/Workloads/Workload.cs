namespace Millrace.Bench.Peers;

/// <summary>One line of the table of performance figures.</summary>
/// <param name="Name">What follows <c>bench/run</c>.</param>
/// <param name="Doc">What is measured against what.</param>
/// <param name="Run">Makes the data, measures and prints.</param>
internal sealed record Workload(string Name, string Doc, Action<BenchOptions> Run)
{
    public static readonly IReadOnlyList<Workload> All =
    [
        new("csv-parquet", "lineitem from CSV to Parquet, against DuckDB's COPY", CopyWorkloads.CsvToParquet),
        new("csv-scan", "count and two sums over lineitem as CSV, against DuckDB's read_csv", ScanWorkloads.Csv),
        new("parquet-scan", "sums over 5 of the 16 columns of lineitem as Parquet, against DuckDB's read_parquet", ScanWorkloads.Parquet),
        new("json-scan", "count and two sums over trades as JSON lines, against DuckDB's read_ndjson", ScanWorkloads.Json),
        new("avro-scan", "count and four sums over 8 columns of lineitem as Avro, against Polars' read_avro", ScanWorkloads.Avro),
        new("parquet-write", "lineitem from memory to Parquet, against DuckDB's COPY of a table in memory", ParquetWriteWorkload.Run),
        new("1brc", "smallest, average and greatest temperature by station over CSV as SQL, against DuckDB", SqlWorkloads.Stations),
        new("json-window", "one-minute windows by symbol with four aggregates over JSON lines as SQL, against DuckDB", SqlWorkloads.JsonWindow),
        new("parquet-group", "sums by two columns over lineitem as Parquet as SQL, against DuckDB", SqlWorkloads.ParquetGroup),
        new("csv-sum", "count and two sums over lineitem as CSV as SQL, against DuckDB", SqlWorkloads.CsvSum),
        new("tpch", "the 22 queries of TPC-H over Parquet files at scale 0.1, against DuckDB", TpchWorkload.Run),
        new("nexmark", "the queries of Nexmark over JSON lines, one by one, against DuckDB", NexmarkWorkload.Run),
        new("nexmark-stream", "the queries of Nexmark as streams over events in memory, against the batch engine", NexmarkStreamWorkload.Run),
        new("postgres-read", "a table of PostgreSQL to Parquet, against COPY TO STDOUT (FORMAT binary) into nothing", PostgresWorkloads.Read),
        new("postgres-write", "Parquet to a table of PostgreSQL, against psql's \\copy of the same rows as CSV", PostgresWorkloads.Write),
        new("postgres-tables", "1, 5, 10 and 20 tables of PostgreSQL at once, against one with as many rows", PostgresWorkloads.Tables),
        new("postgres-changes", "changes of a table of PostgreSQL to Parquet and into a table, against pg_recvlogical; the age of rows under a steady load", PostgresChangesWorkload.Run),
        new("mysql-read", "a table of MariaDB to Parquet, against its client's SELECT into nothing", MySqlWorkloads.Read),
        new("mysql-write", "Parquet to a table of MariaDB, against its client's LOAD DATA LOCAL of the same rows", MySqlWorkloads.Write),
        new("iceberg-merge", "one row in a hundred replaced in an Iceberg table, against DuckDB writing the Parquet file anew", IcebergMergeWorkload.Run),
        new("iceberg-append", "commits of 100 files each to an Iceberg table, against the same files written alone; a commit in an old table against a young one", IcebergWorkloads.Append),
        new("iceberg-plan", "the plan of an Iceberg table of 10 000 files, beside DuckDB's listing and scan of them", IcebergWorkloads.Plan),
        new("iceberg-compact", "10 000 small files of an Iceberg table written anew, against DuckDB's COPY of them", IcebergWorkloads.Compact),
        new("start", "--version and a one-row copy, against DuckDB's SELECT 1", StartWorkload.Run),
        new("memory", "peak memory of copies: of growing length, of wide tables, of many partitions", MemoryWorkload.Run),
        new("delivery", "a job with commits that hold, against the same job without: exactly once against at least once", EpochWorkloads.Delivery),
        new("batching", "small rows with each batching strategy, against one row an epoch", EpochWorkloads.Batching),
        new("recovery", "a run that finds 10 000 files in its checkpoint: time to its first new commit", EpochWorkloads.Recovery),
        new("state-recovery", "a query with 6 M groups that is killed and started again: time to its first new commit", StateRecoveryWorkload.Run),
        new("slow-sink", "peak memory when the target is much slower than the source", EpochWorkloads.SlowSink),
    ];
}
