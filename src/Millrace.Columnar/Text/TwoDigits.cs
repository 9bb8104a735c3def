using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Millrace.Columnar;

/// <summary>Numbers 0 to 99 as two digits.</summary>
internal static class TwoDigits
{
    private static ReadOnlySpan<byte> Pairs =>
        "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849"u8
        + "5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899"u8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(int value, Span<byte> target)
        => MemoryMarshal.Write(target, MemoryMarshal.Read<ushort>(Pairs[(value * 2)..]));
}
