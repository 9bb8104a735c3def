namespace Millrace.Sql.Parsing;

/// <summary>What the values of a metric mean.</summary>
public enum MetricType
{
    /// <summary>Rows, or the sum of a field; only grows.</summary>
    Counter,

    /// <summary>The latest value of a field.</summary>
    Gauge,

    /// <summary>How the values of a field are spread.</summary>
    Histogram,
}

/// <summary>A metric that is made of the rows that a statement gives.</summary>
/// <param name="Name">Name of the metric.</param>
/// <param name="Span">Where it is declared.</param>
public sealed record MetricAnnotation(string Name, TextSpan Span)
{
    public MetricType Type { get; init; }

    public string Help { get; init; } = "";

    /// <summary>Columns whose values tell series apart.</summary>
    public IReadOnlyList<AnnotatedExpression> Labels { get; init; } = [];

    /// <summary>Which rows count; null for all.</summary>
    public AnnotatedExpression? Condition { get; init; }

    /// <summary>The value of a row; null where rows are counted.</summary>
    public AnnotatedExpression? Field { get; init; }

    /// <summary>Upper bounds of the buckets of a histogram, ascending; empty for those that fit most.</summary>
    public IReadOnlyList<double> Buckets { get; init; } = [];

    /// <summary>Share of the rows that are looked at; counters count the others in.</summary>
    public double SampleRate { get; init; } = 1;
}

/// <summary>An expression over the columns of a statement's rows. Its own spans count from its beginning.</summary>
/// <param name="Syntax">The expression.</param>
/// <param name="Text">As written.</param>
/// <param name="Span">Where it stands in the text of the statement.</param>
public sealed record AnnotatedExpression(ExpressionSyntax Syntax, string Text, TextSpan Span)
{
    /// <summary>An error about the expression, with its place in the text of the statement.</summary>
    public MillraceException Locate(MillraceException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return error.Place is { Offset: { } offset, Line: null } ? error.At(new ErrorPlace { Offset = Span.Start + Math.Min(offset, Span.Length) }) : error;
    }
}
