using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Millrace.Sql.Execution;

/// <summary>Tells the processor which memory will be needed soon, where tables are larger than its caches and places in them are random.</summary>
internal static unsafe class MemoryHints
{
    /// <summary>So many rows before its turn a place is named: about as long as memory takes to come.</summary>
    public const int Distance = 16;

    /// <summary>Tables of so many bytes and more are not all in the fastest caches.</summary>
    public const int WorthBytes = 128 << 10;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WillRead(void* place)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(place);
        }
    }
}
