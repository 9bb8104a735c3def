namespace Millrace.Formats.Compression;

/// <summary>The header of a gzip member (RFC 1952, 2.3).</summary>
internal static class GzipHeader
{
    public const int TrailerSize = 8;

    /// <summary>The longest header that is read; names and comments have no limit of their own.</summary>
    public const int MaxSize = 32 << 10;

    private const int FixedSize = 10;
    private const int HeaderCrcFlag = 2;
    private const int ExtraFlag = 4;
    private const int NameFlag = 8;
    private const int CommentFlag = 16;
    private const int ReservedFlags = 0xE0;

    public static bool IsMagic(ReadOnlySpan<byte> head) => head.Length >= 2 && head[0] == 0x1F && head[1] == 0x8B;

    /// <summary>The size of the header, 0 when more bytes are needed to tell, -1 when it is none.</summary>
    public static int Measure(ReadOnlySpan<byte> head)
    {
        ReadOnlySpan<byte> magic = [0x1F, 0x8B, 8];
        if (head.Length < FixedSize)
        {
            return magic.StartsWith(head[..Math.Min(head.Length, magic.Length)]) ? 0 : -1;
        }

        int flags = head[3];
        if (!head.StartsWith(magic) || (flags & ReservedFlags) != 0)
        {
            return -1;
        }

        int size = FixedSize;
        if ((flags & ExtraFlag) != 0)
        {
            if (head.Length < size + 2)
            {
                return 0;
            }

            size += 2 + (head[size] | (head[size + 1] << 8));
        }

        for (int strings = ((flags & NameFlag) != 0 ? 1 : 0) + ((flags & CommentFlag) != 0 ? 1 : 0); strings > 0; strings--)
        {
            int end = size < head.Length ? head[size..].IndexOf((byte)0) : -1;
            if (end < 0)
            {
                return head.Length < MaxSize ? 0 : -1;
            }

            size += end + 1;
        }

        size += (flags & HeaderCrcFlag) != 0 ? 2 : 0;
        return size <= head.Length ? size : 0;
    }
}
