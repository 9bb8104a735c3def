using System.Runtime.Intrinsics;

namespace Millrace.Formats.Text;

/// <summary>Which variant of the vectorised text scanners runs: the widest that the machine has, or the one that is forced.</summary>
public enum VectorWidth
{
    Scalar = 0,
    Bits128 = 128,
    Bits256 = 256,
    Bits512 = 512,
}

/// <summary>Which variants of vectorised code this machine can run, and which one is used.</summary>
public static class VectorWidths
{
    /// <summary>Environment variable that forces a variant: <c>512</c>, <c>256</c>, <c>128</c> or <c>0</c>.</summary>
    public const string Variable = "MILLRACE_VECTOR_BITS";

    private static readonly VectorWidth[] Ordered = [VectorWidth.Bits512, VectorWidth.Bits256, VectorWidth.Bits128, VectorWidth.Scalar];

    /// <summary>The variants that this machine runs in hardware, widest first.</summary>
    public static IReadOnlyList<VectorWidth> Supported { get; } = [.. Ordered.Where(IsSupported)];

    /// <summary>The variant in use, read once from the environment.</summary>
    public static VectorWidth Default { get; } = Choose(Environment.GetEnvironmentVariable(Variable));

    internal static VectorWidth Choose(string? forced)
        => int.TryParse(forced, out int bits) && Supported.Contains((VectorWidth)bits) ? (VectorWidth)bits : Supported[0];

    private static bool IsSupported(VectorWidth width) => width switch
    {
        VectorWidth.Bits512 => Vector512.IsHardwareAccelerated,
        VectorWidth.Bits256 => Vector256.IsHardwareAccelerated,
        VectorWidth.Bits128 => Vector128.IsHardwareAccelerated,
        _ => true,
    };
}
