using System.Numerics;
using Millrace.Formats.Parquet;

namespace Millrace.Formats.Tests.Parquet;

public unsafe class RunDecodingTests
{
    [Fact]
    public void Numbers_of_every_width_are_unpacked()
    {
        var random = new Random(1);
        for (int width = 1; width <= 32; width++)
        {
            uint[] numbers = Numbers(random, width, 64);
            byte[] packed = [.. Pack(numbers, width), .. new byte[BitUnpacker.Slack]];
            var found = new int[numbers.Length];
            fixed (byte* source = packed)
            fixed (int* target = found)
            {
                BitUnpacker.Unpack(source, target, numbers.Length / 8, width);
                Assert.Equal(numbers, found.Select(n => (uint)n));
                for (int i = 0; i < numbers.Length; i++)
                {
                    Assert.Equal(numbers[i], (uint)BitUnpacker.Get(source, i, width));
                }
            }

            if (width <= 8)
            {
                var bytes = new byte[numbers.Length];
                fixed (byte* source = packed)
                fixed (byte* target = bytes)
                {
                    BitUnpacker.Unpack(source, target, numbers.Length / 8, width);
                }

                Assert.Equal(numbers, bytes.Select(n => (uint)n));
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(13)]
    [InlineData(20)]
    [InlineData(27)]
    [InlineData(32)]
    public void Runs_of_both_kinds_are_decoded_in_steps_of_any_size(int width)
    {
        var random = new Random(width);
        for (int round = 0; round < 50; round++)
        {
            (byte[] data, List<uint> expected) = Encode(random, width);
            byte[] memory = [.. data, .. new byte[BitUnpacker.Slack]];
            fixed (byte* source = memory)
            {
                var decoder = new RleHybridDecoder(source, data.Length, width);
                int at = 0;
                while (at < expected.Count)
                {
                    var target = new int[Math.Min(expected.Count - at, 1 + random.Next(100))];
                    fixed (int* to = target)
                    {
                        decoder.Decode(to, target.Length);
                    }

                    Assert.Equal(expected.Skip(at).Take(target.Length), target.Select(n => (uint)n));
                    at += target.Length;
                }

                if (width == 1)
                {
                    CheckBits(source, data.Length, expected, random);
                }

                if (width <= 8)
                {
                    var levels = new byte[expected.Count];
                    var levelDecoder = new RleHybridDecoder(source, data.Length, width);
                    fixed (byte* to = levels)
                    {
                        levelDecoder.Decode(to, 5);
                        levelDecoder.Decode(to + 5, levels.Length - 5);
                    }

                    Assert.Equal(expected, levels.Select(n => (uint)n));
                }
            }
        }
    }

    [Fact]
    public void Runs_that_end_before_their_values_are_an_error()
    {
        byte[] memory = [3 << 1, 1, .. new byte[BitUnpacker.Slack]];
        var target = new int[4];
        MillraceException error = Assert.Throws<MillraceException>(() =>
        {
            fixed (byte* source = memory)
            fixed (int* to = target)
            {
                new RleHybridDecoder(source, 2, 1).Decode(to, 4);
            }
        });
        Assert.Equal("MR2204", error.Code.Id);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    public void Differences_of_any_width_add_up(int width)
    {
        var random = new Random(width);
        for (int bits = 0; bits <= width * 8; bits += 3)
        {
            long mask = bits == 64 ? -1 : (1L << bits) - 1;
            long[] values = [.. Enumerable.Range(0, 500).Select(_ => random.NextInt64(long.MinValue, long.MaxValue) & mask)];
            byte[] data = EncodeDeltas(values);
            byte[] memory = [.. data, .. new byte[BitUnpacker.Slack]];
            fixed (byte* source = memory)
            {
                var decoder = new DeltaBinaryPackedDecoder(source, data.Length);
                Assert.True(decoder.FindEnd() == source + data.Length);
                var found = new List<long>();
                while (found.Count < values.Length)
                {
                    int count = Math.Min(1 + random.Next(90), values.Length - found.Count);
                    var longs = new long[count];
                    var ints = new int[count];
                    fixed (long* l = longs)
                    fixed (int* i = ints)
                    {
                        if (width == 8)
                        {
                            decoder.Decode(l, count);
                        }
                        else
                        {
                            decoder.Decode(i, count);
                        }
                    }

                    found.AddRange(width == 8 ? longs : ints.Select(n => (long)n));
                }

                Assert.Equal(values.Select(v => width == 8 ? v : (int)v), found);
            }
        }
    }

    private static void CheckBits(byte* source, int length, List<uint> expected, Random random)
    {
        var decoder = new RleHybridDecoder(source, length, 1);
        int start = random.Next(20);
        var bits = new byte[((start + expected.Count) / 8) + 1];
        fixed (byte* to = bits)
        {
            int ones = decoder.DecodeBits(to, start, 3);
            ones += decoder.DecodeBits(to, start + 3, expected.Count - 3);
            Assert.Equal(expected.Sum(b => b), ones);
        }

        Assert.Equal(expected, Enumerable.Range(start, expected.Count).Select(i => (uint)(bits[i / 8] >> (i % 8)) & 1));
    }

    private static uint[] Numbers(Random random, int width, int count)
        => [.. Enumerable.Range(0, count).Select(_ => (uint)(random.NextInt64() & ((1L << width) - 1)))];

    // Bit by bit, from the lowest of each number.
    private static byte[] Pack(IReadOnlyList<uint> numbers, int width)
    {
        var packed = new byte[((numbers.Count * width) + 7) / 8];
        for (int bit = 0; bit < numbers.Count * width; bit++)
        {
            packed[bit / 8] |= (byte)((numbers[bit / width] >> (bit % width) & 1) << (bit % 8));
        }

        return packed;
    }

    private static (byte[] Data, List<uint> Values) Encode(Random random, int width)
    {
        var data = new List<byte>();
        var values = new List<uint>();
        for (int run = 0; run < 12; run++)
        {
            if (random.Next(2) == 0)
            {
                int groups = 1 + random.Next(20);
                uint[] numbers = Numbers(random, width, groups * 8);
                VarInt(data, ((ulong)groups << 1) | 1);
                data.AddRange(Pack(numbers, width));
                values.AddRange(numbers);
            }
            else
            {
                int count = 1 + random.Next(300);
                uint number = Numbers(random, width, 1)[0];
                VarInt(data, (ulong)count << 1);
                data.AddRange(BitConverter.GetBytes(number)[..((width + 7) / 8)]);
                values.AddRange(Enumerable.Repeat(number, count));
            }
        }

        return ([.. data], values);
    }

    // Blocks of 128 in 4 parts, each as wide as it has to be.
    private static byte[] EncodeDeltas(long[] values)
    {
        var data = new List<byte>();
        VarInt(data, 128);
        VarInt(data, 4);
        VarInt(data, (ulong)values.Length);
        ZigZag(data, values[0]);
        long[] deltas = [.. values.Skip(1).Zip(values, (b, a) => unchecked(b - a))];
        foreach (long[] block in deltas.Chunk(128))
        {
            long min = block.Min();
            ZigZag(data, min);
            ulong[][] parts = [.. block.Select(d => unchecked((ulong)d - (ulong)min)).Chunk(32)];
            int[] widths = [.. Enumerable.Range(0, 4).Select(i => i < parts.Length ? 64 - BitOperations.LeadingZeroCount(parts[i].Max()) : 0)];
            data.AddRange(widths.Select(w => (byte)w));
            for (int i = 0; i < parts.Length; i++)
            {
                var packed = new byte[widths[i] * 32 / 8];
                for (int bit = 0; bit < parts[i].Length * widths[i]; bit++)
                {
                    packed[bit / 8] |= (byte)((parts[i][bit / widths[i]] >> (bit % widths[i]) & 1) << (bit % 8));
                }

                data.AddRange(packed);
            }
        }

        return [.. data];
    }

    private static void ZigZag(List<byte> data, long value) => VarInt(data, (ulong)((value << 1) ^ (value >> 63)));

    private static void VarInt(List<byte> data, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            data.Add((byte)(value | 0x80));
        }

        data.Add((byte)value);
    }
}
