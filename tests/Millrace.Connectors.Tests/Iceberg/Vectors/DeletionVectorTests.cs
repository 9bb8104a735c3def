using Millrace.Connectors.Iceberg;

namespace Millrace.Connectors.Tests.Iceberg;

[Specification("Delete Formats: Deletion Vectors")]
public sealed class DeletionVectorTests
{
    [Theory]
    [InlineData(1, 10, 100)]
    [InlineData(2, 5000, 70_000)]
    [InlineData(3, 60_000, 200_000)]
    [InlineData(4, 300, 1L << 40)]
    public void Rows_are_read_as_they_were_written(int seed, int count, long below)
    {
        var random = new Random(seed);
        long[] rows = [.. Enumerable.Range(0, count).Select(_ => random.NextInt64(below)).Distinct().Order()];
        Assert.Equal(rows, DeletionVector.Read(DeletionVector.Write(rows), rows.Length));
        Assert.Throws<InvalidDataException>(() => DeletionVector.Read(DeletionVector.Write(rows), rows.Length - 1));
    }

    // Length, magic number, one bitmap of key 0: cookie, one container of key 0 with two numbers at byte 16, and the checksum.
    [Fact]
    public void A_vector_has_the_bytes_that_the_specification_asks_for()
        => Assert.Equal(
            "00000024" + "D1D33964" + "0100000000000000" + "00000000" + "3A300000" + "01000000" + "0000" + "0100" + "10000000" + "0100" + "0700",
            Convert.ToHexString(DeletionVector.Write([1, 7]))[..^8]);

    [Fact]
    public void No_row_is_a_vector_too() => Assert.Empty(DeletionVector.Read(DeletionVector.Write([]), 0));

    [Fact]
    public void Whatever_is_changed_is_told()
    {
        byte[] blob = DeletionVector.Write([1, 7, 70_000, 1L << 33]);
        var random = new Random(5);
        for (int i = 0; i < 2000; i++)
        {
            byte[] changed = [.. blob];
            changed[random.Next(changed.Length)] ^= (byte)(1 << random.Next(8));
            byte[] shorter = changed[..random.Next(changed.Length + 1)];
            Assert.Throws<InvalidDataException>(() => DeletionVector.Read(changed, 100));
            Assert.Throws<InvalidDataException>(() => DeletionVector.Read(shorter, 100));
        }
    }

    // Behind the checksum: bytes that anybody could have sealed.
    [Fact]
    public void Any_bytes_give_numbers_in_order_or_are_told()
    {
        var random = new Random(6);
        byte[] bitmap = DeletionVector.Write([.. Enumerable.Range(0, 5000).Select(i => (long)i * 3)])[20..^4];
        int read = 0;
        for (int i = 0; i < 5000; i++)
        {
            byte[] changed = [.. bitmap];
            changed[random.Next(24)] ^= (byte)(1 << random.Next(8));
            var rows = new List<long>();
            try
            {
                RoaringBitmap.Read(changed, 0, rows, 10_000);
                Assert.True(rows.Zip(rows.Skip(1)).All(p => p.First < p.Second));
                read++;
            }
            catch (InvalidDataException)
            {
            }
        }

        Assert.InRange(read, 1, 4999);
    }
}
