namespace Millrace.Columnar;

/// <summary>How <see cref="Compare"/> relates two values.</summary>
public enum CompareOperator
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,

    /// <summary>As <see cref="NotEqual"/>, but null is a value of its own; never null.</summary>
    DistinctFrom,

    /// <summary>As <see cref="Equal"/>, but null is a value of its own; never null.</summary>
    NotDistinctFrom,
}
