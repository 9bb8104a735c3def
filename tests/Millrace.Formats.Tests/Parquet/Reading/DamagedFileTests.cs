using Millrace.Columnar;
using Millrace.Formats.Parquet;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Parquet;

public class DamagedFileTests
{
    private const string Query = """
        SELECT i, CASE WHEN i % 3 = 0 THEN NULL ELSE 'text ' || (i % 20) END AS few, 'value ' || i AS many, i % 2 = 0 AS flag,
            (i / 3)::DECIMAL(20, 4) AS amount, [x FOR x IN range(i % 4)] AS list, {'a': i, 'b': map([i], ['m'])} AS part, sin(i) AS real
        FROM range(400) t(i)
        """;

    [Theory]
    [InlineData("snappy", "v1", 1)]
    [InlineData("uncompressed", "v2", 2)]
    [InlineData("uncompressed", "v1", 3)]
    [InlineData("zstd", "v2", 4)]
    public async Task A_file_with_wrong_bytes_gives_rows_or_an_error_that_says_so(string codec, string version, int seed)
    {
        using ParquetFile file = ParquetFile.FromDuckDb(Query, $"COMPRESSION {codec}, PARQUET_VERSION {version}");
        byte[] sound = await File.ReadAllBytesAsync(file.Path);
        await DamageAsync(sound, seed);
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 6)]
    public async Task A_file_of_ours_with_wrong_bytes_does_not_crash_without_checksums(int pageVersion, int seed)
    {
        using RecordBatch batch = new RandomBatches(seed, new() { Types = [.. Enum.GetValues<TypeId>().Where(t => t != TypeId.Interval)] }).Batch(16, 300);
        using WrittenFile file = await WrittenFile.FromAsync(new ParquetOptions { DataPageVersion = pageVersion, Compression = ParquetCompression.None, PageRows = 100 }, batch);
        await DamageAsync(await File.ReadAllBytesAsync(file.Path), seed);
    }

    [Fact]
    public async Task Wrong_bytes_in_page_indexes_and_bloom_filters_do_no_harm()
    {
        using ParquetFile source = ParquetFile.FromDuckDb(Query);
        List<RecordBatch> rows = await source.ReadAsync();
        using WrittenFile file = await WrittenFile.FromAsync(new ParquetOptions { PageRows = 40, RowGroupRows = 300, BloomFilters = ["many"] }, [.. rows]);
        rows.ForEach(b => b.Dispose());
        using Column large = Constant(DataType.Int64, "150");
        using Column text = Constant(DataType.Utf8, "value 160");
        await DamageAsync(
            await File.ReadAllBytesAsync(file.Path),
            7,
            new ColumnPredicate("i", PredicateOperator.Greater, large),
            new ColumnPredicate("many", PredicateOperator.Equal, text));
    }

    [Fact]
    public async Task A_file_that_was_cut_is_refused()
    {
        using ParquetFile file = ParquetFile.FromDuckDb("SELECT 1 AS a");
        byte[] sound = await File.ReadAllBytesAsync(file.Path);
        for (int length = 0; length < sound.Length; length++)
        {
            byte[] cut = sound[..length];
            MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => ParquetFile.ReadAsync(cut));
            Assert.Equal("MR2201", error.Code.Id);
        }
    }

    [Fact]
    public async Task An_encrypted_footer_is_called_so()
    {
        using ParquetFile file = ParquetFile.FromDuckDb("SELECT 1 AS a");
        byte[] bytes = await File.ReadAllBytesAsync(file.Path);
        "PARE"u8.CopyTo(bytes.AsSpan(bytes.Length - 4));
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => ParquetFile.ReadAsync(bytes));
        Assert.Equal("MR2206", error.Code.Id);
    }

    private static Column Constant(DataType type, string text)
    {
        var builder = new BinaryBuilder(DataType.Utf8);
        builder.Append(System.Text.Encoding.UTF8.GetBytes(text));
        using Column column = builder.Build();
        return Cast.To(column, type).Column;
    }

    private static async Task DamageAsync(byte[] sound, int seed, params ColumnPredicate[] predicates)
    {
        using var leaks = new LeakCheck();
        var random = new Random(seed);
        int errors = 0;
        const int rounds = 400;
        for (int round = 0; round < rounds; round++)
        {
            byte[] damaged = [.. sound];
            int flips = 1 + random.Next(3);
            for (int i = 0; i < flips; i++)
            {
                damaged[random.Next(damaged.Length - 8)] = (byte)(random.Next(2) == 0 ? random.Next(256) : random.Next(4) * 85);
            }

            try
            {
                List<RecordBatch> batches = await ParquetFile.ReadAsync(damaged, i => ParquetFile.Everything(i) with { BatchRows = 128, Limit = 2000, Predicates = predicates }, new ParquetOptions { VerifyChecksums = false, MaxPageBytes = 1 << 20 });
                batches.ForEach(b => b.Dispose());
            }
            catch (MillraceException e)
            {
                Assert.True(e.Code.Domain == ErrorDomain.User, e.Describe());
                Assert.NotNull(e.Place);
                errors++;
            }
        }

        Assert.InRange(errors, 1, rounds - 1);
    }
}
