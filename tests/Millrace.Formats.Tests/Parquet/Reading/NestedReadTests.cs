using System.Text.Json.Nodes;
using Millrace.Columnar;
using Millrace.Formats.Parquet;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Parquet;

public class NestedReadTests
{
    // Nulls and empties at every level, and lists of up to some hundred items, so that rows cross pages.
    private const string Nested = """
        SELECT
            i,
            CASE WHEN h % 7 = 0 THEN NULL ELSE [CASE WHEN (h + x) % 5 = 0 THEN NULL ELSE h + x END FOR x IN range(h % 6)] END AS ints,
            CASE WHEN h % 11 = 0 THEN NULL WHEN h % 50 = 1 THEN ['t' || x FOR x IN range(300)] ELSE [CASE WHEN (h + x) % 4 = 0 THEN NULL ELSE 'text ' || x END FOR x IN range(h % 3)] END AS texts,
            CASE WHEN h % 5 = 0 THEN NULL ELSE {'a': CASE WHEN h % 3 = 0 THEN NULL ELSE h END, 'b': {'c': CASE WHEN h % 4 = 0 THEN NULL ELSE 's' || i END, 'd': h % 2 = 0}} END AS a_struct,
            CASE WHEN h % 6 = 0 THEN NULL ELSE map(['k' || x FOR x IN range(h % 4)], [CASE WHEN (h + x) % 3 = 0 THEN NULL ELSE x END FOR x IN range(h % 4)]) END AS a_map,
            CASE WHEN h % 6 = 1 THEN NULL ELSE [CASE WHEN (h + x) % 4 = 0 THEN NULL ELSE [CASE WHEN (x + y) % 3 = 0 THEN NULL ELSE x * 10 + y END FOR y IN range((h + x) % 4)] END FOR x IN range(h % 4)] END AS lists,
            [CASE WHEN (h + x) % 5 = 0 THEN NULL ELSE {'n': x, 'tags': CASE WHEN x = 2 THEN NULL ELSE map([y FOR y IN range(x)], [{'v': CASE WHEN y = 1 THEN NULL ELSE 'v' || y END, 'w': [y, NULL]} FOR y IN range(x)]) END} END FOR x IN range(h % 5)] AS deep
        FROM (SELECT i, (hash(i) >> 1)::BIGINT AS h FROM range({0}) t(i))
        """;

    private static string Query(int rows) => Nested.Replace("{0}", rows.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);

    [Theory]
    [InlineData(4096)]
    [InlineData(100)]
    [InlineData(1)]
    public async Task Lists_structs_and_maps_are_read_as_duck_db_reads_them(int batchRows)
    {
        using var leaks = new LeakCheck();
        using ParquetFile file = ParquetFile.FromDuckDb(Query(1000), "ROW_GROUP_SIZE 2048");
        await file.EqualsDuckDbAsync(batchRows);
    }

    [Theory]
    [InlineData("WriterVersion.V1", true, 256)]
    [InlineData("WriterVersion.V1", false, 512)]
    [InlineData("WriterVersion.V2", true, 1000)]
    [InlineData("WriterVersion.V2", false, 512)]
    public async Task Small_pages_of_either_version_end_anywhere_in_nested_rows(string version, bool dictionary, int pageBytes)
    {
        using var leaks = new LeakCheck();
        foreach (string column in new[] { "ints", "a_struct", "a_map", "lists" })
        {
            using ParquetFile written = ParquetFile.FromDuckDb($"SELECT {column} FROM ({Query(500)})");
            using ParquetFile file = written.Rewrite(
                ["setWriterVersion", version],
                ["setDictionaryEnabled", dictionary],
                ["setDataPageSizeLimit", pageBytes]);
            await file.EqualsDuckDbAsync(batchRows: 77);
        }
    }

    [Fact]
    public async Task A_random_nested_batch_that_our_writer_wrote_is_read_back()
    {
        using var leaks = new LeakCheck();
        for (int seed = 1; seed <= 8; seed++)
        {
            var random = new RandomBatches(seed, new() { MaxDepth = 3, Types = [.. Enum.GetValues<TypeId>().Where(t => t is not (TypeId.Interval or TypeId.Dictionary or TypeId.Time or TypeId.Timestamp))] });
            using RecordBatch batch = random.Batch(12, 500);
            using WrittenFile file = await WrittenFile.FromAsync(new ParquetOptions { PageRows = 50, RowGroupRows = 200, DataPageVersion = 1 + (seed & 1) }, batch);
            List<RecordBatch> read = await ParquetFile.ReadAsync(await File.ReadAllBytesAsync(file.Path), i => ParquetFile.Everything(i) with { BatchRows = 90 });
            try
            {
                BatchAssert.EqualRows([batch], read);
            }
            finally
            {
                read.ForEach(b => b.Dispose());
            }
        }
    }
}
