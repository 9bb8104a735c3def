namespace Millrace.Sql.Functions;

/// <summary>Chapters of the function reference.</summary>
public enum FunctionCategory
{
    Comparison,
    Conditional,
    Math,
    Text,
    Time,
    Json,
    Nested,
    Conversion,
    Geo,
    Message,
    Session,
    Aggregate,
    Window,
    TimeSeries,
    User,
}

/// <summary>
/// What the system knows of one function: the row of the function table from which binding, completion, the reference page
/// and the tests of its examples all come.
/// </summary>
/// <param name="Name">Name in lower case.</param>
/// <param name="Category">Chapter of the reference.</param>
/// <param name="Doc">One sentence.</param>
public abstract record SqlFunction(string Name, FunctionCategory Category, string Doc)
{
    /// <summary>Other names in lower case.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Expressions with their results as printed; each runs as a test.</summary>
    public IReadOnlyList<FunctionExample> Examples { get; init; } = [];

    /// <summary>The assembly that a function was loaded from; null for those that come with the engine.</summary>
    public string? Origin { get; init; }

    /// <summary>How it is called, for the reference and for messages: <c>round(decimal, integer) → decimal</c>.</summary>
    public abstract IReadOnlyList<string> Signatures { get; }
}

/// <param name="Sql">An expression; for aggregates a whole query with one value.</param>
/// <param name="Result">The value as text; <c>NULL</c> for null.</param>
public sealed record FunctionExample(string Sql, string Result);

/// <summary>Whether the same arguments always give the same value.</summary>
public enum Volatility
{
    /// <summary>Always: constants are folded.</summary>
    Immutable,

    /// <summary>Within one statement: <c>now()</c>.</summary>
    Stable,

    /// <summary>Never: <c>random()</c>.</summary>
    Volatile,
}
