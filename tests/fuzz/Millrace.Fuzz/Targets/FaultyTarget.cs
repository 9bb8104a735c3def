using System.Runtime.CompilerServices;
using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Fuzz;

/// <summary>
/// Targets with a fault of each kind, to prove that the harness sees it. They behave until an input has a byte of 0xF7, and
/// stand in no list.
/// </summary>
internal sealed class FaultyTarget(string name, Action fault) : IFuzzTarget
{
    public static IReadOnlyList<IFuzzTarget> All { get; } =
    [
        new FaultyTarget("faulty-throws", () => throw new InvalidOperationException("A fault.")),
        new FaultyTarget("faulty-leaks", () => BufferPool.Rent(1000)),
        new FaultyTarget("faulty-overflows", () => Overflow(0)),
        new FaultyTarget("faulty-hangs", () => Thread.Sleep(Timeout.Infinite)),
        new FaultyTarget("faulty-grows", Grow),
        new FaultyTarget("faulty-rejects", () => throw SdkErrors.UnknownConnector.Error("No fault.")),
    ];

    public string Name => name;

    public IReadOnlyList<byte[]> Tokens => [[0xF7]];

    public IEnumerable<byte[]> Seeds(Random random) => [new byte[10]];

    public void Run(byte[] input)
    {
        if (input.Contains((byte)0xF7))
        {
            fault();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Overflow(int depth) => depth < 0 ? depth : Overflow(depth + 1) + 1;

    private static void Grow()
    {
        for (var blocks = new List<byte[]>(); ;)
        {
            byte[] block = GC.AllocateUninitializedArray<byte>(16 << 20);
            block.AsSpan().Fill(1);
            blocks.Add(block);
        }
    }
}
