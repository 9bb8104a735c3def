using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Millrace.Formats.Text;

/// <summary>Bit i of the result is the parity of bits 0 to i: ones from an opening quote up to its closing one.</summary>
internal static class PrefixXor
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of(ulong bits)
        => Pclmulqdq.IsSupported
            ? Pclmulqdq.CarrylessMultiply(Vector128.CreateScalar(bits), Vector128<ulong>.AllBitsSet, 0).ToScalar()
            : ByShifts(bits);

    public static ulong ByShifts(ulong bits)
    {
        bits ^= bits << 1;
        bits ^= bits << 2;
        bits ^= bits << 4;
        bits ^= bits << 8;
        bits ^= bits << 16;
        return bits ^ (bits << 32);
    }
}
