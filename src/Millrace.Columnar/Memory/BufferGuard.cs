namespace Millrace.Columnar;

/// <summary>
/// Test mode: with the environment variable <c>MILLRACE_GUARD_BUFFERS=1</c> each buffer ends in bytes that nobody may
/// write, and is filled with rubbish before it is handed out. When a buffer comes back with its guard changed, the process
/// ends at once: memory is damaged, and whoever wrote past the end is still near.
/// </summary>
internal static unsafe class BufferGuard
{
    private const int Size = 64;
    private const byte Pattern = 0xA7;
    private const byte Rubbish = 0xCD;

    public static readonly bool IsOn = Environment.GetEnvironmentVariable("MILLRACE_GUARD_BUFFERS") == "1";

    public static byte* Allocate(int capacity)
    {
        byte* pointer = NativePages.Allocate(SizeOf(capacity));
        if (IsOn)
        {
            new Span<byte>(pointer + capacity, Size).Fill(Pattern);
            new Span<byte>(pointer, capacity).Fill(Rubbish);
        }

        return pointer;
    }

    public static void Free(byte* pointer, int capacity) => NativePages.Free(pointer, SizeOf(capacity));

    /// <summary>Called when a buffer comes back.</summary>
    public static void Check(byte* pointer, int capacity)
    {
        if (!IsOn)
        {
            return;
        }

        int damaged = new Span<byte>(pointer + capacity, Size).IndexOfAnyExcept(Pattern);
        if (damaged >= 0)
        {
            Environment.FailFast($"A buffer of {capacity} bytes was written past its end, at {capacity + damaged}.");
        }

        new Span<byte>(pointer, capacity).Fill(Rubbish);
    }

    private static nuint SizeOf(int capacity) => (nuint)capacity + (IsOn ? Size : 0u);
}
