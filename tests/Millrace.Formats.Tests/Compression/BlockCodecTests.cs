using Millrace.Formats.Compression;

namespace Millrace.Formats.Tests.Compression;

[Trait("speed", "slow")]
public class BlockCodecTests
{
    private static readonly BlockCodec[] Codecs =
    [
        BlockCodec.Uncompressed, BlockCodec.Snappy, BlockCodec.SnappyWithCrc, BlockCodec.Gzip, BlockCodec.Deflate,
        BlockCodec.Zstd, BlockCodec.Lz4Raw, BlockCodec.Lz4Hadoop, BlockCodec.Brotli,
    ];

    public static TheoryData<int> Indices => [.. Enumerable.Range(0, Codecs.Length)];

    [Theory]
    [MemberData(nameof(Indices))]
    public void Every_payload_comes_back_from_memory_without_a_byte_to_spare(int index)
    {
        BlockCodec codec = Codecs[index];
        using var scratch = new ScratchBuffer();
        foreach ((string name, byte[] bytes) in Payloads.All())
        {
            byte[] packed = Pack(codec, bytes);
            using GuardedMemory source = GuardedMemory.Of(packed);
            using var target = new GuardedMemory(bytes.Length);
            codec.Decompress(source.Span, target.Span);
            Assert.True(target.Span.SequenceEqual(bytes), $"{codec.Name}: {name}");

            int length = codec.Decompress(source.Span, scratch, Math.Max(bytes.Length, 1));
            Assert.True(scratch.Span[..length].SequenceEqual(bytes), $"{codec.Name}: {name}, unknown size");
        }
    }

    [Theory]
    [MemberData(nameof(Indices))]
    public void Compressing_stays_inside_the_promised_size(int index)
    {
        BlockCodec codec = Codecs[index];
        foreach ((string name, byte[] bytes) in Payloads.All())
        {
            for (int level = Math.Max(codec.MinLevel, -1); level <= Math.Min(codec.MaxLevel, 9); level += 3)
            {
                using GuardedMemory source = GuardedMemory.Of(bytes);
                using var target = new GuardedMemory(codec.MaxCompressedLength(bytes.Length));
                int length = codec.Compress(source.Span, target.Span, level);
                Assert.True(length <= target.Span.Length, $"{codec.Name} {level}: {name}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Indices))]
    public void A_wrong_declared_size_is_an_error(int index)
    {
        BlockCodec codec = Codecs[index];
        byte[] bytes = Payloads.Text(1000, 1);
        byte[] packed = Pack(codec, bytes);
        foreach (int size in (int[])[0, 1, 999, 1001, 5000])
        {
            MillraceException error = Assert.Throws<MillraceException>(() => codec.Decompress(packed, new byte[size]));
            Assert.StartsWith("MR24", error.Code.Id);
        }
    }

    [Theory]
    [MemberData(nameof(Indices))]
    public void Data_that_grows_beyond_the_limit_is_an_error(int index)
    {
        BlockCodec codec = Codecs[index];
        byte[] packed = Pack(codec, new byte[300_000]);
        using var scratch = new ScratchBuffer();
        MillraceException error = Assert.Throws<MillraceException>(() => codec.Decompress(packed, scratch, 299_999));
        Assert.StartsWith("MR24", error.Code.Id);
        Assert.Equal(300_000, codec.Decompress(packed, scratch, 300_000));
    }

    [Theory]
    [MemberData(nameof(Indices))]
    public void Every_truncation_is_an_error(int index)
    {
        BlockCodec codec = Codecs[index];
        using var scratch = new ScratchBuffer();
        foreach (byte[] bytes in (byte[][])[Payloads.Mixed(700, 5), Payloads.Text(2000, 2), Payloads.Random(40, 1)])
        {
            byte[] packed = Pack(codec, bytes);
            for (int cut = 0; cut < packed.Length; cut++)
            {
                using GuardedMemory source = GuardedMemory.Of(packed.AsSpan(0, cut));
                using var target = new GuardedMemory(bytes.Length);
                AssertError(() => codec.Decompress(source.Span, target.Span), $"{codec.Name} cut at {cut}");

                // A bare LZ4 block says nowhere how long it is, so a shorter one can be whole.
                TryDecompress(codec, source.Span, scratch);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Indices))]
    public void No_flipped_bit_reads_or_writes_outside(int index)
    {
        BlockCodec codec = Codecs[index];
        bool hasCrc = codec == BlockCodec.SnappyWithCrc || codec == BlockCodec.Gzip;
        using var scratch = new ScratchBuffer();
        foreach (byte[] bytes in (byte[][])[Payloads.Mixed(500, 7), Payloads.Text(600, 3), Payloads.Random(20, 4), new byte[300]])
        {
            byte[] packed = Pack(codec, bytes);
            using var source = new GuardedMemory(packed.Length);
            using var target = new GuardedMemory(bytes.Length);
            for (int bit = 0; bit < packed.Length * 8; bit++)
            {
                packed.CopyTo(source.Span);
                source.Span[bit >> 3] ^= (byte)(1 << (bit & 7));
                try
                {
                    codec.Decompress(source.Span, target.Span);
                    Assert.True(!hasCrc || target.Span.SequenceEqual(bytes), $"{codec.Name}: bit {bit} went unnoticed");
                }
                catch (MillraceException e)
                {
                    Assert.StartsWith("MR24", e.Code.Id);
                }

                TryDecompress(codec, source.Span, scratch);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Indices))]
    public void Random_bytes_are_refused_or_decoded_but_never_crash(int index)
    {
        BlockCodec codec = Codecs[index];
        using var scratch = new ScratchBuffer();
        var random = new Random(11);
        for (int round = 0; round < 3000; round++)
        {
            byte[] bytes = Payloads.Random(random.Next(80), round);
            using GuardedMemory source = GuardedMemory.Of(bytes);
            using var target = new GuardedMemory(random.Next(200));
            try
            {
                codec.Decompress(source.Span, target.Span);
            }
            catch (MillraceException e)
            {
                Assert.StartsWith("MR24", e.Code.Id);
            }

            TryDecompress(codec, source.Span, scratch);
        }
    }

    [Fact]
    public void A_level_that_a_codec_does_not_have_is_an_error()
    {
        MillraceException error = Assert.Throws<MillraceException>(() => BlockCodec.Gzip.Compress([1], new byte[200], 12));
        Assert.Equal("MR2408", error.Code.Id);
        Assert.Contains("0 to 9", error.Message);
        Assert.Throws<MillraceException>(() => BlockCodec.Snappy.CheckLevel(3));
    }

    [Fact]
    public void A_claim_of_gigabytes_allocates_nothing()
    {
        using var scratch = new ScratchBuffer();
        byte[] snappy = [0xFF, 0xFF, 0xFF, 0xFF, 0x07, 0, 1];
        Assert.Throws<MillraceException>(() => BlockCodec.Snappy.Decompress(snappy, scratch, int.MaxValue - 2048));
        byte[] lz4 = [0x7F, 0, 0, 0, 0, 0, 0, 2, 0, 1];
        Assert.Throws<MillraceException>(() => BlockCodec.Lz4Hadoop.Decompress(lz4, scratch, int.MaxValue - 2048));
        Assert.True(scratch.Capacity < 1 << 20);
    }

    [Fact]
    public void Lz4_of_several_hadoop_frames_and_bare_blocks_are_both_read()
    {
        byte[] first = Payloads.Text(500, 1);
        byte[] second = Payloads.Text(700, 2);
        byte[] both = [.. first, .. second];
        byte[] framed = [.. Pack(BlockCodec.Lz4Hadoop, first), .. Pack(BlockCodec.Lz4Hadoop, second)];
        var target = new byte[both.Length];
        BlockCodec.Lz4Hadoop.Decompress(framed, target);
        Assert.Equal(both, target);
        BlockCodec.Lz4Hadoop.Decompress(Pack(BlockCodec.Lz4Raw, both), target.AsSpan());
        Assert.Equal(both, target);
    }

    internal static byte[] Pack(BlockCodec codec, byte[] bytes, int level = BlockCodec.DefaultLevel)
    {
        var target = new byte[codec.MaxCompressedLength(bytes.Length)];
        return target[..codec.Compress(bytes, target, level)];
    }

    private static void TryDecompress(BlockCodec codec, ReadOnlySpan<byte> source, ScratchBuffer scratch)
    {
        try
        {
            codec.Decompress(source, scratch, 1 << 16);
        }
        catch (MillraceException e)
        {
            Assert.StartsWith("MR24", e.Code.Id);
        }
    }

    private static void AssertError(Action action, string what)
    {
        try
        {
            action();
        }
        catch (MillraceException e)
        {
            Assert.StartsWith("MR24", e.Code.Id);
            return;
        }

        Assert.Fail($"{what}: no error");
    }
}
