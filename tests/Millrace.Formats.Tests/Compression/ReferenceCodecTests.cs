using System.Buffers.Binary;
using IronSnappy;
using Millrace.Formats.Compression;

namespace Millrace.Formats.Tests.Compression;

/// <summary>Our own codecs against implementations of others.</summary>
[Trait("speed", "slow")]
public class ReferenceCodecTests
{
    // Magic number; version 1 with independent blocks; blocks of 64 KiB; checksum of the two bytes before.
    private static readonly byte[] Lz4FrameHeader = [0x04, 0x22, 0x4D, 0x18, 0x60, 0x40, 0x82];

    [Fact]
    public void Snappy_agrees_with_another_implementation_both_ways()
    {
        foreach ((string name, byte[] bytes) in Payloads.All().Where(p => p.Bytes.Length > 0))
        {
            byte[] ours = BlockCodecTests.Pack(BlockCodec.Snappy, bytes);
            Assert.True(Snappy.Decode(ours).AsSpan().SequenceEqual(bytes), $"ours: {name}");
            var target = new byte[bytes.Length];
            BlockCodec.Snappy.Decompress(Snappy.Encode(bytes), target);
            Assert.True(target.AsSpan().SequenceEqual(bytes), $"theirs: {name}");
        }
    }

    [Fact]
    public void Snappy_compresses_as_well_as_another_implementation()
    {
        byte[] text = Payloads.Text(300_000, 1);
        Assert.True(BlockCodecTests.Pack(BlockCodec.Snappy, text).Length <= Snappy.Encode(text).Length * 1.05);
    }

    [Fact]
    public void Lz4_blocks_are_read_by_the_usual_tool()
    {
        foreach ((string name, byte[] bytes) in Payloads.All().Where(p => p.Bytes.Length is > 0 and <= 65536))
        {
            byte[] block = BlockCodecTests.Pack(BlockCodec.Lz4Raw, bytes);
            bool plain = block.Length >= bytes.Length;
            var size = new byte[4];
            BinaryPrimitives.WriteUInt32LittleEndian(size, plain ? (uint)bytes.Length | 0x8000_0000 : (uint)block.Length);
            byte[] frame = [.. Lz4FrameHeader, .. size, .. plain ? bytes : block, 0, 0, 0, 0];
            if (ExternalTool.Run("lz4", "-q -dc", frame) is not { } unpacked)
            {
                Assert.Skip("lz4 is not installed");
                return;
            }

            Assert.True(unpacked.AsSpan().SequenceEqual(bytes), name);
        }
    }

    [Fact]
    public void Lz4_blocks_of_the_usual_tool_are_read()
    {
        foreach ((string name, byte[] bytes) in Payloads.All().Where(p => p.Bytes.Length is 1 or 1000 or > 60_000))
        {
            if (ExternalTool.Run("lz4", "-q -c -9 -B4 --no-frame-crc", bytes) is not { } frame)
            {
                Assert.Skip("lz4 is not installed");
                return;
            }

            var result = new MemoryStream();
            ReadOnlySpan<byte> rest = frame.AsSpan(7);
            while (BinaryPrimitives.ReadUInt32LittleEndian(rest) is uint size and not 0)
            {
                int length = (int)(size & 0x7FFF_FFFF);
                ReadOnlySpan<byte> block = rest.Slice(4, length);
                var target = new byte[Math.Min(65536, bytes.Length - (int)result.Length)];
                (size >> 31 == 1 ? BlockCodec.Uncompressed : BlockCodec.Lz4Raw).Decompress(block, target);
                result.Write(target);
                rest = rest[(4 + length)..];
            }

            Assert.True(result.ToArray().AsSpan().SequenceEqual(bytes), name);
        }
    }

    [Fact]
    public void The_crc_is_that_of_the_definition()
    {
        Assert.Equal(0xCBF43926u, Crc32.Compute("123456789"u8));
        byte[] bytes = Payloads.Random(1000, 1);
        for (int length = 0; length < bytes.Length; length++)
        {
            uint crc = uint.MaxValue;
            foreach (byte b in bytes.AsSpan(0, length))
            {
                crc ^= b;
                for (int bit = 0; bit < 8; bit++)
                {
                    crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
                }
            }

            Assert.Equal(~crc, Crc32.Compute(bytes.AsSpan(0, length)));
            Assert.Equal(~crc, Crc32.Append(Crc32.Compute(bytes.AsSpan(0, length / 3)), bytes.AsSpan(length / 3, length - (length / 3))));
        }
    }
}
