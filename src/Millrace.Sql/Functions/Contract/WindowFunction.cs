using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>A function of a row's place in its partition: <c>row_number</c>, <c>lag</c>.</summary>
public sealed record WindowFunction(string Name, string Doc, IReadOnlyList<WindowOverload> Overloads) : SqlFunction(Name, FunctionCategory.Window, Doc)
{
    /// <summary>Whether the frame matters to it, as it does to <c>first_value</c>; otherwise only partition and order do.</summary>
    public bool UsesFrame { get; init; }

    public override IReadOnlyList<string> Signatures => [.. Overloads.Select(o => $"{Name}({string.Join(", ", o.Parameters)}) → {o.Returns}")];
}

public sealed record WindowOverload
{
    public required IReadOnlyList<TypePattern> Parameters { get; init; }

    public int Optional { get; init; }

    public required TypePattern Returns { get; init; }

    public Func<ScalarCallSite, DataType>? ResultType { get; init; }

    /// <summary>Computes the function for the rows of one partition.</summary>
    public required Func<ScalarCallSite, WindowKernel> Kernel { get; init; }

    /// <summary>Makes what computes it for a partition on disk, page by page; null where it needs its partition in one piece.</summary>
    internal Func<PagedWindowKernel>? Paged { get; init; }

    /// <summary>How many rows before each one it looks at, where that is all that it sees; null if it sees more.</summary>
    internal int? LooksBack { get; init; }
}

/// <summary>Appends a result for each row of the partition, in order.</summary>
public delegate void WindowKernel(in WindowCall call, ColumnBuilder results);

/// <summary>A partition, sorted.</summary>
public readonly ref struct WindowCall
{
    /// <summary>The arguments; row 0 is the first row of the partition.</summary>
    public required ReadOnlySpan<Vector> Arguments { get; init; }

    /// <summary>Rows of the partition.</summary>
    public required int Rows { get; init; }

    /// <summary>For each row the number of the first row that is equal to it in the order.</summary>
    public required ReadOnlySpan<int> PeerStart { get; init; }

    /// <summary>For each row the number behind the last row that is equal to it in the order.</summary>
    public required ReadOnlySpan<int> PeerEnd { get; init; }

    /// <summary>First row of each row's frame; empty unless the function uses frames.</summary>
    public ReadOnlySpan<int> FrameStart { get; init; }

    /// <summary>Row behind each row's frame.</summary>
    public ReadOnlySpan<int> FrameEnd { get; init; }

    /// <summary>Which rows of its frame a row leaves out.</summary>
    public Parsing.FrameExclusion Exclusion { get; init; }

    public bool IgnoreNulls { get; init; }

    public required RowFaults Faults { get; init; }
}
