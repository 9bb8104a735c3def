using System.Numerics;

namespace Millrace.Columnar.Tests.Kernels;

public sealed class HashTests
{
    public static TheoryData<TypeId, int> Cases() => KernelCases.TypesAndSeeds();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Values_have_equal_hashes_if_and_only_if_they_are_equal(TypeId id, int seed)
    {
        using var leaks = new LeakCheck();
        foreach ((RandomBatches random, int rows) in KernelCases.For(id, seed, edgeDensity: 0.4))
        {
            DataType type = KernelCases.TypeOf(random, id);
            using Column column = random.Column(type, rows);
            var hashes = new ulong[rows];
            Hash.Rows(column, hashes);

            object?[] values = Model.Values(column);
            int[] byValue = [.. Enumerable.Range(0, rows).Order(Comparer<int>.Create((a, b) => Model.Compare(values[a], values[b])))];
            int distinct = rows == 0 ? 0 : 1;
            for (int i = 1; i < rows; i++)
            {
                bool same = Model.Compare(values[byValue[i - 1]], values[byValue[i]]) == 0;
                Assert.True(!same || hashes[byValue[i - 1]] == hashes[byValue[i]], $"{type}: {ColumnText.Json(column, byValue[i])} has two hashes.");
                distinct += same ? 0 : 1;
            }

            Assert.Equal(distinct, hashes.Distinct().Count());
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Slices_copies_and_dictionaries_hash_as_their_values_do(int seed)
    {
        using var leaks = new LeakCheck();
        var random = new RandomBatches(seed, new RandomOptions { Sliced = true });
        using var dictionary = (DictionaryColumn)random.Column(DataType.Dictionary(DataType.Utf8), 200);
        using Column other = random.Column(DataType.Int32, 200);
        using var text = new BinaryBuilder(DataType.Utf8);
        using ColumnBuilder number = ColumnBuilder.Create(DataType.Int32);
        for (int i = 0; i < 200; i++)
        {
            text.AppendRange(dictionary.Dictionary, dictionary.Indices[i], 1);
            if (dictionary.IsNull(i))
            {
                text.SetNull(i);
            }

            number.AppendRange(other, i, 1);
        }

        using Column plain = text.Build();
        using Column copy = number.Build();
        Assert.Equal(Hashes(200, dictionary, other), Hashes(200, plain, copy));
    }

    [Fact]
    public void Whole_numbers_of_all_widths_hash_alike()
    {
        using var bytes = new FixedBuilder<byte>(DataType.UInt8);
        using var ints = new FixedBuilder<int>(DataType.Int32);
        using var longs = new FixedBuilder<long>(DataType.Int64);
        for (int i = 0; i < 100; i++)
        {
            bytes.Append((byte)i);
            ints.Append(i);
            longs.Append(i);
        }

        using Column a = bytes.Build();
        using Column b = ints.Build();
        using Column c = longs.Build();
        Assert.Equal(Hashes(100, a), Hashes(100, b));
        Assert.Equal(Hashes(100, b), Hashes(100, c));
    }

    [Fact]
    public void The_order_of_columns_and_the_seed_count()
    {
        var random = new RandomBatches(2, new RandomOptions { NullDensity = 0 });
        using Column a = random.Column(DataType.Int64, 50);
        using Column b = random.Column(DataType.Int64, 50);
        Assert.NotEqual(Hashes(50, a, b), Hashes(50, b, a));
        var seeded = new ulong[50];
        Hash.Rows([a, b], seeded, seed: 1);
        Assert.NotEqual(Hashes(50, a, b), seeded);
    }

    // Each bit of the input flips about half of the bits of the hash.
    [Fact]
    public void Every_input_bit_reaches_every_half_of_the_hash()
    {
        using var builder = new FixedBuilder<long>(DataType.Int64);
        var random = new Random(1);
        for (int i = 0; i < 200; i++)
        {
            long value = random.NextInt64();
            builder.Append(value);
            for (int bit = 0; bit < 64; bit++)
            {
                builder.Append(value ^ (1L << bit));
            }
        }

        using Column column = builder.Build();
        ulong[] hashes = Hashes(column.Length, column);
        for (int bit = 0; bit < 64; bit++)
        {
            long low = 0;
            long high = 0;
            for (int i = 0; i < 200; i++)
            {
                ulong flipped = hashes[i * 65] ^ hashes[(i * 65) + 1 + bit];
                low += BitOperations.PopCount((uint)flipped);
                high += BitOperations.PopCount(flipped >> 32);
            }

            Assert.InRange(low / 200.0, 14, 18);
            Assert.InRange(high / 200.0, 14, 18);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(1L << 40)]
    public void Keys_in_steps_fill_buckets_evenly(long step)
    {
        const int rows = 1 << 16;
        using var numbers = new FixedBuilder<long>(DataType.Int64);
        using var texts = new BinaryBuilder(DataType.Utf8);
        for (long i = 0; i < rows; i++)
        {
            numbers.Append(i * step);
            texts.Append($"key-{i * step}");
        }

        using Column a = numbers.Build();
        using Column b = texts.Build();
        foreach (Column column in (Column[])[a, b])
        {
            ulong[] hashes = Hashes(rows, column);

            // 256 rows a bucket on average; the deviation is 16.
            Assert.InRange(hashes.CountBy(h => h & 255).Max(g => g.Value), 256, 256 + (16 * 6));
            Assert.InRange(hashes.CountBy(h => h >> 56).Max(g => g.Value), 256, 256 + (16 * 6));
        }
    }

    private static ulong[] Hashes(int rows, params Column[] columns)
    {
        var hashes = new ulong[rows];
        Hash.Rows(columns, hashes);
        return hashes;
    }
}
