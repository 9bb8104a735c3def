namespace Millrace.Columnar.Tests.Spilling;

public sealed class SpillFileTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Batches_of_all_types_come_back(int seed)
    {
        using var leaks = new LeakCheck();
        using var folder = new TempFolder();
        var random = new RandomBatches(seed, new RandomOptions { Sliced = seed > 1 });
        Schema schema = random.Schema(12);
        RecordBatch[] written = [.. new[] { 0, 1, 63, 200, 1000 }.Select(rows => random.Batch(schema, rows))];
        using (var file = new SpillFile(folder.Path, schema))
        {
            Array.ForEach(written, file.Write);
            for (int round = 0; round < 2; round++)
            {
                SpillReader reader = file.Read();
                foreach (RecordBatch expected in written)
                {
                    using RecordBatch? actual = reader.Next();
                    BatchAssert.Equal(expected, actual!);
                }

                Assert.Null(reader.Next());
            }
        }

        Assert.Empty(Directory.GetFiles(folder.Path));
        Array.ForEach(written, b => b.Dispose());
    }

    [Fact]
    public void A_changed_byte_is_told()
    {
        using var leaks = new LeakCheck();
        using var folder = new TempFolder();
        using RecordBatch batch = new RandomBatches(9).Batch(5, 100);
        using var probe = new SpillFile(folder.Path, batch.Schema);
        probe.Write(batch);
        for (long at = 0; at < probe.Length; at += at < 16 ? 1 : 37)
        {
            using var file = new SpillFile(folder.Path, batch.Schema);
            file.Write(batch);
            file.Write(batch);
            file.Overwrite(at, (byte)(at * 31 % 255));
            try
            {
                using RecordBatch? read = file.Read().Next();
                // The byte was the same by chance.
                BatchAssert.Equal(batch, read!);
            }
            catch (MillraceException error)
            {
                Assert.Equal(SpillFileErrors.DamagedCode, error.Code);
            }
        }
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_an_error_with_a_code()
    {
        using var folder = new TempFolder();
        string file = Path.Combine(folder.Path, "file");
        File.WriteAllText(file, "x");
        MillraceException error = Assert.Throws<MillraceException>(() => new SpillFile(Path.Combine(file, "inner"), Schema.Empty));
        Assert.Equal(SpillFileErrors.WriteFailedCode, error.Code);
    }
}
