using System.IO.Compression;
using Millrace.Formats.Compression;

namespace Millrace.Formats.Tests.Compression;

[Trait("speed", "slow")]
public class FileCodecsTests
{
    // What bzip2 -9 makes of nothing.
    private static readonly byte[] EmptyBzip2 = Convert.FromHexString("425A683917724538509000000000");

    public static TheoryData<FileCodec> Written => [FileCodec.None, FileCodec.Gzip, FileCodec.Zstd];

    public static TheoryData<FileCodec, string> Tools => new() { { FileCodec.Gzip, "gzip" }, { FileCodec.Zstd, "zstd" }, { FileCodec.Bzip2, "bzip2" } };

    [Theory]
    [MemberData(nameof(Written))]
    public async Task What_is_written_is_read_back(FileCodec codec)
    {
        foreach ((string name, byte[] bytes) in Payloads.All().Append(("large", Payloads.Mixed(3_000_000, 9))))
        {
            byte[] packed = Write(codec, bytes);
            Assert.True(Read(packed, codec, 7000).AsSpan().SequenceEqual(bytes), $"{codec}: {name}");
            Assert.True((await ReadAsync(new TrickleStream(packed, 1 + (packed.Length / 50)), codec)).AsSpan().SequenceEqual(bytes), $"{codec}: {name}, in small pieces");
        }
    }

    [Theory]
    [MemberData(nameof(Written))]
    public async Task Writing_asynchronously_gives_the_same_data(FileCodec codec)
    {
        byte[] bytes = Payloads.Text(200_000, 1);
        var target = new MemoryStream();
        await using (Stream stream = FileCodecs.OpenWrite(target, codec))
        {
            await stream.WriteAsync(bytes.AsMemory(0, 150_000));
            await stream.FlushAsync();
            await stream.WriteAsync(bytes.AsMemory(150_000));
        }

        Assert.Equal(bytes, Read(target.ToArray(), codec, 4096));
        Assert.False(target.CanRead);
    }

    [Theory]
    [InlineData(FileCodec.Gzip)]
    [InlineData(FileCodec.Zstd)]
    public void Several_members_are_read_as_one_file(FileCodec codec)
    {
        byte[] first = Payloads.Text(70_000, 1);
        byte[] second = Payloads.Mixed(500, 2);
        byte[] packed = [.. Write(codec, first), .. Write(codec, []), .. Write(codec, second)];
        Assert.Equal([.. first, .. second], Read(packed, codec, 1000));
    }

    [Fact]
    public void Skippable_zstd_frames_are_skipped()
    {
        byte[] bytes = Payloads.Text(5000, 1);
        byte[] skippable = [0x53, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 9, 9, 9];
        byte[] packed = [.. skippable, .. Write(FileCodec.Zstd, bytes), .. skippable];
        Assert.Equal(FileCodec.Zstd, FileCodecs.Detect("x", packed));
        Assert.Equal(bytes, Read(packed, FileCodec.Zstd, 1000));
    }

    [Fact]
    public void Zeros_after_a_gzip_member_are_padding_and_anything_else_is_an_error()
    {
        byte[] bytes = Payloads.Text(5000, 1);
        byte[] packed = Write(FileCodec.Gzip, bytes);
        Assert.Equal(bytes, Read([.. packed, .. new byte[600]], FileCodec.Gzip, 1000));
        MillraceException error = Assert.Throws<MillraceException>(() => Read([.. packed, 1, 2, 3], FileCodec.Gzip, 1000));
        Assert.Equal(packed.Length, error.Place!.Offset);
    }

    [Theory]
    [InlineData(FileCodec.Gzip)]
    [InlineData(FileCodec.Zstd)]
    public void Every_truncation_is_an_error_that_names_file_and_offset(FileCodec codec)
    {
        byte[] packed = Write(codec, [.. Payloads.Text(3000, 1), .. Payloads.Random(300, 2)]);
        for (int cut = 0; cut < packed.Length; cut++)
        {
            MillraceException error = Assert.Throws<MillraceException>(() => Read(packed[..cut], codec, 500));
            Assert.Equal("MR2405", error.Code.Id);
            Assert.Equal("part.gz", error.Place!.File);
            Assert.Equal(cut, error.Place.Offset);
        }
    }

    [Theory]
    [InlineData(FileCodec.Gzip)]
    [InlineData(FileCodec.Zstd)]
    public void No_flipped_bit_goes_unnoticed(FileCodec codec)
    {
        byte[] bytes = [.. Payloads.Text(700, 1), .. Payloads.Random(50, 2)];
        byte[] packed = Write(codec, bytes);
        for (int bit = 0; bit < packed.Length * 8; bit++)
        {
            byte[] damaged = [.. packed];
            damaged[bit >> 3] ^= (byte)(1 << (bit & 7));
            try
            {
                // Header bytes such as a modification time do not change the data.
                Assert.True(Read(damaged, codec, 500).AsSpan().SequenceEqual(bytes), $"bit {bit}");
            }
            catch (MillraceException e)
            {
                Assert.StartsWith("MR24", e.Code.Id);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Tools))]
    public void Files_of_the_usual_tools_are_read(FileCodec codec, string tool)
    {
        foreach ((string name, byte[] bytes) in Payloads.All().Append((Name: "large", Bytes: Payloads.Text(2_500_000, 9))).Where(p => p.Bytes.Length is 0 or 1 or 65536 or > 100_000 or 1000))
        {
            if (ExternalTool.Run(tool, "-c", bytes) is not { } packed)
            {
                Assert.Skip($"{tool} is not installed");
                return;
            }

            Assert.True(Read(packed, codec, 10_000).AsSpan().SequenceEqual(bytes), $"{tool}: {name}");
            Assert.Equal(codec, FileCodecs.Detect("unnamed", packed));
        }
    }

    [Theory]
    [InlineData(FileCodec.Gzip, "gzip")]
    [InlineData(FileCodec.Zstd, "zstd")]
    public void The_usual_tools_read_what_is_written(FileCodec codec, string tool)
    {
        foreach ((string name, byte[] bytes) in Payloads.All().Where(p => p.Bytes.Length is 0 or 1 or 1000 or > 100_000))
        {
            if (ExternalTool.Run(tool, "-dc", Write(codec, bytes)) is not { } plain)
            {
                Assert.Skip($"{tool} is not installed");
                return;
            }

            Assert.True(plain.AsSpan().SequenceEqual(bytes), $"{tool}: {name}");
        }
    }

    [Fact]
    public void Damaged_bzip2_is_an_error_or_the_same_data()
    {
        byte[] bytes = Payloads.Text(1500, 1);
        if (ExternalTool.Run("bzip2", "-c", bytes) is not { } packed)
        {
            Assert.Skip("bzip2 is not installed");
            return;
        }

        for (int cut = 0; cut < packed.Length; cut++)
        {
            Assert.Equal("MR2405", Assert.Throws<MillraceException>(() => Read(packed[..cut], FileCodec.Bzip2, 500)).Code.Id);
        }

        for (int bit = 0; bit < packed.Length * 8; bit++)
        {
            byte[] damaged = [.. packed];
            damaged[bit >> 3] ^= (byte)(1 << (bit & 7));
            try
            {
                Assert.True(Read(damaged, FileCodec.Bzip2, 500).AsSpan().SequenceEqual(bytes), $"bit {bit}");
            }
            catch (MillraceException e)
            {
                Assert.StartsWith("MR24", e.Code.Id);
            }
        }
    }

    [Fact]
    public void Bzip2_streams_follow_each_other()
    {
        Assert.Empty(Read(EmptyBzip2, FileCodec.Bzip2, 10));
        if (ExternalTool.Run("bzip2", "-c", [1, 2, 3]) is { } packed)
        {
            Assert.Equal([1, 2, 3, 1, 2, 3], Read([.. packed, .. EmptyBzip2, .. packed], FileCodec.Bzip2, 10));
        }
    }

    [Theory]
    [InlineData("a.csv", FileCodec.None)]
    [InlineData("a.csv.gz", FileCodec.Gzip)]
    [InlineData("a.csv.ZST", FileCodec.Zstd)]
    [InlineData("a.bz2", FileCodec.Bzip2)]
    public void A_name_tells_the_codec_of_a_file_to_be_written(string path, FileCodec codec) => Assert.Equal(codec, FileCodecs.Detect(path, []));

    [Fact]
    public void Content_wins_over_the_name()
    {
        Assert.Equal(FileCodec.None, FileCodecs.Detect("a.csv.gz", "id,name\n"u8));
        Assert.Equal(FileCodec.Gzip, FileCodecs.Detect("a.csv", Write(FileCodec.Gzip, [1])));
    }

    [Fact]
    public void An_unknown_codec_gets_the_nearest_name()
        => Assert.Contains("'gzip'", Assert.Throws<MillraceException>(() => FileCodecs.Parse("gzp")).Message);

    [Fact]
    public void A_gzip_header_with_all_its_parts_is_read()
    {
        byte[] plain = Write(FileCodec.Gzip, "hello"u8.ToArray());
        byte[] packed = [0x1F, 0x8B, 8, 0x1E, 0, 0, 0, 0, 0, 3, 2, 0, 7, 7, .. "name"u8, 0, .. "a comment"u8, 0, 1, 2, .. plain.AsSpan(10)];
        Assert.Equal("hello"u8.ToArray(), Read(packed, FileCodec.Gzip, 100));
    }

    [Fact]
    public void All_block_types_and_levels_of_deflate_are_read()
    {
        foreach (CompressionLevel level in (CompressionLevel[])[CompressionLevel.NoCompression, CompressionLevel.Fastest, CompressionLevel.Optimal, CompressionLevel.SmallestSize])
        {
            foreach (byte[] bytes in (byte[][])[Payloads.Random(200_000, 1), Payloads.Mixed(400_000, 2), Payloads.Text(30, 3)])
            {
                var target = new MemoryStream();
                using (var gzip = new GZipStream(target, level, leaveOpen: true))
                {
                    gzip.Write(bytes);
                }

                Assert.True(Read(target.ToArray(), FileCodec.Gzip, 33_333).AsSpan().SequenceEqual(bytes), $"{level} {bytes.Length}");
                var exact = new byte[bytes.Length];
                BlockCodec.Gzip.Decompress(target.ToArray(), exact);
                Assert.True(exact.AsSpan().SequenceEqual(bytes));
            }
        }
    }

    private static byte[] Write(FileCodec codec, byte[] bytes)
    {
        var target = new MemoryStream();
        using (Stream stream = FileCodecs.OpenWrite(target, codec))
        {
            for (int at = 0; at < bytes.Length; at += 10_000)
            {
                stream.Write(bytes, at, Math.Min(10_000, bytes.Length - at));
            }
        }

        return target.ToArray();
    }

    private static byte[] Read(byte[] packed, FileCodec codec, int step)
    {
        using Stream stream = FileCodecs.OpenRead(new MemoryStream(packed), codec, "part.gz");
        var target = new MemoryStream();
        var buffer = new byte[step];
        int read;
        while ((read = stream.Read(buffer)) > 0)
        {
            target.Write(buffer, 0, read);
        }

        Assert.Equal(0, stream.Read(buffer));
        return target.ToArray();
    }

    private static async Task<byte[]> ReadAsync(Stream source, FileCodec codec)
    {
        await using Stream stream = FileCodecs.OpenRead(source, codec, "part.gz");
        var target = new MemoryStream();
        await stream.CopyToAsync(target);
        return target.ToArray();
    }

    // Gives few bytes at a time, as a network does.
    private sealed class TrickleStream(byte[] bytes, int step) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(step, buffer.Length)]);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
            => base.ReadAsync(buffer[..Math.Min(step, buffer.Length)], cancellationToken);
    }
}
