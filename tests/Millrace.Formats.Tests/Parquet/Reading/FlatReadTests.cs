using Millrace.TestKit;

namespace Millrace.Formats.Tests.Parquet;

public class FlatReadTests
{
    // Every type that DuckDB writes flat; about a fifth of each is null, and runs of equal values alternate with others.
    private const string Columns = """
        SELECT
            CASE WHEN h % 5 = 0 THEN NULL ELSE h % 2 = 0 END AS a_bool,
            i % 3 = 0 AS a_bool_required,
            CASE WHEN h % 5 = 1 THEN NULL ELSE (h % 256 - 128)::TINYINT END AS an_int8,
            CASE WHEN h % 5 = 2 THEN NULL ELSE (h % 65536 - 32768)::SMALLINT END AS an_int16,
            CASE WHEN h % 5 = 3 THEN NULL ELSE (h % 4294967296 - 2147483648)::INTEGER END AS an_int32,
            CASE WHEN h % 5 = 4 THEN NULL ELSE h - 4611686018427387904 END AS an_int64,
            (h % 256)::UTINYINT AS a_uint8,
            (h % 65536)::USMALLINT AS a_uint16,
            (h % 4294967296)::UINTEGER AS a_uint32,
            h::UBIGINT * 2::UBIGINT AS a_uint64,
            CASE WHEN h % 7 = 0 THEN NULL ELSE sin(i)::FLOAT END AS a_float,
            CASE WHEN h % 7 = 1 THEN 'NaN'::DOUBLE WHEN h % 7 = 2 THEN 'Infinity'::DOUBLE WHEN h % 7 = 3 THEN NULL ELSE cos(i) END AS a_double,
            CASE WHEN h % 6 = 0 THEN NULL ELSE (h % 1000000 - 500000)::DECIMAL(9, 3) / 1::DECIMAL(1, 0) END::DECIMAL(9, 3) AS decimal_int32,
            (h % 100000000 - 5000)::DECIMAL(18, 4) AS decimal_int64,
            CASE WHEN h % 6 = 1 THEN NULL ELSE (h::DECIMAL(38, 10) - 900000000000::DECIMAL(38, 10)) END AS decimal_fixed,
            CASE WHEN h % 4 = 0 THEN NULL WHEN h % 4 = 1 THEN '' ELSE 'value ' || (h % 50) END AS few_texts,
            CASE WHEN h % 9 = 0 THEN NULL ELSE repeat('é', (h % 40)::INTEGER) || h END AS many_texts,
            CASE WHEN h % 3 = 0 THEN NULL ELSE encode('bytes' || i) END AS some_bytes,
            'https://example.org/path/' || (i // 3) || '/' || i AS with_prefix,
            CASE WHEN h % 8 = 0 THEN NULL ELSE DATE '1970-01-01' + (h % 80000 - 40000)::INTEGER END AS a_date,
            CASE WHEN h % 8 = 1 THEN NULL ELSE TIME '00:00:00' + to_microseconds((h % 86400000000)::BIGINT) END AS a_time,
            CASE WHEN h % 8 = 2 THEN NULL ELSE TIMESTAMP '1970-01-01' + to_microseconds((h % 4000000000000000 - 2000000000000000)::BIGINT) END AS a_timestamp,
            CASE WHEN h % 8 = 3 THEN NULL ELSE (TIMESTAMP '2020-01-01' + to_seconds((h % 100000000)::BIGINT))::TIMESTAMPTZ END AS an_instant,
            (TIMESTAMP '2020-01-01' + to_milliseconds((h % 100000000000)::BIGINT))::TIMESTAMP_MS AS in_millis,
            make_timestamp_ns((h % 1000000000000000000)::BIGINT) AS in_nanos,
            CASE WHEN h % 8 = 4 THEN NULL ELSE ('00000000-0000-0000-0000-' || lpad((h % 1000000)::VARCHAR, 12, '0'))::UUID END AS a_uuid,
            CASE WHEN h % 8 = 5 THEN NULL ELSE (['low', 'mid', 'high'])[(1 + h % 3)::BIGINT]::ENUM ('low', 'mid', 'high') END AS an_enum,
            CASE WHEN h % 8 = 6 THEN NULL ELSE '{"n": ' || h % 10 || '}' END::JSON AS some_json,
            i // 100 AS rising,
            NULL::INTEGER AS all_null
        FROM (SELECT i, (hash(CASE WHEN i // 700 % 2 = 0 THEN i // 100 ELSE i END) >> 1)::BIGINT AS h FROM range({0}) t(i))
        """;

    private static string Query(int rows) => Columns.Replace("{0}", rows.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);

    [Theory]
    [InlineData("uncompressed", "v1")]
    [InlineData("snappy", "v1")]
    [InlineData("gzip", "v1")]
    [InlineData("zstd", "v1")]
    [InlineData("brotli", "v1")]
    [InlineData("lz4_raw", "v1")]
    [InlineData("uncompressed", "v2")]
    [InlineData("snappy", "v2")]
    [InlineData("zstd", "v2")]
    public async Task What_duck_db_writes_is_read_as_duck_db_reads_it(string codec, string version)
    {
        using var leaks = new LeakCheck();
        using ParquetFile file = ParquetFile.FromDuckDb(Query(2600), $"COMPRESSION {codec}, PARQUET_VERSION {version}, ROW_GROUP_SIZE 2048");
        await file.EqualsDuckDbAsync(batchRows: 1000);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(2047)]
    [InlineData(100_000)]
    public async Task Batches_of_any_size_hold_the_same_rows(int batchRows)
    {
        using var leaks = new LeakCheck();
        using ParquetFile file = ParquetFile.FromDuckDb(Query(2100), "ROW_GROUP_SIZE 2048");
        await file.EqualsDuckDbAsync(batchRows);
    }
}
