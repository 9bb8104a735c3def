using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Millrace.Formats.Csv;

/// <summary>What stands where in 64 bytes, a bit per byte.</summary>
internal struct BlockMasks
{
    public ulong Delimiters;
    public ulong Quotes;
    public ulong LineFeeds;
    public ulong CarriageReturns;

    /// <summary>Bytes of characters beyond ASCII.</summary>
    public ulong High;
}

/// <summary>Finds the structural bytes of 64 bytes at once; one implementation a vector width.</summary>
internal unsafe interface IBlockClassifier
{
    static abstract void Classify(byte* block, byte delimiter, byte quote, out BlockMasks masks);

    /// <summary>Where one byte stands.</summary>
    static abstract ulong Find(byte* block, byte wanted);
}

internal readonly unsafe struct Classifier512 : IBlockClassifier
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Classify(byte* block, byte delimiter, byte quote, out BlockMasks masks)
    {
        Vector512<byte> v = Vector512.Load(block);
        masks.Delimiters = Vector512.Equals(v, Vector512.Create(delimiter)).ExtractMostSignificantBits();
        masks.Quotes = Vector512.Equals(v, Vector512.Create(quote)).ExtractMostSignificantBits();
        masks.LineFeeds = Vector512.Equals(v, Vector512.Create((byte)'\n')).ExtractMostSignificantBits();
        masks.CarriageReturns = Vector512.Equals(v, Vector512.Create((byte)'\r')).ExtractMostSignificantBits();
        masks.High = v.ExtractMostSignificantBits();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Find(byte* block, byte wanted) => Vector512.Equals(Vector512.Load(block), Vector512.Create(wanted)).ExtractMostSignificantBits();
}

internal readonly unsafe struct Classifier256 : IBlockClassifier
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Classify(byte* block, byte delimiter, byte quote, out BlockMasks masks)
    {
        Vector256<byte> a = Vector256.Load(block);
        Vector256<byte> b = Vector256.Load(block + 32);
        masks.Delimiters = Match(a, b, delimiter);
        masks.Quotes = Match(a, b, quote);
        masks.LineFeeds = Match(a, b, (byte)'\n');
        masks.CarriageReturns = Match(a, b, (byte)'\r');
        masks.High = a.ExtractMostSignificantBits() | ((ulong)b.ExtractMostSignificantBits() << 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Find(byte* block, byte wanted) => Match(Vector256.Load(block), Vector256.Load(block + 32), wanted);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Match(Vector256<byte> a, Vector256<byte> b, byte wanted)
    {
        Vector256<byte> w = Vector256.Create(wanted);
        return Vector256.Equals(a, w).ExtractMostSignificantBits() | ((ulong)Vector256.Equals(b, w).ExtractMostSignificantBits() << 32);
    }
}

internal readonly unsafe struct Classifier128 : IBlockClassifier
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Classify(byte* block, byte delimiter, byte quote, out BlockMasks masks)
    {
        masks.Delimiters = Find(block, delimiter);
        masks.Quotes = Find(block, quote);
        masks.LineFeeds = Find(block, (byte)'\n');
        masks.CarriageReturns = Find(block, (byte)'\r');
        masks.High = 0;
        for (int i = 0; i < 4; i++)
        {
            masks.High |= (ulong)Vector128.Load(block + (i * 16)).ExtractMostSignificantBits() << (i * 16);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Find(byte* block, byte wanted)
    {
        Vector128<byte> w = Vector128.Create(wanted);
        return Vector128.Equals(Vector128.Load(block), w).ExtractMostSignificantBits()
            | ((ulong)Vector128.Equals(Vector128.Load(block + 16), w).ExtractMostSignificantBits() << 16)
            | ((ulong)Vector128.Equals(Vector128.Load(block + 32), w).ExtractMostSignificantBits() << 32)
            | ((ulong)Vector128.Equals(Vector128.Load(block + 48), w).ExtractMostSignificantBits() << 48);
    }
}

internal readonly unsafe struct ClassifierScalar : IBlockClassifier
{
    public static void Classify(byte* block, byte delimiter, byte quote, out BlockMasks masks)
    {
        masks = default;
        for (int i = 0; i < 64; i++)
        {
            byte b = block[i];
            masks.Delimiters |= Bit(b == delimiter, i);
            masks.Quotes |= Bit(b == quote, i);
            masks.LineFeeds |= Bit(b == '\n', i);
            masks.CarriageReturns |= Bit(b == '\r', i);
            masks.High |= Bit(b >= 0x80, i);
        }
    }

    public static ulong Find(byte* block, byte wanted)
    {
        ulong found = 0;
        for (int i = 0; i < 64; i++)
        {
            found |= Bit(block[i] == wanted, i);
        }

        return found;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Bit(bool value, int at) => (ulong)Unsafe.BitCast<bool, byte>(value) << at;
}
