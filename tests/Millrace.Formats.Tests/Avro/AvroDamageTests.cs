using Millrace.Columnar;
using Millrace.Formats.Avro;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Avro;

public class AvroDamageTests
{
    private const string IntSchema = "\"int\"";
    private const string Nulls = "{\"type\":\"array\",\"items\":\"null\"}";

    public static TheoryData<string, string, string> Blocks => new()
    {
        { "a number without an end", "\"long\"", "ffffffffffffffffffff" },
        { "a number that is cut off", "\"long\"", "80" },
        { "an int of more than 32 bits", "\"int\"", "ffffffff7f" },
        { "bytes left behind the row", "\"int\"", "0200" },
        { "a text longer than the block", "\"string\"", "0a6162" },
        { "a text of negative length", "\"string\"", "03" },
        { "a boolean of 2", "\"boolean\"", "02" },
        { "a union branch too high", "[\"null\", \"int\"]", "04" },
        { "a union branch below zero", "[\"null\", \"int\"]", "01" },
        { "an enum symbol too high", "{\"type\":\"enum\",\"name\":\"e\",\"symbols\":[\"A\"]}", "02" },
        { "more items than bytes", "{\"type\":\"array\",\"items\":\"int\"}", "fe0f02" },
        { "an array without an end", "{\"type\":\"array\",\"items\":\"int\"}", "0202" },
        { "a block of items that is longer than the block", "{\"type\":\"array\",\"items\":\"int\"}", "01fe0f0200" },
        { "the smallest count", "{\"type\":\"array\",\"items\":\"int\"}", "ffffffffffffffffff01020200" },
        { "a fixed that is cut off", "{\"type\":\"fixed\",\"name\":\"f\",\"size\":4}", "010203" },
        { "a double that is cut off", "\"double\"", "01020304050607" },
    };

    [Theory]
    [MemberData(nameof(Blocks))]
    public async Task A_damaged_row_is_an_error_at_its_block(string damage, string schema, string hex)
    {
        Assert.NotEmpty(damage);
        using var leaks = new LeakCheck();
        byte[] file = AvroContainer.Of(schema, "null", (1, Convert.FromHexString(hex))).ToFile();
        int block = AvroContainer.Of(schema, "null").ToFile().Length;
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => AvroFiles.RowsAsync(file));
        Assert.Equal("MR2305", error.Code.Id);
        Assert.Equal(block, error.Place?.Offset);
        Assert.Equal("file.avro", error.Place?.File);
    }

    [Fact]
    public async Task Items_that_take_no_bytes_are_limited()
    {
        using var leaks = new LeakCheck();
        byte[] many = [.. AvroContainer.Long(long.MaxValue), 0];
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => AvroFiles.RowsAsync(AvroContainer.Of(Nulls, "null", (1, many)).ToFile()));
        Assert.Equal("MR2307", error.Code.Id);
        byte[] few = [.. AvroContainer.Long(1000), 0];
        List<RecordBatch> read = await AvroFiles.ReadAsync(AvroContainer.Of(Nulls, "null", (1, few)).ToFile());
        Assert.Equal(1000, ((ListColumn)read[0][0]).Items.NullCount);
        read[0].Dispose();
    }

    [Fact]
    public async Task Items_that_take_no_bytes_are_limited_where_they_are_skipped_too()
    {
        using var leaks = new LeakCheck();
        const string schema = "{\"type\":\"record\",\"name\":\"r\",\"fields\":[{\"name\":\"n\",\"type\":{\"type\":\"array\",\"items\":\"null\"}},{\"name\":\"i\",\"type\":\"int\"}]}";
        byte[] row = [.. AvroContainer.Long(long.MaxValue), 0, 2];
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => AvroFiles.RowsAsync(AvroContainer.Of(schema, "null", (1, row)).ToFile(), columns: ["i"]));
        Assert.Equal("MR2307", error.Code.Id);
    }

    [Fact]
    public async Task Rows_that_take_no_bytes_are_limited()
    {
        using var leaks = new LeakCheck();
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => AvroFiles.RowsAsync(AvroContainer.Of("\"null\"", "null", (long.MaxValue, [])).ToFile()));
        Assert.Equal("MR2305", error.Code.Id);
    }

    [Fact]
    public async Task Rows_that_are_only_counted_are_limited_too()
    {
        using var leaks = new LeakCheck();
        const string schema = "{\"type\":\"record\",\"name\":\"r\",\"fields\":[{\"name\":\"i\",\"type\":\"int\"}]}";
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => AvroFiles.ReadAsync(AvroContainer.Of(schema, "deflate", (long.MaxValue, [3, 0])).ToFile(), columns: []));
        Assert.Equal("MR2305", error.Code.Id);
        Assert.Equal(5, (await AvroFiles.ReadAsync(AvroContainer.Of(schema, "null", (5, [2, 4, 6, 8, 10])).ToFile(), columns: [])).Sum(b => b.Length));
    }

    [Fact]
    public async Task Data_that_nests_without_end_is_an_error()
    {
        using var leaks = new LeakCheck();
        const string schema = "{\"type\":\"record\",\"name\":\"r\",\"fields\":[{\"name\":\"r\",\"type\":[\"null\",\"r\"]}]}";
        byte[] deep = [.. Enumerable.Repeat((byte)2, 100_000), 0];
        byte[] file = AvroContainer.Of(schema, "null", (1, deep)).ToFile();
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => AvroFiles.RowsAsync(file));
        Assert.Equal("MR2307", error.Code.Id);
    }

    [Theory]
    [InlineData(-1, 5)]
    [InlineData(1, -5)]
    [InlineData(3, 2)]
    public async Task A_block_that_lies_about_its_rows_is_an_error(long rows, int size)
    {
        using var leaks = new LeakCheck();
        byte[] header = AvroContainer.Of(IntSchema, "null").ToFile();
        byte[] file = [.. header, .. AvroContainer.Long(rows), .. AvroContainer.Long(size), 2, 2, .. header[^16..]];
        Assert.Equal("MR2305", (await Assert.ThrowsAsync<MillraceException>(() => AvroFiles.RowsAsync(file))).Code.Id);
    }

    [Theory]
    [InlineData(1, "MR2306")]
    [InlineData(5, "MR2306")]
    [InlineData(17, "MR2306")]
    [InlineData(18, "MR2306")]
    public async Task A_file_that_ends_within_a_block_is_an_error(int missing, string code)
    {
        using var leaks = new LeakCheck();
        byte[] file = AvroContainer.Of(IntSchema, "null", (3, [2, 4, 6])).ToFile();
        Assert.Equal(code, (await Assert.ThrowsAsync<MillraceException>(() => AvroFiles.RowsAsync(file[..^missing]))).Code.Id);
    }

    [Fact]
    public async Task A_file_that_ends_within_its_header_is_an_error_wherever_that_is()
    {
        byte[] file = AvroContainer.Of(IntSchema, "null").ToFile();
        for (int length = 0; length < file.Length; length++)
        {
            MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => AvroFiles.InspectAsync(file[..length]));
            Assert.Equal(length < 4 ? "MR2301" : "MR2306", error.Code.Id);
        }
    }

    [Fact]
    public async Task A_wrong_marker_is_an_error_at_its_block()
    {
        using var leaks = new LeakCheck();
        byte[] file = AvroContainer.Of(IntSchema, "null", (3, [2, 4, 6])).ToFile();
        file[^1] ^= 1;
        Assert.Equal("MR2305", (await Assert.ThrowsAsync<MillraceException>(() => AvroFiles.RowsAsync(file))).Code.Id);
    }

    [Fact]
    public async Task A_wrong_checksum_is_an_error_at_its_block()
    {
        using var leaks = new LeakCheck();
        using RecordBatch batch = new RandomBatches(1).Batch(2, 100);
        AvroContainer parts = AvroContainer.Parse(await AvroFiles.WriteAsync(batch.Schema, [batch], new AvroOptions { Compression = "snappy" }));
        parts.Blocks[0].Data[^1] ^= 1;
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => AvroFiles.RowsAsync(parts.ToFile()));
        Assert.Equal("MR2406", error.Code.Id);
        Assert.NotNull(error.Place?.Offset);
    }

    [Fact]
    public async Task Blocks_beyond_the_limit_are_an_error_compressed_or_not()
    {
        using var leaks = new LeakCheck();
        byte[] rows = new byte[1 << 20];
        byte[] plain = AvroContainer.Of("\"boolean\"", "null", (rows.Length, rows)).ToFile();
        byte[] small = (byte[])plain.Clone();
        using (var stream = new MemoryStream())
        {
            using (var deflate = new System.IO.Compression.DeflateStream(stream, System.IO.Compression.CompressionLevel.Optimal))
            {
                deflate.Write(rows);
            }

            small = AvroContainer.Of("\"boolean\"", "deflate", (rows.Length, stream.ToArray())).ToFile();
        }

        Assert.True(small.Length < 4096);
        Assert.Equal("MR2307", (await Assert.ThrowsAsync<MillraceException>(() => AvroFiles.RowsAsync(plain, new AvroOptions { MaxBlockBytes = 1 << 16 }))).Code.Id);
        Assert.Equal("MR2403", (await Assert.ThrowsAsync<MillraceException>(() => AvroFiles.RowsAsync(small, new AvroOptions { MaxBlockBytes = 1 << 16 }))).Code.Id);
    }

    [Fact]
    public async Task An_unknown_codec_is_an_error_that_suggests_one()
    {
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => AvroFiles.InspectAsync(AvroContainer.Of(IntSchema, "snapy").ToFile()));
        Assert.Equal("MR2304", error.Code.Id);
        Assert.Contains("snappy", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("string", "02ff")]
    [InlineData("{\"type\":\"string\",\"logicalType\":\"uuid\"}", "0261")]
    [InlineData("{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":2}", "0464ff")]
    [InlineData("{\"type\":\"int\",\"sql-type\":\"tinyint\"}", "8002")]
    [InlineData("{\"type\":\"string\",\"sql-type\":\"interval\"}", "0261")]
    [InlineData("{\"type\":\"fixed\",\"name\":\"d\",\"size\":12,\"logicalType\":\"duration\"}", "ffffffff0000000000000000")]
    public async Task A_value_that_does_not_fit_makes_a_bad_row_and_the_others_are_read(string type, string hex)
    {
        using var leaks = new LeakCheck();
        string schema = "{\"type\":\"record\",\"name\":\"r\",\"fields\":[{\"name\":\"before\",\"type\":\"int\"},{\"name\":\"v\",\"type\":" + (type[0] == '{' ? type : $"\"{type}\"") + "},{\"name\":\"after\",\"type\":{\"type\":\"array\",\"items\":\"int\"}}]}";
        byte[] row = [2, .. Convert.FromHexString(hex), 2, 8, 0];
        var errors = new CollectedErrors();
        Assert.Empty(await AvroFiles.RowsAsync(AvroContainer.Of(schema, "null", (2, [.. row, .. row])).ToFile(), errors: errors));
        Assert.Equal(2, errors.Errors.Count);
        Assert.All(errors.Errors, e => Assert.Equal(row, e.Raw.ToArray()));
        Assert.Equal(["""{"before":1}""", """{"before":1}"""], await AvroFiles.RowsAsync(AvroContainer.Of(schema, "null", (2, [.. row, .. row])).ToFile(), columns: ["before"]));
    }

    [Fact]
    public async Task Any_bytes_end_in_rows_or_a_clear_error()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            var random = new RandomBatches(seed, new RandomOptions { MaxDepth = 3 });
            using RecordBatch batch = random.Batch(1 + (seed % 5), 40);
            string codec = new[] { "null", "deflate", "snappy", "zstandard" }[seed % 4];
            byte[] file = await AvroFiles.WriteAsync(batch.Schema, [batch], new AvroOptions { BlockBytes = 1024, Compression = codec });
            for (int i = 0; i < 60; i++)
            {
                byte[] damaged = Mutate(file, random.Random);
                await LeakCheck.RunAsync(() => ReadDamagedAsync(damaged, seed, i));
            }
        }
    }

    private static async Task ReadDamagedAsync(byte[] file, int seed, int mutation)
    {
        try
        {
            foreach (RecordBatch batch in await AvroFiles.ReadAsync(file, new AvroOptions { MaxBlockBytes = 1 << 20 }, errors: new CollectedErrors()))
            {
                ColumnText.Rows(batch);
                batch.Dispose();
            }
        }
        catch (MillraceException e)
        {
            Assert.True(e.Code.Id.StartsWith("MR23", StringComparison.Ordinal) || e.Code.Id.StartsWith("MR24", StringComparison.Ordinal), $"Seed {seed}, mutation {mutation}: {e.Describe()}");
            Assert.NotNull(e.Place?.File);
        }
    }

    private static byte[] Mutate(byte[] file, Random random)
    {
        byte[] bytes = (byte[])file.Clone();
        int count = random.Next(1, 6);
        for (int i = 0; i < count; i++)
        {
            int at = random.Next(bytes.Length);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes = bytes[..Math.Max(at, 1)];
                    break;
                case 3:
                    bytes = [.. bytes[..at], .. AvroContainer.Long(random.NextInt64() >> random.Next(64)), .. bytes[at..]];
                    break;
                default:
                    bytes.AsSpan(at, Math.Min(10, bytes.Length - at)).Fill(0xFF);
                    break;
            }
        }

        return bytes;
    }
}
