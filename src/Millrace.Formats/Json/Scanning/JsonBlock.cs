using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Millrace.Formats.Json;

/// <summary>What stands where in 64 bytes, a bit per byte.</summary>
internal struct JsonBlock
{
    public ulong Backslashes;
    public ulong Quotes;

    /// <summary>Brackets, braces, colons and commas; also the control characters 0x0C and 0x1A, which belong nowhere.</summary>
    public ulong Operators;

    /// <summary>Space, tab, line feed and carriage return.</summary>
    public ulong Spaces;

    /// <summary>Bytes below 0x20.</summary>
    public ulong Controls;

    public ulong LineFeeds;

    /// <summary>Bytes of characters beyond ASCII.</summary>
    public ulong High;
}

/// <summary>Classifies 64 bytes at once; one implementation a vector width.</summary>
internal unsafe interface IJsonClassifier
{
    static abstract void Classify(byte* text, out JsonBlock block);
}

/// <summary>
/// Tables that are looked up by the low four bits of a byte. A byte is of the class if the entry is the byte itself; the
/// filler of each entry has other low bits than its place, so it never matches.
/// </summary>
internal static class JsonTables
{
    /// <summary>Setting this bit makes a bracket a brace, so that one table serves both.</summary>
    public const byte BraceBit = 0x20;

    public static Vector128<byte> Spaces => Vector128.Create(
        (byte)0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0x09, 0x0A, 0, 0, 0x0D, 0, 0);

    public static Vector128<byte> Operators => Vector128.Create(
        (byte)1, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte)':', (byte)'{', (byte)',', (byte)'}', 0, 0);
}

internal readonly unsafe struct JsonClassifier512 : IJsonClassifier
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Classify(byte* text, out JsonBlock block)
    {
        Vector512<byte> v = Vector512.Load(text);
        Vector128<byte> spaces = JsonTables.Spaces;
        Vector128<byte> operators = JsonTables.Operators;
        Vector512<byte> folded = v | Vector512.Create(JsonTables.BraceBit);
        block.Backslashes = Vector512.Equals(v, Vector512.Create((byte)'\\')).ExtractMostSignificantBits();
        block.Quotes = Vector512.Equals(v, Vector512.Create((byte)'"')).ExtractMostSignificantBits();
        block.Operators = Vector512.Equals(Avx512BW.Shuffle(Repeat(operators), v), folded).ExtractMostSignificantBits();
        block.Spaces = Vector512.Equals(Avx512BW.Shuffle(Repeat(spaces), v), v).ExtractMostSignificantBits();
        block.Controls = Vector512.LessThan(v, Vector512.Create((byte)0x20)).ExtractMostSignificantBits();
        block.LineFeeds = Vector512.Equals(v, Vector512.Create((byte)'\n')).ExtractMostSignificantBits();
        block.High = v.ExtractMostSignificantBits();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Repeat(Vector128<byte> lane)
    {
        var half = Vector256.Create(lane, lane);
        return Vector512.Create(half, half);
    }
}

internal readonly unsafe struct JsonClassifier256 : IJsonClassifier
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Classify(byte* text, out JsonBlock block)
    {
        Half(Vector256.Load(text), out block);
        Half(Vector256.Load(text + 32), out JsonBlock upper);
        block.Backslashes |= upper.Backslashes << 32;
        block.Quotes |= upper.Quotes << 32;
        block.Operators |= upper.Operators << 32;
        block.Spaces |= upper.Spaces << 32;
        block.Controls |= upper.Controls << 32;
        block.LineFeeds |= upper.LineFeeds << 32;
        block.High |= upper.High << 32;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Half(Vector256<byte> v, out JsonBlock block)
    {
        Vector256<byte> spaces = Vector256.Create(JsonTables.Spaces, JsonTables.Spaces);
        Vector256<byte> operators = Vector256.Create(JsonTables.Operators, JsonTables.Operators);
        block.Backslashes = Vector256.Equals(v, Vector256.Create((byte)'\\')).ExtractMostSignificantBits();
        block.Quotes = Vector256.Equals(v, Vector256.Create((byte)'"')).ExtractMostSignificantBits();
        block.Operators = Vector256.Equals(Avx2.Shuffle(operators, v), v | Vector256.Create(JsonTables.BraceBit)).ExtractMostSignificantBits();
        block.Spaces = Vector256.Equals(Avx2.Shuffle(spaces, v), v).ExtractMostSignificantBits();
        block.Controls = Vector256.LessThan(v, Vector256.Create((byte)0x20)).ExtractMostSignificantBits();
        block.LineFeeds = Vector256.Equals(v, Vector256.Create((byte)'\n')).ExtractMostSignificantBits();
        block.High = v.ExtractMostSignificantBits();
    }
}

internal readonly unsafe struct JsonClassifier128 : IJsonClassifier
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Classify(byte* text, out JsonBlock block)
    {
        block = default;
        for (int i = 0; i < 64; i += 16)
        {
            Vector128<byte> v = Vector128.Load(text + i);
            Vector128<byte> folded = v | Vector128.Create(JsonTables.BraceBit);
            Vector128<byte> lineFeeds = Vector128.Equals(v, Vector128.Create((byte)'\n'));
            Vector128<byte> spaces = lineFeeds | Vector128.Equals(v, Vector128.Create((byte)' '))
                | Vector128.Equals(v, Vector128.Create((byte)'\t')) | Vector128.Equals(v, Vector128.Create((byte)'\r'));
            Vector128<byte> operators = Vector128.Equals(folded, Vector128.Create((byte)'{')) | Vector128.Equals(folded, Vector128.Create((byte)'}'))
                | Vector128.Equals(folded, Vector128.Create((byte)',')) | Vector128.Equals(folded, Vector128.Create((byte)':'));
            block.Backslashes |= (ulong)Vector128.Equals(v, Vector128.Create((byte)'\\')).ExtractMostSignificantBits() << i;
            block.Quotes |= (ulong)Vector128.Equals(v, Vector128.Create((byte)'"')).ExtractMostSignificantBits() << i;
            block.Operators |= (ulong)operators.ExtractMostSignificantBits() << i;
            block.Spaces |= (ulong)spaces.ExtractMostSignificantBits() << i;
            block.Controls |= (ulong)Vector128.LessThan(v, Vector128.Create((byte)0x20)).ExtractMostSignificantBits() << i;
            block.LineFeeds |= (ulong)lineFeeds.ExtractMostSignificantBits() << i;
            block.High |= (ulong)v.ExtractMostSignificantBits() << i;
        }
    }
}

internal readonly unsafe struct JsonClassifierScalar : IJsonClassifier
{
    public static void Classify(byte* text, out JsonBlock block)
    {
        block = default;
        for (int i = 0; i < 64; i++)
        {
            byte b = text[i];
            ulong bit = 1UL << i;
            block.Backslashes |= b == '\\' ? bit : 0;
            block.Quotes |= b == '"' ? bit : 0;
            block.Operators |= b is (byte)'{' or (byte)'}' or (byte)'[' or (byte)']' or (byte)':' or (byte)',' or 0x0C or 0x1A ? bit : 0;
            block.Spaces |= b is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r' ? bit : 0;
            block.Controls |= b < 0x20 ? bit : 0;
            block.LineFeeds |= b == '\n' ? bit : 0;
            block.High |= b >= 0x80 ? bit : 0;
        }
    }
}
