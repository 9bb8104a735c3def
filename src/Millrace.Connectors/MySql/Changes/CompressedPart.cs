using Millrace.Formats.Compression;

namespace Millrace.Connectors.MySql;

/// <summary>Parts of events that MariaDB compresses (<c>log_bin_compress</c>): a byte that says how, the length of what is in it, and a zlib stream.</summary>
internal static class CompressedPart
{
    private const byte Marker = 0x80;
    private const byte KindBits = 0x70;
    private const byte LengthBits = 0x07;

    // Before and behind what zlib adds to deflated bytes.
    private const int HeaderLength = 2;
    private const int TrailerLength = 4;

    // A zlib stream grows by no more.
    private const int MostRatio = 1040;

    /// <summary>Length of what is in it; fails for one that cannot be.</summary>
    public static int Length(ReadOnlySpan<byte> part)
    {
        int length = 0;
        if (part.Length > 0 && (part[0] & Marker) != 0 && (part[0] & KindBits) == 0 && (part[0] & LengthBits) is >= 1 and <= 4 and int digits && part.Length >= 1 + digits + HeaderLength + TrailerLength)
        {
            long read = 0;
            foreach (byte b in part.Slice(1, digits))
            {
                read = (read << 8) | b;
            }

            length = read <= (long)part.Length * MostRatio && read <= int.MaxValue / 2 ? (int)read : 0;
        }

        return length > 0 ? length : throw LogErrors.Broken.Error($"A compressed part of {part.Length} bytes does not say how long it is.");
    }

    /// <param name="part">The part.</param>
    /// <param name="target">Of just the length.</param>
    public static void Read(ReadOnlySpan<byte> part, Span<byte> target)
    {
        int digits = part[0] & LengthBits;
        try
        {
            BlockCodec.Deflate.Decompress(part[(1 + digits + HeaderLength)..^TrailerLength], target);
        }
        catch (MillraceException e)
        {
            throw LogErrors.Broken.Error("A compressed part of an event is damaged.", inner: e);
        }
    }
}
