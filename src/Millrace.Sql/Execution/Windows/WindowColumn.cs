using Millrace.Columnar;
using Millrace.Sql.Functions;

namespace Millrace.Sql.Execution;

/// <summary>A call over a window and the column that it makes.</summary>
/// <param name="Field">The column.</param>
/// <param name="Arguments">Numbers of the columns that are its arguments.</param>
/// <param name="Frame">Which rows it sees.</param>
public abstract record WindowColumn(Field Field, IReadOnlyList<int> Arguments, WindowFrame Frame);

/// <summary>A call of a window function.</summary>
public sealed record WindowFunctionColumn(Field Field, IReadOnlyList<int> Arguments, WindowFrame Frame, WindowKernel Kernel) : WindowColumn(Field, Arguments, Frame)
{
    public bool UsesFrame { get; init; }

    public bool IgnoreNulls { get; init; }

    /// <summary>Makes what computes it page by page; null where it sees its partition in one piece.</summary>
    internal Func<PagedWindowKernel>? Paged { get; init; }

    /// <summary>How many rows before each one it looks at, where that is all that it sees; null if it sees more.</summary>
    internal int? LooksBack { get; init; }
}

/// <summary>A call of an aggregate.</summary>
/// <param name="Create">Makes its state.</param>
public sealed record WindowAggregateColumn(Field Field, IReadOnlyList<int> Arguments, WindowFrame Frame, Func<Accumulator> Create) : WindowColumn(Field, Arguments, Frame)
{
    /// <summary>Whether rows whose first argument is null are left out.</summary>
    public bool SkipsNulls { get; init; } = true;

    /// <summary>Whether the order of rows matters to it.</summary>
    public bool Ordered { get; init; }

    /// <summary>Whether equal arguments count once.</summary>
    public bool Distinct { get; init; }

    /// <summary>A boolean column: only rows where it is true count.</summary>
    public int? Filter { get; init; }
}
